// Turn the lines of a drawing into an image as Omniglot has it. There, a drawing has 105 x 105 pixels,
// its lines are 5 of them thick, and its longer side is 68 at the median; it lies near the middle.
// Other than in ink.js the lines are drawn anew: they are as thick in a small drawing as in a large one.
"use strict";

const OMNIGLOT_SIDE = 105;
const OMNIGLOT_PEN = (5 * SHEET_SIDE) / OMNIGLOT_SIDE;
const OMNIGLOT_LONGER_SIDE = (68 * SHEET_SIDE) / OMNIGLOT_SIDE - OMNIGLOT_PEN; // between its ends
const MOST_STRETCHED = 4; // so that a dot stays a dot

const Strokes = {
  // lines: pairs of places on a sheet. Returns 784 numbers from 0 to 1, row by row.
  toImage(lines) {
    const paper = document.createElement("canvas");
    [paper.width, paper.height] = [SHEET_SIDE, SHEET_SIDE];
    const context = paper.getContext("2d", { willReadFrequently: true });
    for (const line of Strokes.fitted(lines)) Sheet.drawLine(context, line, OMNIGLOT_PEN);
    return Strokes.shrunk(Sheet.inkOf(context));
  },

  // The lines moved to the middle of the sheet, and as large as a drawing of Omniglot.
  fitted(lines) {
    const ends = lines.flat();
    const [low, high] = [Math.min, Math.max].map((of) =>
      [0, 1].map((axis) => ends.reduce((found, end) => of(found, end[axis]), ends[0][axis])),
    );
    const longer = Math.max(high[0] - low[0], high[1] - low[1]);
    const scale = Math.min(MOST_STRETCHED, OMNIGLOT_LONGER_SIDE / longer);
    const fit = (end) =>
      end.map((value, axis) => SHEET_SIDE / 2 + scale * (value - (low[axis] + high[axis]) / 2));
    return lines.map((line) => line.map(fit));
  },

  // Each of the 28 x 28 pixels has the share of ink of the square that it covers.
  shrunk(ink) {
    const size = SHEET_SIDE / PICTURE_SIDE;
    const image = new Float32Array(PICTURE_SIDE * PICTURE_SIDE);
    for (let y = 0; y < SHEET_SIDE; y += 1) {
      const row = Math.floor(y / size) * PICTURE_SIDE;
      for (let x = 0; x < SHEET_SIDE; x += 1) {
        image[row + Math.floor(x / size)] += ink[y * SHEET_SIDE + x];
      }
    }
    return image.map((value) => value / size ** 2);
  },

  // The image some pixels farther down and to the right; what leaves it is lost.
  moved(image, down, right) {
    const isInside = (place) => place >= 0 && place < PICTURE_SIDE;
    return image.map((_, place) => {
      const row = Math.floor(place / PICTURE_SIDE) - down;
      const column = (place % PICTURE_SIDE) - right;
      return isInside(row) && isInside(column) ? image[row * PICTURE_SIDE + column] : 0;
    });
  },
};
