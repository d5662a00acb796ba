// Chapter 10: a character that the reader invents becomes a class of its own by one to three examples,
// beside nineteen characters of alphabets that the network has never met.
"use strict";

explorable("own_character", (stage, { own_character: given }) => {
  const FARTHEST = 2; // embeddings are of length one
  const PAUSE = 100; // ms from one answer to the next, so that a slow phone has time to draw the line
  const { shots } = given;
  const blocks = given.blocks.map(unpackBlock);
  const others = unpackOthers();
  const questions = Pictures.unpack(given.questions); // of each of the others one more drawing
  const borrowed = Pictures.unpack(given.borrowed); // drawings of one more character
  const own = { name: "yours", images: [], embeddings: [] };
  let timer = null; // of the next answer
  const laid = { borrowed: 0, questions: 0 }; // how many of them so far

  const sheet = new Sheet({
    label: "Sheet to draw on",
    pen: OMNIGLOT_PEN,
    changed: answerSoon,
    keys: { Enter: { does: "Enter keeps the drawing as an example", press: keep } },
  });
  const toKeep = Controls.button("", keep);
  const toForget = Controls.button("Forget mine", forget);
  const seen = Controls.element("canvas", {
    class: "explorable-digit explorable-large",
    role: "img",
    "aria-label": "What the network sees",
  });
  const kept = Controls.element("div");
  const says = Controls.output();
  const heading = Controls.element("h4");
  const ranking = Controls.element("ol", { class: "explorable-ranked" });
  stage.append(
    Controls.element(
      "div",
      { class: "explorable-beside" },
      Controls.element(
        "div",
        {},
        sheet.canvas,
        Controls.element(
          "div",
          {},
          toKeep,
          Controls.button("Clear", () => sheet.clear()),
          toForget,
        ),
        Controls.element(
          "fieldset",
          { class: "explorable-choice" },
          Controls.element("legend", {}, "Or take a drawing of"),
          Controls.button("a character to borrow", () => lay("borrowed", borrowed)),
          Controls.button("one of the nineteen", () => lay("questions", questions)),
        ),
      ),
      Controls.element(
        "div",
        {},
        Controls.element(
          "div",
          { class: "explorable-answer" },
          Controls.element("figure", {}, seen, Controls.element("figcaption", {}, "as the network sees it")),
          Controls.element("figure", { class: "explorable-examples" }, kept, Controls.element("figcaption", {}, "your examples")),
        ),
        says,
      ),
    ),
    heading,
    ranking,
  );
  // 784 numbers from 0 to 1 may be laid on the sheet from outside.
  stage.addEventListener("lay-pixels", (event) => sheet.lay(event.detail));
  for (const one of [own, ...others]) one.row = rowOf(one);
  showExamples();
  answer();

  function unpackBlock(block) {
    const [scale, shift, bias, units] = [block.scale, block.shift, block.bias, block.units].map(
      Pictures.floats,
    );
    const bytes = Pictures.signedBytes(block.kernel);
    const ofOneChannel = bytes.length / bias.length;
    const kernel = Float32Array.from(bytes, (byte, at) => byte * units[Math.floor(at / ofOneChannel)]);
    return { ...block, scale, shift, bias, kernel };
  }

  function unpackOthers() {
    const images = Pictures.unpack(given.examples);
    const values = Pictures.signedBytes(given.embeddings);
    const dim = values.length / images.length;
    const embeddings = images.map((_, row) =>
      Array.from(values.subarray(row * dim, (row + 1) * dim), (value) => value * given.unit),
    );
    return given.alphabets.map((name, place) => ({
      name,
      images: images.slice(place * shots, (place + 1) * shots),
      embeddings: embeddings.slice(place * shots, (place + 1) * shots),
    }));
  }

  // The mean over looks at the image where it is, and one pixel from there.
  function embed(image) {
    const looks = given.places.map(([down, right]) => {
      const embedding = Network.embed(blocks, Strokes.moved(image, down, right));
      const length = Math.hypot(...embedding);
      return embedding.map((value) => value / length);
    });
    return meanOf(looks);
  }

  function meanOf(embeddings) {
    return embeddings[0].map(
      (_, k) => embeddings.reduce((sum, one) => sum + one[k], 0) / embeddings.length,
    );
  }

  // The others have as many examples as the reader's own: a mean of more lies nearer to everything.
  function examplesOfEach() {
    return Math.max(1, own.images.length);
  }

  function prototype({ embeddings }) {
    return meanOf(embeddings.slice(0, examplesOfEach()));
  }

  // What the network is given: an image as it was laid, or the lines, made like Omniglot's.
  function imageOfSheet() {
    if (sheet.isEmpty) return null;
    return sheet.laid ? Strokes.shrunk(sheet.inkOfPixels) : Strokes.toImage(sheet.lines);
  }

  function lay(kind, images) {
    sheet.lay(images[laid[kind] % images.length]);
    laid[kind] += 1;
  }

  function keep() {
    const image = imageOfSheet();
    if (image === null || own.images.length === shots) return;
    own.images.push(image);
    own.embeddings.push(embed(image));
    showExamples();
    sheet.clear();
  }

  function forget() {
    own.images = [];
    own.embeddings = [];
    laid.borrowed = 0;
    showExamples();
    sheet.clear();
  }

  function rowOf(one) {
    const parts = { rank: "span", images: "span", name: "span", bar: "span", distance: "span" };
    for (const [name, tag] of Object.entries(parts)) {
      parts[name] = Controls.element(tag, { class: `explorable-ranked-${name}` });
    }
    parts.images.setAttribute("aria-hidden", "true");
    parts.bar.setAttribute("aria-hidden", "true");
    parts.name.textContent = one.name;
    parts.line = Controls.element("li", {}, ...Object.values(parts));
    return parts;
  }

  function showExamples() {
    const count = own.images.length;
    const each = examplesOfEach();
    for (const { row, images } of [own, ...others]) {
      row.images.replaceChildren(...images.slice(0, each).map((image) => Pictures.canvas(image, "")));
    }
    kept.replaceChildren(
      Pictures.row(own.images.map((image, at) => ({ image, name: `your example ${at + 1}`, text: "" }))),
    );
    own.row.line.className = "explorable-own";
    toKeep.textContent = count < shots ? `Keep as example ${count + 1} of ${shots}` : `${shots} of ${shots} kept`;
    const known = count ? "The twenty" : "The nineteen";
    heading.textContent = `${known}, by ${each === 1 ? "one example" : `${each} examples`} of each`;
  }

  function answerSoon() {
    stage.setAttribute("aria-busy", "true");
    timer ??= setTimeout(answer, PAUSE);
  }

  function answer() {
    timer = null;
    stage.removeAttribute("aria-busy");
    const image = imageOfSheet();
    const classes = own.images.length ? [own, ...others] : others;
    toKeep.setAttribute("aria-disabled", image === null || own.images.length === shots);
    toForget.setAttribute("aria-disabled", own.images.length === 0);
    Pictures.draw(seen, image ?? new Float32Array(PICTURE_SIDE * PICTURE_SIDE));
    if (image === null) {
      showRanking(classes.map((one) => ({ one, distance: null })));
      says.textContent = whatToDraw();
      return;
    }
    const embedding = embed(image);
    const ranked = classes
      .map((one) => ({ one, distance: Metric.distance(embedding, prototype(one)) }))
      .sort((x, y) => x.distance - y.distance);
    showRanking(ranked);
    says.textContent = verdict(ranked);
  }

  function showRanking(ranked) {
    ranked.forEach(({ one: { row }, distance }, place) => {
      const isKnown = distance !== null;
      row.rank.textContent = isKnown ? `${place + 1}` : "";
      row.bar.style.setProperty("--length", isKnown ? distance / FARTHEST : 0);
      row.distance.textContent = isKnown ? distance.toFixed(2) : "";
    });
    ranking.replaceChildren(...ranked.map(({ one }) => one.row.line));
    stage.dataset.distances = ranked.map(({ distance }) => distance).join(" ");
    stage.dataset.ranking = ranked.map(({ one }) => others.indexOf(one)).join(" "); // -1: the own one
  }

  function whatToDraw() {
    const count = own.images.length;
    if (count === 0) return "The sheet is empty. Draw a character of your own, and keep it as an example.";
    return `${count} of ${shots} examples kept. Draw your character once more: is it found among the twenty?`;
  }

  function verdict(ranked) {
    const told = ({ one, distance }) =>
      `${one === own ? "yours" : `one of ${one.name}`}, at ${distance.toFixed(2)}`;
    const placeOf = (wanted) => ranked.findIndex(({ one }) => one === wanted);
    const words = [`Nearest of ${ranked.length}: ${told(ranked[0])}. Next: ${told(ranked[1])}.`];
    const asked = sheet.lines.length ? -1 : questions.indexOf(sheet.laid);
    if (asked >= 0) {
      const place = placeOf(others[asked]);
      words.push(place === 0 ? "Right." : `Right would be number ${place + 1}, ${told(ranked[place])}.`);
    } else if (own.images.length === 0) {
      words.push("Keep your drawing, and it is the first example of a twentieth.");
    } else if (ranked[0].one !== own) {
      words.push(`Yours is number ${placeOf(own) + 1}, at ${ranked[placeOf(own)].distance.toFixed(2)}.`);
    }
    return words.join(" ");
  }
});
