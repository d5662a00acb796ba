// The plane in which chapters 4 and 5 move points by hand.
"use strict";

const PLANE_UNIT = 60; // how long 1 is in the drawing

class Plane {
  // `borders` are the smallest and largest x, then the smallest and largest y.
  constructor(borders, label, className = "") {
    [this.left, this.right, this.bottom, this.top] = borders;
    this.width = (this.right - this.left) * PLANE_UNIT;
    this.height = (this.top - this.bottom) * PLANE_UNIT;
    this.drawing = Controls.svg("svg", {
      viewBox: `0 0 ${this.width} ${this.height}`,
      class: `explorable-plane ${className}`,
      role: "group",
      "aria-label": label,
    });
  }

  toDrawing([x, y]) {
    return [(x - this.left) * PLANE_UNIT, (this.top - y) * PLANE_UNIT];
  }

  // A point that is dragged over the border stays on it.
  fromDrawing(x, y) {
    return [
      Math.min(this.right, Math.max(this.left, x / PLANE_UNIT + this.left)),
      Math.min(this.top, Math.max(this.bottom, this.top - y / PLANE_UNIT)),
    ];
  }

  // Let a point be dragged: `get` returns it, `move` takes the new one.
  draggable(handle, name, get, move) {
    return Controls.draggable(handle, this.drawing, {
      name,
      step: PLANE_UNIT / 10,
      place: () => this.toDrawing(get()),
      move: (x, y) => move(this.fromDrawing(x, y)),
      say: () => get().map((value) => value.toFixed(2)).join(", "),
    });
  }

  // The slider of the margin, which begins at 1.
  static marginSlider(slide) {
    const range = { min: 0, max: 3, step: 0.1, value: 1 };
    return Controls.slider("Margin", range, slide, (value) => value.toFixed(1));
  }
}
