// A map of points in a canvas, which can be explored by mouse, touch and arrow keys.
"use strict";

const SCATTER_SIDE = 420;
const SCATTER_EDGE = 14;
const SCATTER_SHARPNESS = 2; // pixels to a unit, for screens with small ones
const SCATTER_REACH = 24; // how far from a point a mouse still finds it

class Scatter {
  // `places` are pairs of numbers; `look(index)` gives {colour, cross, faded, hidden} of a point.
  constructor(name, look, choose) {
    this.look = look;
    this.choose = choose;
    this.places = [];
    this.chosen = null;
    this.others = [];
    this.canvas = Controls.element("canvas", {
      width: SCATTER_SIDE * SCATTER_SHARPNESS,
      height: SCATTER_SIDE * SCATTER_SHARPNESS,
      class: "explorable-map",
      tabindex: 0,
      role: "application",
      "aria-label": `${name}. The arrow keys go from point to point.`,
    });
    this.canvas.addEventListener("pointermove", (event) => this.chooseNear(event));
    this.canvas.addEventListener("pointerdown", (event) => this.chooseNear(event));
    this.canvas.addEventListener("keydown", (event) => this.chooseByKey(event));
  }

  // Show places within bounds: {low: [x, y], high: [x, y]}, those of the places if none are given.
  show(places, bounds = Scatter.boundsOf(places)) {
    this.places = places;
    const span = Math.max(...bounds.high.map((high, k) => high - bounds.low[k])) || 1;
    const scale = (SCATTER_SIDE - 2 * SCATTER_EDGE) / span;
    const middle = bounds.high.map((high, k) => (high + bounds.low[k]) / 2);
    this.toCanvas = ([x, y]) => [
      SCATTER_SIDE / 2 + (x - middle[0]) * scale,
      SCATTER_SIDE / 2 - (y - middle[1]) * scale,
    ];
    this.draw();
  }

  static boundsOf(places) {
    const along = [0, 1].map((k) => places.map((place) => place[k]));
    return { low: along.map((all) => Math.min(...all)), high: along.map((all) => Math.max(...all)) };
  }

  // What the colours mean: a sign for each digit, a cross for the one that is `crossed`.
  static legend(crossed = null) {
    const list = Controls.element("ul", { class: "explorable-colours" });
    DIGIT_COLOURS.forEach((colour, digit) => {
      const isCrossed = digit === crossed;
      const style = isCrossed ? `color: ${colour}` : `background: ${colour}`;
      const sign = Controls.element("span", { style, "aria-hidden": "true" }, isCrossed ? "×" : "");
      list.append(Controls.element("li", {}, sign, isCrossed ? `${digit} (unseen)` : String(digit)));
    });
    return list;
  }

  // Ring a point, and others beside it.
  mark(chosen, others = []) {
    this.chosen = chosen;
    this.others = others;
    this.draw();
  }

  draw() {
    const context = this.canvas.getContext("2d");
    context.setTransform(SCATTER_SHARPNESS, 0, 0, SCATTER_SHARPNESS, 0, 0);
    context.clearRect(0, 0, SCATTER_SIDE, SCATTER_SIDE);
    this.places.forEach((place, index) => {
      const look = this.look(index);
      if (look.hidden) return;
      const [x, y] = this.toCanvas(place);
      context.globalAlpha = look.faded ? 0.15 : 0.75;
      context.fillStyle = look.colour;
      context.strokeStyle = look.colour;
      context.lineWidth = 1.5;
      context.beginPath();
      if (look.cross) {
        context.moveTo(x - 4, y - 4);
        context.lineTo(x + 4, y + 4);
        context.moveTo(x + 4, y - 4);
        context.lineTo(x - 4, y + 4);
        context.stroke();
      } else {
        context.arc(x, y, 2.5, 0, 2 * Math.PI);
        context.fill();
      }
    });
    context.globalAlpha = 1;
    context.strokeStyle = getComputedStyle(this.canvas).color;
    this.others.forEach((index) => this.ring(context, index, 5, 1.5));
    if (this.chosen !== null) this.ring(context, this.chosen, 8, 3);
  }

  ring(context, index, radius, width) {
    const [x, y] = this.toCanvas(this.places[index]);
    context.lineWidth = width;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.stroke();
  }

  chooseNear(event) {
    const scale = SCATTER_SIDE / this.canvas.clientWidth;
    const near = this.nearestTo([event.offsetX * scale, event.offsetY * scale], () => true);
    if (near.index !== null && near.distance < SCATTER_REACH) this.choose(near.index);
  }

  chooseByKey(event) {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    const here = this.chosen === null ? [0, 0] : this.toCanvas(this.places[this.chosen]);
    // Only what lies within 45 degrees of the arrow's direction.
    const isThere = ([x, y]) => {
      const along = (x - here[0]) * way[0] + (y - here[1]) * way[1];
      const across = Math.abs((x - here[0]) * way[1]) + Math.abs((y - here[1]) * way[0]);
      return along > 0 && along >= across;
    };
    const near = this.nearestTo(here, this.chosen === null ? () => true : isThere);
    if (near.index !== null) this.choose(near.index);
  }

  nearestTo([x, y], counts) {
    let found = { index: null, distance: Infinity };
    this.places.forEach((place, index) => {
      const at = this.toCanvas(place);
      const distance = Math.hypot(at[0] - x, at[1] - y);
      const open = index !== this.chosen && !this.look(index).hidden && counts(at);
      if (open && distance < found.distance) found = { index, distance };
    });
    return found;
  }
}
