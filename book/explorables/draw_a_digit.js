// Draw a digit, and see where the trained network puts it. One network has never seen one of the
// ten digits, the other has seen all of them. On the first page of the book, where readers have yet
// to find out which digit that is, the explorable keeps it secret and shows the first network alone.
"use strict";

explorable("draw_a_digit", (stage, { networks }) => {
  const SIDE = 280;
  const PEN = 22; // as thick as strokes are in MNIST: about 2 pixels of 20
  const MOVE = 8;
  const NEIGHBOURS = 5;
  const gallery = Pictures.unpack(networks.gallery.images);
  const { labels } = networks.gallery;
  const { unseen } = networks;
  const isSecret = "secret" in stage.parentElement.dataset;
  const nets = Object.fromEntries(
    Object.entries(networks.networks).map(([name, packed]) => [name, unpackNetwork(packed)]),
  );

  let chosen = "without";
  let pen = [SIDE / 2, SIDE / 2]; // of the keyboard
  let isPenDown = false;
  let isEmpty = true;
  let lastAt = null; // of the mouse or finger, while it is down

  const sheet = Controls.element("canvas", {
    width: SIDE,
    height: SIDE,
    class: "explorable-sheet",
    tabindex: 0,
    role: "application",
    "aria-label":
      "Sheet to draw on. The arrow keys move the pen, Space puts it down and lifts it, Delete clears.",
  });
  const paper = document.createElement("canvas"); // the ink alone, without the pen that shows on it
  [paper.width, paper.height] = [SIDE, SIDE];
  const ink = paper.getContext("2d", { willReadFrequently: true });
  const seen = Controls.element("canvas", {
    class: "explorable-digit explorable-large",
    role: "img",
    "aria-label": "What the network sees",
  });
  const says = Controls.output();
  const near = Controls.element("div");
  const needle = Controls.element("meter", { min: 0, max: 2, high: 1, value: 0 });
  const gauge = Controls.element("span", { class: "explorable-gauge" }, needle);
  needle.setAttribute("aria-label", "Distance to the nearest seen prototype, in thresholds");
  const needleSays = Controls.element("span");
  const map = new Scatter(
    "Map of the gallery by PCA",
    (index) =>
      index < labels.length
        ? { colour: DIGIT_COLOURS[labels[index]], cross: !isSecret && labels[index] === unseen }
        : { colour: "transparent" },
    () => {},
  );
  map.canvas.setAttribute("role", "img");
  map.canvas.setAttribute("aria-label", "The gallery in two dimensions; a ring marks your digit");
  map.canvas.removeAttribute("tabindex");

  const stamps = Array.from({ length: 10 }, (_, digit) => {
    const button = Controls.button(String(digit), () => stamp(digit));
    button.setAttribute("aria-label", `stamp a real ${digit}`);
    return button;
  });
  const networkToChoose = Controls.choice(
    "Network",
    [
      ["without", `has never seen the digit ${unseen}`],
      ["all", "has seen all ten digits"],
    ],
    (value) => {
      chosen = value;
      answer();
    },
  );
  if (!isSecret) stage.append(networkToChoose);
  stage.append(
    Controls.element(
      "div",
      { class: "explorable-beside" },
      Controls.element(
        "div",
        {},
        sheet,
        Controls.element(
          "fieldset",
          { class: "explorable-choice" },
          Controls.element("legend", {}, "Or stamp a real one"),
          ...stamps,
          Controls.button("Clear", clear),
        ),
      ),
      Controls.element("div", {}, map.canvas, Scatter.legend(isSecret ? null : unseen)),
    ),
    Controls.element(
      "div",
      { class: "explorable-answer" },
      Controls.element("figure", {}, seen, Controls.element("figcaption", {}, "as the network sees it")),
      Controls.element("div", {}, says, near),
      Controls.element("p", { class: "explorable-novelty" }, "Novelty ", gauge, needleSays),
    ),
  );
  sheet.addEventListener("pointerdown", (event) => {
    sheet.setPointerCapture(event.pointerId);
    lastAt = at(event);
    stroke(lastAt, lastAt);
    event.preventDefault();
  });
  sheet.addEventListener("pointermove", (event) => {
    if (lastAt) {
      const now = at(event);
      stroke(lastAt, now);
      lastAt = now;
    }
  });
  for (const end of ["pointerup", "pointercancel"]) {
    sheet.addEventListener(end, () => {
      lastAt = null;
    });
  }
  sheet.addEventListener("keydown", drawByKey);
  // 784 numbers from 0 to 1 may be laid on the sheet from outside, as a stamp is.
  stage.addEventListener("lay-pixels", (event) => layPixels(event.detail));
  sheet.addEventListener("focus", showSheet);
  sheet.addEventListener("blur", showSheet);
  clear();

  function unpackNetwork(packed) {
    const blocks = packed.blocks.map((block) => ({
      ...block,
      scale: Pictures.floats(block.scale),
      shift: Pictures.floats(block.shift),
      kernel: Pictures.floats(block.kernel),
      bias: Pictures.floats(block.bias),
    }));
    const dim = packed.prototypes[0].length;
    const values = Pictures.signedBytes(packed.embeddings);
    const embeddings = labels.map((_, row) =>
      Array.from(values.subarray(row * dim, (row + 1) * dim), (value) => value * packed.unit),
    );
    const places = embeddings.map((embedding) => project(packed, embedding));
    return { ...packed, blocks, embeddings, places };
  }

  // Where an embedding lies on the map: along the first two principal components of the gallery.
  function project({ mean, components }, embedding) {
    return components.map((component) =>
      component.reduce((sum, value, k) => sum + value * (embedding[k] - mean[k]), 0),
    );
  }

  function at(event) {
    const scale = SIDE / sheet.clientWidth;
    return [event.offsetX * scale, event.offsetY * scale];
  }

  function stroke(from, to) {
    ink.lineWidth = PEN;
    ink.lineCap = "round";
    ink.beginPath();
    ink.moveTo(...from);
    ink.lineTo(to[0] + 0.01, to[1]); // a canvas draws nothing of a line without a length: no dot
    ink.stroke();
    answer();
  }

  function drawByKey(event) {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key in ways) {
      const from = pen;
      pen = pen.map((value, k) => Math.min(SIDE, Math.max(0, value + MOVE * ways[event.key][k])));
      if (isPenDown) stroke(from, pen);
    } else if (event.key === " ") {
      isPenDown = !isPenDown;
      if (isPenDown) stroke(pen, pen);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      clear();
    } else {
      return;
    }
    event.preventDefault();
    showSheet();
  }

  function clear() {
    ink.clearRect(0, 0, SIDE, SIDE);
    isPenDown = false;
    answer();
  }

  // Lay a gallery image on the sheet, each of its pixels as a square.
  function stamp(digit) {
    const own = labels.map((label, row) => (label === digit ? row : -1)).filter((row) => row >= 0);
    layPixels(gallery[own[Math.floor(Math.random() * own.length)]]);
  }

  function layPixels(image) {
    ink.clearRect(0, 0, SIDE, SIDE);
    const size = SIDE / PICTURE_SIDE;
    image.forEach((value, place) => {
      ink.globalAlpha = value;
      const [row, column] = [Math.floor(place / PICTURE_SIDE), place % PICTURE_SIDE];
      ink.fillRect(column * size, row * size, size, size);
    });
    ink.globalAlpha = 1;
    answer();
  }

  // How much ink there is in each pixel of the sheet, from 0 to 1.
  function inkOfSheet() {
    const { data } = ink.getImageData(0, 0, SIDE, SIDE);
    return Float32Array.from({ length: SIDE * SIDE }, (_, place) => data[4 * place + 3] / 255);
  }

  function showSheet() {
    const shown = sheet.getContext("2d");
    shown.fillStyle = "black";
    shown.fillRect(0, 0, SIDE, SIDE);
    shown.save();
    shown.filter = "invert(1)"; // black ink on the paper is white ink on a black sheet
    shown.drawImage(paper, 0, 0);
    shown.restore();
    if (isEmpty) {
      shown.fillStyle = "#8a8a8a";
      shown.font = "20px sans-serif";
      shown.textAlign = "center";
      shown.fillText("Draw here", SIDE / 2, SIDE / 2);
    }
    if (document.activeElement === sheet) {
      shown.strokeStyle = isPenDown ? "#d9730d" : "#3b82c4";
      shown.lineWidth = 3;
      shown.beginPath();
      shown.arc(...pen, PEN / 2, 0, 2 * Math.PI);
      shown.stroke();
    }
  }

  function answer() {
    const net = nets[chosen];
    const image = Ink.toImage(inkOfSheet(), SIDE);
    isEmpty = image === null;
    showSheet();
    stage.dataset.vote = "";
    if (image === null) {
      Pictures.draw(seen, new Float32Array(PICTURE_SIDE * PICTURE_SIDE));
      near.replaceChildren();
      needle.value = 0;
      needleSays.textContent = "";
      map.mark(null);
      map.show(net.places);
      says.textContent = "The sheet is empty. Draw a digit.";
      return;
    }
    Pictures.draw(seen, image);
    const embedding = Network.embed(net.blocks, image);
    const nearest = Metric.nearest(
      net.embeddings.map((other) => Metric.distance(embedding, other)),
      NEIGHBOURS,
    );
    const vote = Metric.vote(nearest.map((row) => labels[row]));
    const novelty = Math.min(...net.prototypes.map((one) => Metric.distance(embedding, one)));
    stage.dataset.vote = vote;
    stage.dataset.neighbours = nearest.join(" ");
    const entries = nearest.map((row, rank) => ({
      image: gallery[row],
      name: `neighbour ${rank + 1}, a ${labels[row]}`,
      text: String(labels[row]),
      className: labels[row] === vote ? "" : "explorable-wrong",
    }));
    near.replaceChildren(Pictures.row(entries));
    needle.value = novelty / net.threshold;
    needleSays.textContent = `${(novelty / net.threshold).toFixed(2)} thresholds`;
    map.show([...net.places, project(net, embedding)]);
    map.mark(labels.length, nearest);
    const isNew = novelty > net.threshold;
    says.textContent =
      `The vote of ${NEIGHBOURS} neighbours says ${vote}. ` +
      `To the nearest prototype of a digit that this network has seen it is ${novelty.toFixed(2)}: ` +
      `${isNew ? "farther than 95 % of those digits' test images, so perhaps new" : "as near as 95 % of those digits' test images"}.`;
  }
});
