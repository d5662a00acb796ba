// Chapter 8: test digits on a map. Point at one to see it and its nearest neighbours.
"use strict";

explorable("embedding_map", (stage, { digits }) => {
  const SPACES = { pixels: "pixels", embedding: "the embedding" };
  const images = Pictures.unpack(digits.images);
  const { labels, unseen } = digits;

  let method = "tsne";
  let space = "embedding";
  let isHidden = false;
  let isMarked = false; // chapter 1 asks which digit it is, and chapter 9 answers
  let chosen = null;

  const map = new Scatter(
    "Map of test digits",
    (index) => ({
      colour: DIGIT_COLOURS[labels[index]],
      cross: isMarked && labels[index] === unseen,
      hidden: isHidden && labels[index] === unseen,
    }),
    (index) => {
      chosen = index;
      showChosen();
    },
  );
  const says = Controls.output();
  const neighbours = Controls.element("div");
  stage.append(
    Controls.choice("Method", [["tsne", "t-SNE"], ["pca", "PCA"]], (value) => {
      method = value;
      showMap();
    }),
    Controls.choice("Space", [["embedding", "embedding"], ["pixels", "pixels"]], (value) => {
      space = value;
      showMap();
      showChosen();
    }),
    Controls.element(
      "div",
      { class: "explorable-controls" },
      Controls.checkbox("mark the unseen digit by crosses", isMarked, (value) => {
        isMarked = value;
        map.draw();
      }),
      Controls.checkbox("hide the unseen digit", isHidden, (value) => {
        isHidden = value;
        map.draw();
      }),
    ),
    Controls.element("div", { class: "explorable-beside" }, map.canvas, neighbours),
    Scatter.legend(),
    says,
  );
  showMap();
  says.textContent = `${labels.length.toLocaleString("en")} test digits. Point at one, or use the arrow keys.`;

  function showMap() {
    map.show(digits.maps[`${method}_${space}`]);
  }

  function showChosen() {
    if (chosen === null) return;
    const near = digits.neighbours[space][chosen];
    map.mark(chosen, near);
    const entries = [chosen, ...near].map((index, rank) => ({
      image: images[index],
      name: rank === 0 ? `the chosen ${labels[index]}` : `neighbour ${rank}, a ${labels[index]}`,
      text: rank === 0 ? `chosen: ${labels[index]}` : String(labels[index]),
      className: labels[index] === labels[chosen] ? "" : "explorable-wrong",
    }));
    neighbours.replaceChildren(Pictures.row(entries));
    const same = near.filter((index) => labels[index] === labels[chosen]).length;
    says.textContent =
      `A ${labels[chosen]}. Of its ${near.length} nearest neighbours in ${SPACES[space]}, ` +
      `${same} show the same digit: ${near.map((index) => labels[index]).join(" ")}.`;
  }
});
