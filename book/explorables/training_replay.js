// Chapter 7: two recorded trainings side by side, step by step. They are named by letters, and their
// curves end at the step that is shown: how a training ends is for the reader to see.
"use strict";

explorable("training_replay", (stage, { replay }) => {
  const { steps, labels, runs } = replay;
  const TITLES = { healthy: "Run A", collapsing: "Run C" };
  const LN_2 = { at: Math.LN2, text: "ln 2" };
  const CURVES = [
    { key: "loss", name: "training loss", colour: "blue", top: topOf("loss"), line: LN_2 },
    { key: "active", name: "active share", colour: "orange", top: 1 },
    { key: "recall", name: "Recall@1", colour: "green", top: 1 },
  ];
  const [WIDTH, HEIGHT] = [320, 108];
  const [LEFT, RIGHT, TOP, BOTTOM] = [34, 12, 24, 18]; // the room around the field of a curve
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
  const says = Controls.output();
  const controls = Controls.element("div", { class: "explorable-controls" }, slider);
  if (!Controls.wantsStillness()) controls.append(play);
  const panelElements = panels.map(({ panel }) => panel);
  const beside = Controls.element("div", { class: "explorable-beside" }, ...panelElements);
  stage.append(controls, beside, Scatter.legend(), says);
  show(0);

  // The largest value of both runs, up to a whole half: one scale, so that panels can be compared.
  function topOf(key) {
    return Math.ceil(2 * Math.max(...Object.values(runs).flatMap((run) => run[key]))) / 2;
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
    const drawing = Controls.svg("svg", {
      viewBox: `0 0 ${WIDTH} ${HEIGHT * CURVES.length}`,
      class: "explorable-curves",
      role: "img",
      "aria-label": `${title}: loss, active share and Recall@1 over the steps`,
    });
    const pointers = CURVES.map((curve, row) => makeCurve(run, curve, row * HEIGHT, drawing));
    const heading = Controls.element("h4", {}, title);
    const panel = Controls.element("div", { class: "explorable-panel" }, heading, map.canvas, drawing);
    return { panel, map, pointers, run };
  }

  // Draw the field of a curve with its scales, and return what draws the curve up to a moment.
  function makeCurve(run, { key, name, colour, top, line }, above, drawing) {
    const floor = above + HEIGHT - BOTTOM;
    const x = (moment) => LEFT + (moment / (steps.length - 1)) * (WIDTH - LEFT - RIGHT);
    const y = (value) => floor - (value / top) * (HEIGHT - TOP - BOTTOM);
    const write = (text, at, anchor) => {
      const written = Controls.svg("text", { ...at, "text-anchor": anchor }, drawing);
      written.textContent = text;
      return written;
    };
    const rule = (value, className) => {
      const ends = { x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value), class: className };
      Controls.svg("line", ends, drawing);
    };
    for (const value of [0, top / 2, top]) {
      rule(value, "explorable-axis");
      write(String(value), { x: LEFT - 5, y: y(value) + 4 }, "end");
    }
    for (const [moment, anchor] of [[0, "start"], [steps.length - 1, "end"]]) {
      write(`step ${steps[moment]}`, { x: x(moment), y: floor + 14 }, anchor);
    }
    if (line) {
      rule(line.at, "explorable-guide");
      write(line.text, { x: WIDTH - RIGHT, y: y(line.at) - 3 }, "end");
    }
    const path = Controls.svg("polyline", { class: `explorable-curve explorable-${colour}` }, drawing);
    const dot = Controls.svg("circle", { r: 4, class: `explorable-${colour}` }, drawing);
    const heading = write("", { x: LEFT, y: above + 15 }, "start");
    return (moment) => {
      const shown = run[key].slice(0, moment + 1);
      path.setAttribute("points", shown.map((value, at) => `${x(at)},${y(value)}`).join(" "));
      Controls.set(dot, { cx: x(moment), cy: y(run[key][moment]) });
      heading.textContent = `${name}: ${run[key][moment].toFixed(3)}`;
    };
  }

  function show(moment) {
    for (const { map, pointers, run } of panels) {
      // One scale for both runs and all steps: shrinking to a point has to be seen.
      map.show(run.maps[moment], replay.bounds);
      pointers.forEach((point) => point(moment));
    }
    const saying = Object.entries(TITLES).map(([name, title]) => {
      const values = CURVES.map(({ key, name: word }) => `${word} ${runs[name][key][moment].toFixed(3)}`);
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
