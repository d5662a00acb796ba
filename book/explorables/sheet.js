// A sheet to draw on by mouse, finger or keyboard: white ink on black.
"use strict";

const SHEET_SIDE = 280;
const SHEET_MOVE = 8; // of the pen, for each press of an arrow key

class Sheet {
  // pen: the thickness of a line. keys: what else keys do, {Enter: {does: "Enter keeps it", press}}.
  // `changed()` is called after every change.
  constructor({ label, pen, changed, keys = {} }) {
    this.penWidth = pen;
    this.changed = changed;
    this.keys = keys;
    this.lines = []; // pairs of places, in the order in which they were drawn
    this.laid = null; // the image that lies below them
    this.pen = [SHEET_SIDE / 2, SHEET_SIDE / 2]; // of the keyboard
    this.isPenDown = false;
    this.lastAt = null; // of the mouse or finger, while it is down
    const does = Object.values(keys).map((key) => ` ${key.does}.`);
    this.canvas = Controls.element("canvas", {
      width: SHEET_SIDE,
      height: SHEET_SIDE,
      class: "explorable-sheet",
      tabindex: 0,
      role: "application",
      "aria-label":
        `${label}. The arrow keys move the pen, Space puts it down and lifts it, Delete clears.` +
        does.join(""),
    });
    const paper = document.createElement("canvas"); // the ink alone, without the pen that shows on it
    [paper.width, paper.height] = [SHEET_SIDE, SHEET_SIDE];
    this.ink = paper.getContext("2d", { willReadFrequently: true });
    this.listen();
    this.show();
  }

  get isEmpty() {
    return this.lines.length === 0 && this.laid === null;
  }

  // How much ink there is in each pixel of the sheet, from 0 to 1.
  get inkOfPixels() {
    return Sheet.inkOf(this.ink);
  }

  static inkOf(context) {
    const { data } = context.getImageData(0, 0, SHEET_SIDE, SHEET_SIDE);
    const ink = new Float32Array(SHEET_SIDE * SHEET_SIDE);
    for (let place = 0; place < ink.length; place += 1) ink[place] = data[4 * place + 3] / 255;
    return ink;
  }

  static drawLine(context, [from, to], width) {
    context.lineWidth = width;
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(to[0] + 0.01, to[1]); // a canvas draws nothing of a line without a length: no dot
    context.stroke();
  }

  clear() {
    this.wipe();
    this.change();
  }

  // Lay 784 numbers from 0 to 1 on the sheet, each as a square.
  lay(image) {
    this.wipe();
    this.laid = image;
    const size = SHEET_SIDE / PICTURE_SIDE;
    image.forEach((value, place) => {
      this.ink.globalAlpha = value;
      const [row, column] = [Math.floor(place / PICTURE_SIDE), place % PICTURE_SIDE];
      this.ink.fillRect(column * size, row * size, size, size);
    });
    this.ink.globalAlpha = 1;
    this.change();
  }

  wipe() {
    this.ink.clearRect(0, 0, SHEET_SIDE, SHEET_SIDE);
    this.lines = [];
    this.laid = null;
    this.isPenDown = false;
  }

  change() {
    this.show();
    this.changed();
  }

  // Draw from each place to the next.
  draw(...places) {
    for (let next = 1; next < places.length; next += 1) {
      const line = [places[next - 1], places[next]];
      this.lines.push(line);
      Sheet.drawLine(this.ink, line, this.penWidth);
    }
    this.change();
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.lastAt = this.at(event);
      this.draw(this.lastAt, this.lastAt);
      event.preventDefault();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!this.lastAt) return;
      // Where the answer takes a while, one event tells of several moves: a curve stays a curve.
      const moves = event.getCoalescedEvents?.() ?? [];
      const places = (moves.length ? moves : [event]).map((move) => this.at(move));
      this.draw(this.lastAt, ...places);
      this.lastAt = places.at(-1);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, () => {
        this.lastAt = null;
      });
    }
    canvas.addEventListener("keydown", (event) => this.drawByKey(event));
    canvas.addEventListener("focus", () => this.show());
    canvas.addEventListener("blur", () => this.show());
  }

  at(event) {
    const { left, top, width } = this.canvas.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top].map((value) => (value * SHEET_SIDE) / width);
  }

  drawByKey(event) {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key in ways) {
      const from = this.pen;
      this.pen = from.map((value, k) =>
        Math.min(SHEET_SIDE, Math.max(0, value + SHEET_MOVE * ways[event.key][k])),
      );
      if (this.isPenDown) this.draw(from, this.pen);
    } else if (event.key === " ") {
      this.isPenDown = !this.isPenDown;
      if (this.isPenDown) this.draw(this.pen, this.pen);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.clear();
    } else if (event.key in this.keys) {
      this.keys[event.key].press();
    } else {
      return;
    }
    event.preventDefault();
    this.show();
  }

  show() {
    const shown = this.canvas.getContext("2d");
    shown.fillStyle = "black";
    shown.fillRect(0, 0, SHEET_SIDE, SHEET_SIDE);
    shown.save();
    shown.filter = "invert(1)"; // black ink on the paper is white ink on a black sheet
    shown.drawImage(this.ink.canvas, 0, 0);
    shown.restore();
    if (this.isEmpty) {
      shown.fillStyle = "#8a8a8a";
      shown.font = "20px sans-serif";
      shown.textAlign = "center";
      shown.fillText("Draw here", SHEET_SIDE / 2, SHEET_SIDE / 2);
    }
    if (document.activeElement === this.canvas) {
      shown.strokeStyle = this.isPenDown ? "#d9730d" : "#3b82c4";
      shown.lineWidth = 3;
      shown.beginPath();
      shown.arc(...this.pen, this.penWidth / 2, 0, 2 * Math.PI);
      shown.stroke();
    }
  }
}
