// Unpack what the data scripts hold, and draw digits.
"use strict";

const PICTURE_SIDE = 28;
const DIGIT_COLOURS = [
  "#cc6677", "#6b5fb5", "#b8a23a", "#117733", "#5aa9d6",
  "#a0446f", "#44aa99", "#999933", "#aa4499", "#8c6d5a",
];

const Pictures = {
  bytes(base64) {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  },

  floats(base64) {
    return new Float32Array(Pictures.bytes(base64).buffer);
  },

  signedBytes(base64) {
    return new Int8Array(Pictures.bytes(base64).buffer);
  },

  // Two pixels of 16 greys share a byte. Returns one array of 784 numbers from 0 to 1 per image.
  unpack(base64) {
    const bytes = Pictures.bytes(base64);
    const size = PICTURE_SIDE * PICTURE_SIDE;
    const images = [];
    for (let start = 0; start < bytes.length; start += size / 2) {
      const image = new Float32Array(size);
      for (let at = 0; at < size / 2; at += 1) {
        image[2 * at] = (bytes[start + at] >> 4) / 15;
        image[2 * at + 1] = (bytes[start + at] & 15) / 15;
      }
      images.push(image);
    }
    return images;
  },

  // Draw 784 numbers from 0 to 1 into a canvas, white ink on black as in the book's figures.
  draw(canvas, image) {
    canvas.width = PICTURE_SIDE;
    canvas.height = PICTURE_SIDE;
    const context = canvas.getContext("2d");
    const drawn = context.createImageData(PICTURE_SIDE, PICTURE_SIDE);
    image.forEach((value, at) => {
      drawn.data.set([255 * value, 255 * value, 255 * value, 255], 4 * at);
    });
    context.putImageData(drawn, 0, 0);
  },

  // A canvas with a digit, and its name for a screen reader.
  canvas(image, name, className = "") {
    const canvas = Controls.element("canvas", {
      class: `explorable-digit ${className}`,
      role: "img",
      "aria-label": name,
    });
    Pictures.draw(canvas, image);
    return canvas;
  },

  // A row of digits, each with a line of text below it.
  row(entries) {
    const items = entries.map(({ image, name, text, className }) =>
      Controls.element("li", {}, Pictures.canvas(image, name, className), text),
    );
    return Controls.element("ol", { class: "explorable-row" }, ...items);
  },
};
