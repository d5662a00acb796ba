// Chapter 7: two recorded trainings side by side, step by step: one that learns, one that collapses.
"use strict";

explorable("training_replay", (stage, { replay }) => {
  const RUNS = { healthy: "A run that learns", collapsing: "A run that collapses" };
  const CURVES = [
    ["loss", "training loss", "blue"],
    ["active", "active share", "orange"],
    ["recall", "Recall@1", "green"],
  ];
  const [WIDTH, HEIGHT, EDGE] = [320, 110, 8];
  const MOMENT_MS = 350;
  const { steps, labels, runs } = replay;

  let timer = null;
  const panels = Object.entries(RUNS).map(([name, title]) => makePanel(runs[name], title));
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
  stage.append(controls, beside, says);
  show(0);

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
    const pointers = CURVES.map(([key, name, colour], row) => {
      const largest = Math.max(...Object.values(runs).flatMap((one) => one[key]));
      const x = (moment) => EDGE + (moment / (steps.length - 1)) * (WIDTH - 2 * EDGE);
      const y = (value) => (row + 1) * HEIGHT - EDGE - (value / largest) * (HEIGHT - 4 * EDGE);
      const path = run[key].map((value, moment) => `${x(moment)},${y(value)}`).join(" ");
      const floor = { x1: EDGE, x2: WIDTH - EDGE, y1: y(0), y2: y(0), class: "explorable-axis" };
      Controls.svg("line", floor, drawing);
      Controls.svg("polyline", { points: path, class: `explorable-curve explorable-${colour}` }, drawing);
      const text = Controls.svg("text", { x: EDGE, y: row * HEIGHT + 2 * EDGE }, drawing);
      const dot = Controls.svg("circle", { r: 5, class: `explorable-${colour}` }, drawing);
      return (moment) => {
        Controls.set(dot, { cx: x(moment), cy: y(run[key][moment]) });
        text.textContent = `${name}: ${run[key][moment].toFixed(3)}`;
      };
    });
    const heading = Controls.element("h4", {}, title);
    const panel = Controls.element("div", { class: "explorable-panel" }, heading, map.canvas, drawing);
    return { panel, map, pointers, run };
  }

  function show(moment) {
    for (const { map, pointers, run } of panels) {
      // One scale for both runs and all steps: shrinking to a point has to be seen.
      map.show(run.maps[moment], replay.bounds);
      pointers.forEach((point) => point(moment));
    }
    const saying = Object.entries(RUNS).map(([name, title]) => {
      const run = runs[name];
      const values = CURVES.map(([key, word]) => `${word} ${run[key][moment].toFixed(3)}`);
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
