// The controls that explorables are made of. All of them work by mouse, touch and keyboard, and have
// a name for a screen reader.
"use strict";

const SVG = "http://www.w3.org/2000/svg";
let controlsMade = 0;

const Controls = {
  // Make an element of HTML; what is neither a node nor missing becomes text.
  element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    Controls.set(made, attributes);
    made.append(...children);
    return made;
  },

  // Make an element of SVG inside a parent.
  svg(tag, attributes, parent) {
    const made = document.createElementNS(SVG, tag);
    Controls.set(made, attributes);
    parent?.append(made);
    return made;
  },

  set(element, attributes) {
    for (const [name, value] of Object.entries(attributes)) {
      element.setAttribute(name, value);
    }
  },

  // A line that a screen reader reads aloud whenever it changes.
  output(className = "") {
    return Controls.element("p", { class: `explorable-says ${className}`, role: "status" });
  },

  button(text, press) {
    const made = Controls.element("button", { type: "button", class: "explorable-button" }, text);
    made.addEventListener("click", press);
    return made;
  },

  // Radio buttons: `options` are pairs of a value and its text; the first one is chosen.
  choice(legend, options, choose) {
    const group = `explorable-choice-${(controlsMade += 1)}`;
    const set = Controls.element(
      "fieldset",
      { class: "explorable-choice" },
      Controls.element("legend", {}, legend),
    );
    options.forEach(([value, text], place) => {
      const input = Controls.element("input", { type: "radio", name: group, value });
      input.checked = place === 0;
      input.addEventListener("change", () => choose(value));
      set.append(Controls.element("label", {}, input, ` ${text}`));
    });
    return set;
  },

  checkbox(text, isOn, change) {
    const input = Controls.element("input", { type: "checkbox" });
    input.checked = isOn;
    input.addEventListener("change", () => change(input.checked));
    return Controls.element("label", { class: "explorable-checkbox" }, input, ` ${text}`);
  },

  // A slider with its name before it and its value behind it. `say` puts the value into words.
  slider(name, { min, max, step, value }, slide, say = String) {
    const input = Controls.element("input", { type: "range", min, max, step, value });
    const shown = Controls.element("span", { class: "explorable-value" });
    const show = () => {
      shown.textContent = say(Number(input.value));
      input.setAttribute("aria-valuetext", shown.textContent);
    };
    input.addEventListener("input", () => {
      show();
      slide(Number(input.value));
    });
    show();
    const label = Controls.element("label", { class: "explorable-slider" }, `${name} `, input, shown);
    label.moveTo = (to) => {
      input.value = to;
      show();
      slide(Number(input.value));
    };
    return label;
  },

  // Let a handle in an SVG drawing be dragged, and moved by the arrow keys (with Shift: farther).
  // `move(x, y)` gets places in the drawing's own units, `place()` says where the handle is now.
  draggable(handle, drawing, { name, step, place, move, say }) {
    Controls.set(handle, { tabindex: 0, role: "slider", "aria-label": name });
    const tell = () => {
      Controls.set(handle, { "aria-valuenow": place()[0].toFixed(2), "aria-valuetext": say() });
    };
    const moveTo = (x, y) => {
      move(x, y);
      tell();
    };
    handle.addEventListener("pointerdown", (event) => {
      handle.setPointerCapture(event.pointerId);
      handle.focus();
      event.preventDefault();
    });
    handle.addEventListener("pointermove", (event) => {
      if (handle.hasPointerCapture(event.pointerId)) {
        moveTo(...Controls.placeOf(event, drawing));
      }
    });
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    handle.addEventListener("keydown", (event) => {
      if (event.key in ways) {
        const far = event.shiftKey ? 5 * step : step;
        const [x, y] = place();
        moveTo(x + far * ways[event.key][0], y + far * ways[event.key][1]);
        event.preventDefault();
      }
    });
    tell();
    return tell;
  },

  // Where a mouse or a finger is, in the units of an SVG drawing.
  placeOf(event, drawing) {
    const at = new DOMPoint(event.clientX, event.clientY);
    const { x, y } = at.matrixTransform(drawing.getScreenCTM().inverse());
    return [x, y];
  },

  // Whether the reader has asked for as little movement as can be.
  wantsStillness() {
    return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  },
};
