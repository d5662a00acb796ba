// Turn a drawing into an image as MNIST has it: the digit fits into 20 x 20 pixels, and lies in 28 x 28
// such that its centre of mass is in the middle. Source: LeCun et al., 1998, "Gradient-based learning
// applied to document recognition", section III A.
"use strict";

const MNIST_SIDE = 28;
const DIGIT_SIDE = 20;
const MIDDLE = 14;

const Ink = {
  // ink: side x side numbers from 0 (paper) to 1 (ink), row by row. Returns 784 numbers from 0 to
  // 1, or null where nothing is drawn.
  toImage(ink, side) {
    const box = Ink.boxOf(ink, side);
    if (box === null) return null;
    const digit = Ink.shrink(ink, side, box);
    return Ink.centre(digit);
  },

  // The smallest box that holds all ink: {left, top, width, height}.
  boxOf(ink, side) {
    let [left, top, right, bottom] = [side, side, -1, -1];
    for (let row = 0; row < side; row += 1) {
      for (let column = 0; column < side; column += 1) {
        if (ink[row * side + column] > 0) {
          left = Math.min(left, column);
          right = Math.max(right, column);
          top = Math.min(top, row);
          bottom = Math.max(bottom, row);
        }
      }
    }
    if (right < 0) return null;
    return { left, top, width: right - left + 1, height: bottom - top + 1 };
  },

  // Shrink or stretch the box so that its longer side has 20 pixels. Each new pixel is the mean of
  // what it covers. Returns {width, height, values}.
  shrink(ink, side, { left, top, width, height }) {
    const scale = DIGIT_SIDE / Math.max(width, height);
    const [newWidth, newHeight] = [width, height].map((n) => Math.max(1, Math.round(n * scale)));
    const columns = Ink.covered(left, width, newWidth);
    const rows = Ink.covered(top, height, newHeight);
    const values = rows.flatMap((row) =>
      columns.map((column) => {
        let sum = 0;
        for (const [y, high] of row) {
          for (const [x, wide] of column) sum += high * wide * ink[y * side + x];
        }
        return sum;
      }),
    );
    return { width: newWidth, height: newHeight, values };
  },

  // For each of `count` new pixels along one side: which old ones it covers, and with which share.
  covered(start, length, count) {
    const size = length / count;
    return Array.from({ length: count }, (_, number) => {
      const [from, to] = [number * size, (number + 1) * size];
      const shares = [];
      for (let old = Math.floor(from); old < Math.min(length, Math.ceil(to)); old += 1) {
        const overlap = Math.min(to, old + 1) - Math.max(from, old);
        shares.push([start + old, overlap / size]);
      }
      return shares;
    });
  },

  // Lay a digit into 28 x 28 pixels, its centre of mass in the middle.
  centre({ width, height, values }) {
    let [mass, x, y] = [0, 0, 0];
    values.forEach((value, index) => {
      mass += value;
      x += value * (index % width);
      y += value * Math.floor(index / width);
    });
    const keepInside = (start, length) => Math.min(Math.max(start, 0), MNIST_SIDE - length);
    const left = keepInside(Math.round(MIDDLE - x / mass), width);
    const top = keepInside(Math.round(MIDDLE - y / mass), height);
    const image = new Float32Array(MNIST_SIDE * MNIST_SIDE);
    values.forEach((value, index) => {
      const row = top + Math.floor(index / width);
      image[row * MNIST_SIDE + left + (index % width)] = value;
    });
    return image;
  },
};
