// Chapter 4: one triplet to move. Around the anchor lie the regions in which the negative makes the
// triplet hard, semi-hard or easy; the arrows show where a step against the gradient would go.
"use strict";

explorable("triplet_playground", (stage) => {
  const SIX = { a1: [0, 3], a2: [0, 2], a3: [2, 3], b1: [0, 1.5], b2: [2, 0.5], b3: [2, 0] };
  const WORKED = ["a1 a3 b1", "a1 a2 b1", "b2 b3 a2", "b3 b2 a3"];
  const ROLES = ["anchor", "positive", "negative"];
  const COLOURS = { anchor: "ink", positive: "blue", negative: "orange" };
  const ARROW = 0.6; // how long an arrow is for a gradient of length one
  const STEP = 0.25;

  let margin = 1;
  let triplet = {};

  const plane = new Plane([-2, 4, -1, 4], "The plane with the three points of the triplet");
  const { drawing, width, height } = plane;
  const easy = { x: 0, y: 0, width, height, class: "explorable-easy" };
  Controls.svg("rect", easy, drawing);
  const ring = Controls.svg("circle", { class: "explorable-semi-hard" }, drawing);
  const core = Controls.svg("circle", { class: "explorable-hard" }, drawing);
  for (const [name, point] of Object.entries(SIX)) {
    const [x, y] = plane.toDrawing(point);
    Controls.svg("circle", { cx: x, cy: y, r: 3, class: "explorable-mark" }, drawing);
    const text = Controls.svg("text", { x: x + 6, y: y - 6, class: "explorable-mark" }, drawing);
    text.textContent = name;
  }
  const head = { id: "explorable-head", markerWidth: 8, markerHeight: 8, refX: 6, refY: 3, orient: "auto" };
  const marker = Controls.svg("marker", head, Controls.svg("defs", {}, drawing));
  Controls.svg("path", { d: "M0,0 L7,3 L0,6 z", class: "explorable-head" }, marker);
  const parts = Object.fromEntries(ROLES.map((role) => [role, makePoint(role)]));

  const numbers = Controls.output();
  const gradients = Controls.element("p", { class: "explorable-says" });
  const worked = WORKED.map((names) => [names, `(${names.replaceAll(" ", ", ")})`]);
  stage.append(
    Controls.choice("Begin with a triplet of the worked example", worked, begin),
    drawing,
    numbers,
    gradients,
    Controls.element(
      "div",
      { class: "explorable-controls" },
      Plane.marginSlider((value) => {
        margin = value;
        show();
      }),
      Controls.button("Take a step against the gradient", takeStep),
    ),
  );
  begin(WORKED[0]);

  function makePoint(role) {
    const group = Controls.svg("g", { class: `explorable-point explorable-${COLOURS[role]}` }, drawing);
    const arrow = Controls.svg("line", { "marker-end": "url(#explorable-head)" }, drawing);
    arrow.classList.add("explorable-arrow");
    Controls.svg("circle", { r: 22, class: "explorable-grip" }, group); // easy to hit by finger
    Controls.svg("circle", { r: 8 }, group);
    Controls.svg("text", { x: 12, y: 18 }, group).textContent = role;
    const move = (point) => {
      triplet[role] = point;
      show();
    };
    const tell = plane.draggable(group, `${role} of the triplet`, () => triplet[role] ?? [0, 0], move);
    return { group, arrow, tell };
  }

  function begin(names) {
    names.split(" ").forEach((name, place) => {
      triplet[ROLES[place]] = [...SIX[name]];
    });
    show();
  }

  function takeStep() {
    const gradient = Metric.tripletGradient(...ROLES.map((role) => triplet[role]), margin);
    for (const role of ROLES) {
      triplet[role] = triplet[role].map((value, k) => value - STEP * gradient[role][k]);
    }
    show();
  }

  function show() {
    const points = ROLES.map((role) => triplet[role]);
    const [anchor, positive, negative] = points;
    const toPositive = Metric.distance(anchor, positive);
    const toNegative = Metric.distance(anchor, negative);
    const loss = Metric.tripletLoss(...points, margin);
    const kind = Metric.kind(toPositive, toNegative, margin);
    const gradient = Metric.tripletGradient(...points, margin);
    const [cx, cy] = plane.toDrawing(anchor);
    Controls.set(core, { cx, cy, r: toPositive * PLANE_UNIT });
    Controls.set(ring, { cx, cy, r: (toPositive + margin) * PLANE_UNIT });
    for (const role of ROLES) {
      const [x, y] = plane.toDrawing(triplet[role]);
      const [dx, dy] = gradient[role].map((value) => -value * ARROW * PLANE_UNIT);
      parts[role].group.setAttribute("transform", `translate(${x}, ${y})`);
      Controls.set(parts[role].arrow, { x1: x, y1: y, x2: x + dx, y2: y - dy });
      parts[role].arrow.style.display = dx || dy ? "" : "none";
      parts[role].tell();
    }
    numbers.textContent =
      `d(a, p) = ${toPositive.toFixed(3)}, d(a, n) = ${toNegative.toFixed(3)}, ` +
      `difference + margin = ${(toPositive - toNegative + margin).toFixed(3)}, ` +
      `loss = ${loss.toFixed(3)}: ${kind}.`;
    const said = ROLES.map((role) => {
      const [x, y] = gradient[role].map((value) => (value + 0).toFixed(2)); // + 0: no minus zero
      return `${role} (${x}, ${y})`;
    });
    gradients.textContent = `Gradient: ${said.join(", ")}. The arrows point against it.`;
  }
});
