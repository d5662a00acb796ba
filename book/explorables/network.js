// The embedding network of chapter 3, forward only: three times normalisation, ReLU and convolution,
// with max-pooling between them and the mean over the last 2 x 2 places at the end.
//
// A "map" here is {channels, side, values}: values[(channel * side + row) * side + column].
"use strict";

const Network = {
  // pixels: 784 numbers from 0 to 1, row by row. Returns the embedding, an array of numbers.
  embed(blocks, pixels) {
    let map = { channels: 1, side: 28, values: Float32Array.from(pixels) };
    blocks.forEach((block, number) => {
      map = Network.convolve(Network.normaliseAndCutOff(map, block), block);
      if (number < blocks.length - 1) map = Network.pool(map);
    });
    const places = map.side * map.side;
    return Array.from({ length: map.channels }, (_, channel) => {
      const own = map.values.subarray(channel * places, (channel + 1) * places);
      return own.reduce((sum, value) => sum + value, 0) / places;
    });
  },

  // Mean 0 and variance 1 over all channels and places, then each channel's scale and shift, then
  // zero for what is negative.
  normaliseAndCutOff({ channels, side, values }, { scale, shift, epsilon }) {
    const count = values.length;
    const mean = values.reduce((sum, value) => sum + value, 0) / count;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count;
    const deviation = Math.sqrt(variance + epsilon);
    const places = side * side;
    const normalised = values.map((value, index) => {
      const channel = Math.floor(index / places);
      return Math.max(0, ((value - mean) / deviation) * scale[channel] + shift[channel]);
    });
    return { channels, side, values: normalised };
  },

  // kernel[((to * channels + from) * size + row) * size + column]; no padding.
  convolve({ channels, side, values }, { kernel, bias, size }) {
    const outSide = side - size + 1;
    const out = new Float32Array(bias.length * outSide * outSide);
    for (let to = 0; to < bias.length; to += 1) {
      for (let row = 0; row < outSide; row += 1) {
        for (let column = 0; column < outSide; column += 1) {
          let sum = bias[to];
          for (let from = 0; from < channels; from += 1) {
            for (let down = 0; down < size; down += 1) {
              const inRow = (from * side + row + down) * side + column;
              const kernelRow = ((to * channels + from) * size + down) * size;
              for (let right = 0; right < size; right += 1) {
                sum += values[inRow + right] * kernel[kernelRow + right];
              }
            }
          }
          out[(to * outSide + row) * outSide + column] = sum;
        }
      }
    }
    return { channels: bias.length, side: outSide, values: out };
  },

  // The largest of each 3 x 3 window; windows begin 2 places apart.
  pool({ channels, side, values }) {
    const outSide = Math.floor((side - 3) / 2) + 1;
    const out = new Float32Array(channels * outSide * outSide);
    for (let channel = 0; channel < channels; channel += 1) {
      for (let row = 0; row < outSide; row += 1) {
        for (let column = 0; column < outSide; column += 1) {
          let largest = -Infinity;
          for (let down = 0; down < 3; down += 1) {
            for (let right = 0; right < 3; right += 1) {
              const at = (channel * side + 2 * row + down) * side + 2 * column + right;
              largest = Math.max(largest, values[at]);
            }
          }
          out[(channel * outSide + row) * outSide + column] = largest;
        }
      }
    }
    return { channels, side: outSide, values: out };
  },
};
