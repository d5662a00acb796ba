// Chapters 2 to 8: an exercise to put together. For each slot the reader chooses how to write it, and
// reads what the grader has said of that combination. Nothing is graded here: the words are looked up.
"use strict";

explorable("assembly", (stage, data) => {
  const [exercise] = Object.values(data);
  const { slots, texts } = exercise;
  const kept = keptProgress(`assembly:${exercise.name}`);

  const code = Controls.element("code", {});
  const shown = Controls.element("div", { class: "highlight" }, Controls.element("pre", { class: "assembly-code" }, code));
  const verdict = Controls.element("div", { class: "assembly-verdict", role: "status" });
  const progress = Controls.element("p", { class: "explorable-legend" });
  const form = Controls.element(
    "form",
    { class: "assembly-choices" },
    ...slots.map(choiceFor),
    Controls.element("div", { class: "explorable-controls" },
      Controls.element("button", { class: "explorable-button" }, "Check"),
      Controls.button("Begin again", beginAgain),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    check();
  });
  stage.append(shown, form, verdict, progress);
  showCode();
  showProgress();

  // What was chosen, which mistakes were met, and whether it passed. A browser may keep nothing for a
  // page that was opened as a file: then it lasts as long as the page.
  function keptProgress(key) {
    const fresh = () => ({ chosen: slots.map(() => null), met: [], passed: false });
    const state = fresh();
    try {
      Object.assign(state, JSON.parse(localStorage.getItem(key)));
    } catch {
      // Begin anew.
    }
    // The options may be others than when they were chosen.
    const isThere = (number, at) => slots[at].options.some((option) => option.number === number);
    state.chosen = slots.map((_, at) => (isThere(state.chosen[at], at) ? state.chosen[at] : null));
    const save = () => {
      try {
        localStorage.setItem(key, JSON.stringify(state));
      } catch {
        // Nothing is kept.
      }
    };
    return { state, save, begin: () => Object.assign(state, fresh()) };
  }

  function choiceFor(slot, at) {
    const set = Controls.element(
      "fieldset",
      { class: "explorable-choice" },
      Controls.element("legend", {}, `${at + 1}. ${slot.asks}`),
    );
    for (const option of slot.options) {
      const input = Controls.element("input", {
        type: "radio",
        name: `assembly-${exercise.name}-${at}`,
        value: option.number,
      });
      input.checked = kept.state.chosen[at] === option.number;
      input.addEventListener("change", () => choose(at, option.number));
      const text = Controls.element("code", { class: "highlight" });
      text.innerHTML = option.html.join("\n") || "<em>nothing</em>";
      set.append(Controls.element("label", { class: "assembly-option" }, input, text));
    }
    set.addEventListener("focusin", () => mark(at, true));
    set.addEventListener("focusout", () => mark(at, false));
    return set;
  }

  function choose(at, number) {
    kept.state.chosen[at] = number;
    kept.save();
    verdict.replaceChildren(); // it was about another version
    showCode();
    mark(at, true);
  }

  function beginAgain() {
    kept.begin();
    kept.save();
    form.reset();
    for (const input of form.querySelectorAll("input")) {
      input.checked = false;
    }
    verdict.replaceChildren();
    showCode();
    showProgress();
  }

  function check() {
    const open = kept.state.chosen.flatMap((number, at) => (number === null ? [at + 1] : []));
    if (open.length) {
      verdict.replaceChildren(
        Controls.element("p", { class: "explorable-says" }, `Choose something for ${open.join(", ")} first.`),
      );
      form.querySelectorAll("fieldset")[open[0] - 1].querySelector("input").focus();
      return;
    }
    const [passed, named, lines] = texts[exercise.combinations[numberOfChosen()]];
    const printed = lines.map((line) => Controls.element("span", {}, `${exercise.printed[line]}\n`));
    verdict.replaceChildren(
      Controls.element("p", { class: "explorable-says" }, `triplet check ${exercise.chapter} prints:`),
      Controls.element("pre", { class: "assembly-printed" }, ...printed),
      ...named.filter((name) => name in exercise.mistakes).map(hintsFor),
    );
    kept.state.met = [...new Set([...kept.state.met, ...named])];
    kept.state.passed ||= passed;
    kept.save();
    showProgress();
  }

  // What `triplet hint` gives one after the other, folded away.
  function hintsFor(name) {
    const [sentence, ...hints] = exercise.mistakes[name];
    return Controls.element(
      "details",
      {},
      Controls.element("summary", {}, `Hints: ${sentence}`),
      Controls.element("ol", {}, ...hints.map((hint) => Controls.element("li", {}, hint))),
    );
  }

  // The last slot changes fastest.
  function numberOfChosen() {
    return slots.reduce((sum, slot, at) => sum * slot.options.length + kept.state.chosen[at], 0);
  }

  function showProgress() {
    const { met, passed } = kept.state;
    const there = Object.keys(exercise.mistakes);
    progress.textContent =
      `Mistakes that you have met here: ${there.filter((name) => met.includes(name)).length} of ${there.length}.` +
      (passed ? " You have found a version that passes." : "");
  }

  // The code

  function showCode() {
    const lines = exercise.lines.flatMap(filled);
    code.replaceChildren(
      ...lines.map((html, at) => {
        const line = Controls.element("span", { class: "assembly-line", "data-line": exercise.firstLine + at });
        line.innerHTML = `${html}\n`;
        return line;
      }),
    );
  }

  // One line of the code, or several, or none where a slot that stands alone is filled so.
  function filled(pieces) {
    const indent = typeof pieces[0] === "string" ? pieces[0].match(/^ */)[0] : "";
    const alone = pieces.filter((piece) => typeof piece !== "string" || piece.trim());
    if (alone.length === 1 && typeof alone[0] === "number" && optionOf(alone[0])?.html.length === 0) return [];
    return pieces
      .map((piece) => (typeof piece === "string" ? piece : slotAsHtml(piece, indent)))
      .join("")
      .split("\n");
  }

  function optionOf(at) {
    return slots[at].options.find((option) => option.number === kept.state.chosen[at]);
  }

  function slotAsHtml(at, indent) {
    const option = optionOf(at);
    const inside = (html) => `<span class="assembly-slot" data-slot="${at}">${html}</span>`;
    return option ? option.html.map(inside).join(`\n${indent}`) : inside(`&nbsp;${at + 1}&nbsp;`);
  }

  function mark(at, isOn) {
    for (const slot of code.querySelectorAll(`[data-slot="${at}"]`)) {
      slot.classList.toggle("assembly-is-marked", isOn);
    }
  }
});
