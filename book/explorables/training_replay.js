// Chapter 7: two recorded trainings side by side, step by step, with the signs of their monitor. They
// are named by letters, and their curves end at the step that is shown: how a training ends is for
// the reader to see.
"use strict";

explorable("training_replay", (stage, { replay }) => {
  const { steps, labels, runs, fields, lowest } = replay;
  const TITLES = { healthy: "Run A", collapsing: "Run C" };
  const COLOURS = ["blue", "orange", "green"];
  const LN_2 = { at: Math.LN2, text: "ln 2" };
  const [WIDTH, LINE] = [320, 15];
  const [LEFT, RIGHT, BOTTOM, FIELD] = [40, 12, 18, 52]; // the room around a field, and its height
  const [NAME, SHORT, BETWEEN] = [140, 12, 8]; // two short names stand in a line, so far apart
  const MOMENT_MS = 350;

  let timer = null;
  const panels = Object.entries(TITLES).map(([name, title]) => makePanel(runs[name], title));
  const slider = Controls.slider(
    "Step",
    { min: 0, max: steps.length - 1, step: 1, value: 0 },
    show,
    (moment) => `${steps[moment]}`,
  );
  const play = Controls.button("Play", playOrStop);
  const says = Controls.output("visually-hidden"); // the numbers stand beside the curves
  const controls = Controls.element("div", { class: "explorable-controls" }, slider);
  if (!Controls.wantsStillness()) controls.append(play);
  const panelElements = panels.map(({ panel }) => panel);
  const beside = Controls.element("div", { class: "explorable-beside" }, ...panelElements);
  stage.append(controls, beside, Scatter.legend(), says);
  show(0);

  // The largest value of both runs: one scale, so that panels can be compared.
  function largestOf(field) {
    const courses = Object.values(runs).flatMap((run) => Object.keys(field.signs).map((sign) => run[sign]));
    return Math.max(...courses.flat());
  }

  // What stands at a scale, and where a value lies on it: 0 at the floor, 1 at the top. On a scale of
  // powers, what is below the lowest lies on the floor.
  function scaleOf(field) {
    const largest = largestOf(field);
    if (field.byPowers) {
      const [low, high] = [Math.log10(lowest), Math.ceil(Math.log10(largest))];
      const marks = [low, (low + high) / 2, high].map(Math.round).map((power) => 10 ** power);
      const place = (value) => (Math.log10(Math.max(value, lowest)) - low) / (high - low);
      return { marks: [...new Set(marks)], place };
    }
    const unit = largest > 10 ? 10 : 0.5;
    const top = Math.ceil(largest / unit) * unit;
    return { marks: [0, top / 2, top], place: (value) => value / top };
  }

  function makePanel(run, title) {
    const map = new Scatter(
      `${title}: test images in two dimensions`,
      (index) => ({ colour: DIGIT_COLOURS[labels[index]] }),
      () => {},
    );
    map.canvas.setAttribute("role", "img");
    map.canvas.setAttribute("aria-label", `${title}: test images in two dimensions`);
    map.canvas.removeAttribute("tabindex");
    const names = fields.flatMap((field) => Object.values(field.signs));
    const drawing = Controls.svg("svg", {
      class: "explorable-curves",
      role: "img",
      "aria-label": `${title}: ${names.join(", ")} over the steps`,
    });
    let above = 0;
    const pointers = fields.flatMap((field) => {
      const [pointersOfField, height] = makeField(run, field, above, drawing);
      above += height;
      return pointersOfField;
    });
    drawing.setAttribute("viewBox", `0 0 ${WIDTH} ${above}`);
    const heading = Controls.element("h4", {}, title);
    const panel = Controls.element("div", { class: "explorable-panel" }, heading, map.canvas, drawing);
    return { panel, map, pointers, run };
  }

  // Draw a field with its scales. Return what draws each of its curves up to a moment, and how much
  // height all of it takes.
  function makeField(run, field, above, drawing) {
    const signs = Object.entries(field.signs);
    const isLast = field === fields.at(-1);
    const inALine = signs.every(([, name]) => name.length <= SHORT) ? 2 : 1;
    const top = above + LINE * Math.ceil(signs.length / inALine) + 6;
    const floor = top + FIELD;
    const { marks, place } = scaleOf(field);
    const x = (moment) => LEFT + (moment / (steps.length - 1)) * (WIDTH - LEFT - RIGHT);
    const y = (value) => floor - place(value) * FIELD;
    const write = (text, at, anchor) => {
      const written = Controls.svg("text", { ...at, "text-anchor": anchor }, drawing);
      written.textContent = text;
      return written;
    };
    const rule = (value, className) => {
      const ends = { x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value), class: className };
      Controls.svg("line", ends, drawing);
    };
    for (const value of marks) {
      rule(value, "explorable-axis");
      write(String(value), { x: LEFT - 5, y: y(value) + 4 }, "end");
    }
    for (const [moment, anchor] of isLast ? [[0, "start"], [steps.length - 1, "end"]] : []) {
      write(`step ${steps[moment]}`, { x: x(moment), y: floor + 14 }, anchor);
    }
    if (field.title === "loss") {
      rule(LN_2.at, "explorable-guide");
      write(LN_2.text, { x: WIDTH - RIGHT, y: y(LN_2.at) - 3 }, "end");
    }
    const pointers = signs.map(([sign, name], line) => {
      const colour = `explorable-${COLOURS[line]}`;
      const path = Controls.svg("polyline", { class: `explorable-curve ${colour} is-line-${line}` }, drawing);
      const dot = Controls.svg("circle", { r: 4, class: colour }, drawing);
      const at = above + LINE * Math.floor(line / inALine) + 11;
      const from = LEFT + (line % inALine) * NAME;
      const key = { x1: from, x2: from + 16, y1: at, y2: at };
      Controls.svg("line", { ...key, class: `explorable-curve ${colour} is-line-${line}` }, drawing);
      const heading = write("", { x: from + 20, y: at + 4 }, "start");
      return (moment) => {
        const shown = run[sign].slice(0, moment + 1);
        path.setAttribute("points", shown.map((value, at) => `${x(at)},${y(value)}`).join(" "));
        Controls.set(dot, { cx: x(moment), cy: y(run[sign][moment]) });
        heading.textContent = `${name}: ${inWords(run[sign][moment])}`;
      };
    });
    return [pointers, floor + (isLast ? BOTTOM : BETWEEN) - above];
  }

  function inWords(value) {
    return value >= 10 ? value.toFixed(1) : value.toFixed(3);
  }

  function show(moment) {
    for (const { map, pointers, run } of panels) {
      // One scale for both runs and all steps: shrinking to a point has to be seen.
      map.show(run.maps[moment], replay.bounds);
      pointers.forEach((point) => point(moment));
    }
    const signs = fields.flatMap((field) => Object.entries(field.signs));
    const saying = Object.entries(TITLES).map(([run, title]) => {
      const values = signs.map(([sign, name]) => `${name} ${inWords(runs[run][sign][moment])}`);
      return `${title}: ${values.join(", ")}`;
    });
    says.textContent = `Step ${steps[moment]}. ${saying.join(". ")}.`;
  }

  function playOrStop() {
    if (timer !== null) {
      stop();
      return;
    }
    play.textContent = "Stop";
    let moment = Number(slider.querySelector("input").value);
    if (moment === steps.length - 1) moment = -1;
    timer = setInterval(() => {
      moment += 1;
      slider.moveTo(moment);
      if (moment === steps.length - 1) stop();
    }, MOMENT_MS);
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  }
});
