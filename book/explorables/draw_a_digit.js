// Draw a digit, and see where the trained network puts it. One network has never seen one of the
// ten digits, the other has seen all of them. On the first page of the book, where readers have yet
// to find out which digit that is, the explorable keeps it secret and shows the first network alone.
"use strict";

explorable("draw_a_digit", (stage, { networks }) => {
  const PEN = 22; // as thick as strokes are in MNIST: about 2 pixels of 20
  const NEIGHBOURS = 5;
  const gallery = Pictures.unpack(networks.gallery.images);
  const { labels } = networks.gallery;
  const { unseen } = networks;
  const isSecret = "secret" in stage.parentElement.dataset;
  const nets = Object.fromEntries(
    Object.entries(networks.networks).map(([name, packed]) => [name, unpackNetwork(packed)]),
  );

  let chosen = "without";

  const sheet = new Sheet({ label: "Sheet to draw on", pen: PEN, changed: answer });
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
        sheet.canvas,
        Controls.element(
          "fieldset",
          { class: "explorable-choice" },
          Controls.element("legend", {}, "Or stamp a real one"),
          ...stamps,
          Controls.button("Clear", () => sheet.clear()),
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
  // 784 numbers from 0 to 1 may be laid on the sheet from outside, as a stamp is.
  stage.addEventListener("lay-pixels", (event) => sheet.lay(event.detail));
  answer();

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

  function stamp(digit) {
    const own = labels.map((label, row) => (label === digit ? row : -1)).filter((row) => row >= 0);
    sheet.lay(gallery[own[Math.floor(Math.random() * own.length)]]);
  }

  function answer() {
    const net = nets[chosen];
    const image = Ink.toImage(sheet.inkOfPixels, SHEET_SIDE);
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
