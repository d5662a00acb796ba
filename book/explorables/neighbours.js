// Chapter 6: one query, and its nearest neighbours in pixels and in the embedding. Below, a ranking
// to rearrange, and what the measures say of it.
"use strict";

explorable("neighbours", (stage, { digits }) => {
  const SHOWN = 8;
  const images = Pictures.unpack(digits.images);
  const { labels } = digits;
  // The queries in which the two rows differ most come first.
  const rightIn = (space, query) =>
    digits.neighbours[space][query].filter((index) => labels[index] === labels[query]).length;
  const queries = Metric.nearest(
    labels.map((_, query) => rightIn("pixels", query) - rightIn("embedding", query)),
    labels.length,
  );

  const rows = Controls.element("div");
  const says = Controls.output();
  const query = Controls.slider(
    "Query",
    { min: 1, max: queries.length, step: 1, value: 1 },
    showQuery,
    (value) => `${value} of ${queries.length}`,
  );
  stage.append(query, rows, says);
  showQuery(1);
  rankingToRearrange();

  function showQuery(number) {
    const chosen = queries[number - 1];
    const rowOf = (space) => {
      const entries = digits.neighbours[space][chosen].slice(0, SHOWN).map((index, rank) => ({
        image: images[index],
        name: `rank ${rank + 1} in ${space}: a ${labels[index]}`,
        text: String(labels[index]),
        className: labels[index] === labels[chosen] ? "" : "explorable-wrong",
      }));
      return [Controls.element("h4", {}, `Nearest in ${space}`), Pictures.row(entries)];
    };
    const own = { image: images[chosen], name: `the query, a ${labels[chosen]}`, text: "query" };
    rows.replaceChildren(Pictures.row([own]), ...rowOf("pixels"), ...rowOf("embedding"));
    const right = ["pixels", "embedding"].map((space) => rightIn(space, chosen));
    says.textContent =
      `A ${labels[chosen]}. Of ${SHOWN} neighbours, ${right[0]} show it in pixels, ` +
      `${right[1]} in the embedding.`;
  }

  function rankingToRearrange() {
    // Three of eight examples are of the query's class.
    let right = [true, false, true, false, false, true, false, false];
    let k = 1;
    const list = Controls.element("ol", { class: "explorable-ranking" });
    const measured = Controls.output();
    stage.append(
      Controls.element("h4", {}, "A ranking to rearrange"),
      Controls.element(
        "p",
        {},
        "Eight examples, nearest first; those with a ✓ are of the query's class. Move one with its " +
          "buttons, or with the arrow keys while it has the focus.",
      ),
      list,
      Controls.slider("K of Recall@K", { min: 1, max: 8, step: 1, value: 1 }, (value) => {
        k = value;
        show();
      }),
      measured,
    );
    show();

    function move(rank, by) {
      const to = rank + by;
      if (to < 0 || to >= right.length) return;
      [right[rank], right[to]] = [right[to], right[rank]];
      show();
      list.children[to].focus();
    }

    function show() {
      const items = right.map((isRight, rank) => {
        const what = isRight ? "right" : "wrong";
        const item = Controls.element(
          "li",
          { tabindex: 0, class: isRight ? "explorable-is-right" : "explorable-is-wrong" },
          Controls.element("span", { "aria-hidden": "true" }, isRight ? "✓" : "✗"),
          Controls.element("span", { class: "explorable-unseen-text" }, `rank ${rank + 1}: ${what}`),
          Controls.element(
            "span",
            { class: "explorable-moves" },
            moveButton("◀", `move rank ${rank + 1} nearer`, () => move(rank, -1)),
            moveButton("▶", `move rank ${rank + 1} farther`, () => move(rank, 1)),
          ),
        );
        item.addEventListener("keydown", (event) => {
          const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
          if (by && event.target === item) {
            event.preventDefault();
            move(rank, by);
          }
        });
        return item;
      });
      list.replaceChildren(...items);
      const { isFound, rPrecision, averagePrecision } = Metric.ofRanking(right, k);
      measured.textContent =
        `Recall@${k} of this query is ${isFound ? 1 : 0}, R-precision ${rPrecision.toFixed(3)}, ` +
        `MAP@R ${averagePrecision.toFixed(3)}. R is 3.`;
    }

    function moveButton(sign, name, press) {
      const button = Controls.button(sign, press);
      button.setAttribute("aria-label", name);
      return button;
    }
  }
});
