// Chapter 5: the six points as a batch. Choose how to mine; the chosen triplets light up in the table
// of distances and in the plane. Labels can be changed, down to batches without a triplet.
"use strict";

explorable("mining_board", (stage) => {
  const NAMES = ["a1", "a2", "a3", "b1", "b2", "b3"];
  const SIX = [[0, 3], [0, 2], [2, 3], [0, 1.5], [2, 0.5], [2, 0]];
  const CLASSES = ["a", "b", "c", "d", "e", "f"];
  const COLOURS = ["blue", "orange", "green", "ink", "ink", "ink"]; // of the classes, as in the figures
  // A circle, a square, a triangle; then what is no more than one point.
  const SHAPES = [
    "M-7,0 a7,7 0 1,0 14,0 a7,7 0 1,0 -14,0",
    "M-6.5,-6.5 h13 v13 h-13 z",
    "M0,-8 L8,6 h-16 z",
    "M0,-8 L8,0 L0,8 L-8,0 z",
    "M-2.5,-8 h5 v5.5 h5.5 v5 h-5.5 v5.5 h-5 v-5.5 h-5.5 v-5 h5.5 z",
    "M-8,-6 h16 L0,8 z",
  ];
  const MININGS = [
    ["all", "batch-all"],
    ["semi", "semi-hard"],
    ["hard", "batch-hard"],
    ["soft", "batch-hard with the soft margin"],
  ];

  let mining = "all";
  let margin = 1;
  let onlyAnchor = null;
  let labels = [0, 0, 0, 1, 1, 1];
  const points = SIX.map((point) => [...point]);

  const says = Controls.output();
  const labelButtons = NAMES.map((name, index) =>
    Controls.button("", () => {
      labels[index] = (labels[index] + 1) % 3;
      show();
    }),
  );
  const table = Controls.element("table", { class: "explorable-distances" });
  const label = "The six points in the plane, with the chosen pairs";
  const plane = new Plane([-1, 3, -1, 4], label, "explorable-half");
  const { drawing } = plane;
  const lines = Controls.svg("g", {}, drawing);
  const handles = points.map((_, index) => makeHandle(index));

  // On a phone the table is wider than the screen: the keyboard has to reach what scrolls.
  const scrollable = { class: "explorable-scroll", tabindex: 0, role: "region" };
  scrollable["aria-label"] = "Table of distances";
  const anchors = [["", "all"], ...NAMES.map((name, index) => [String(index), name])];
  stage.append(
    Controls.choice("Mining", MININGS, (value) => {
      mining = value;
      show();
    }),
    Controls.choice("Show the triplets of the anchor", anchors, (value) => {
      onlyAnchor = value === "" ? null : Number(value);
      show();
    }),
    Controls.element(
      "fieldset",
      { class: "explorable-choice" },
      Controls.element("legend", {}, "Class of each point (press to change)"),
      ...labelButtons,
      Controls.button("as in the book", () => relabel([0, 0, 0, 1, 1, 1])),
      Controls.button("all equal", () => relabel([0, 0, 0, 0, 0, 0])),
      Controls.button("all different", () => relabel([0, 1, 2, 3, 4, 5])),
    ),
    Plane.marginSlider((value) => {
      margin = value;
      show();
    }),
    says,
    Controls.element(
      "div",
      { class: "explorable-beside" },
      Controls.element("div", scrollable, table),
      drawing,
    ),
    Controls.element(
      "p",
      { class: "explorable-legend" },
      "A solid frame is a pair of anchor and positive, a dashed frame one of anchor and negative.",
    ),
  );
  show();

  function makeHandle(index) {
    const group = Controls.svg("g", { class: "explorable-point" }, drawing);
    Controls.svg("circle", { r: 20, class: "explorable-grip" }, group);
    const sign = Controls.svg("path", {}, group);
    const text = Controls.svg("text", { x: 10, y: -8 }, group);
    const move = (point) => {
      points[index] = point;
      show();
    };
    const tell = plane.draggable(group, `point ${NAMES[index]}`, () => points[index], move);
    return { group, sign, text, tell };
  }

  function relabel(wanted) {
    labels = wanted;
    show();
  }

  function mine() {
    if (mining === "all") return Metric.batchAll(points, labels, margin);
    if (mining === "semi") return Metric.semiHard(points, labels, margin);
    return Metric.batchHard(points, labels, mining === "soft" ? null : margin);
  }

  function show() {
    const valid = Metric.validTriplets(labels);
    const active = Metric.batchAll(points, labels, margin);
    const { chosen, loss } = mine();
    const shown = chosen.filter(([anchor]) => onlyAnchor === null || anchor === onlyAnchor);
    labelButtons.forEach((button, index) => {
      button.textContent = `${NAMES[index]}: class ${CLASSES[labels[index]]}`;
    });
    showTable(shown);
    showPlane(shown);
    says.textContent = valid.length
      ? `${valid.length} valid triplets, ${active.chosen.length} of them active ` +
        `(a share of ${active.activeFraction.toFixed(4)}). Chosen: ${chosen.length}. ` +
        (chosen.length ? `Loss ${loss.toFixed(4)}.` : emptySays("no triplet is chosen"))
      : emptySays("no valid triplet");
  }

  function emptySays(what) {
    return `There is ${what}: the mean of nothing would be NaN. The loss is a zero that hangs on the embeddings.`;
  }

  function showTable(shown) {
    const distances = Metric.pairwiseDistances(points);
    const heads = NAMES.map((name) => Controls.element("th", { scope: "col" }, name));
    const corner = Controls.element("th", { scope: "col" }, "anchor");
    const rows = distances.map((row, i) => {
      const cells = row.map((distance, j) => {
        const isPositive = shown.some(([a, p]) => a === i && p === j);
        const isNegative = shown.some(([a, , n]) => a === i && n === j);
        const cell = Controls.element("td", {}, distance.toFixed(2));
        cell.classList.toggle("explorable-is-positive", isPositive);
        cell.classList.toggle("explorable-is-negative", isNegative);
        if (isPositive || isNegative) {
          const word = isPositive ? "positive" : "negative";
          cell.append(Controls.element("span", { class: "explorable-unseen-text" }, `, ${word}`));
        }
        return cell;
      });
      return Controls.element("tr", {}, Controls.element("th", { scope: "row" }, NAMES[i]), ...cells);
    });
    table.replaceChildren(
      Controls.element("caption", { class: "explorable-unseen-text" }, "Distances, a row for each anchor"),
      Controls.element("thead", {}, Controls.element("tr", {}, corner, ...heads)),
      Controls.element("tbody", {}, ...rows),
    );
  }

  function showPlane(shown) {
    lines.replaceChildren();
    for (const [i, j, k] of shown) {
      drawLine(points[i], points[j], "explorable-to-positive");
      drawLine(points[i], points[k], "explorable-to-negative");
    }
    handles.forEach(({ group, sign, text, tell }, index) => {
      Controls.set(sign, {
        d: SHAPES[labels[index]],
        class: `explorable-class-${COLOURS[labels[index]]}`,
      });
      group.setAttribute("transform", `translate(${plane.toDrawing(points[index]).join(", ")})`);
      text.textContent = `${NAMES[index]} (${CLASSES[labels[index]]})`;
      tell();
    });
  }

  function drawLine(from, to, className) {
    const [[x1, y1], [x2, y2]] = [plane.toDrawing(from), plane.toDrawing(to)];
    Controls.svg("line", { x1, y1, x2, y2, class: className }, lines);
  }
});
