// Chapter 10: which of twenty characters is this one? Ten of the published questions, to be answered
// by the reader, with the answers of the network and of the pixels beside them.
"use strict";

explorable("one_shot", (stage, { one_shot }) => {
  const COLUMNS = 5;
  const OTHERS = { network: "the network", pixels: "the pixels" };
  const { questions } = one_shot;
  const scores = { you: 0, network: 0, pixels: 0 };
  let asked = 0;
  let isAnswered = false;

  const heading = Controls.element("h4");
  const question = Controls.element("div", { class: "explorable-question" });
  const grid = Controls.element("div", {
    class: "explorable-characters",
    role: "group",
    "aria-label": "Twenty characters of one alphabet, each drawn once by another person",
  });
  const says = Controls.output();
  const score = Controls.output("explorable-score");
  const next = Controls.button("Next question", () => {
    asked += 1;
    if (asked === questions.length) begin();
    else ask();
    grid.firstElementChild.focus();
  });
  stage.append(heading, question, grid, says, score, next);
  grid.addEventListener("keydown", moveFocus);
  begin();

  function begin() {
    asked = 0;
    for (const name of Object.keys(scores)) scores[name] = 0;
    score.textContent = "";
    ask();
  }

  function ask() {
    const one = questions[asked];
    isAnswered = false;
    stage.dataset.answer = one.answer;
    heading.textContent = `Question ${asked + 1} of ${questions.length}`;
    const [image] = Pictures.unpack(one.question);
    question.replaceChildren(
      Pictures.canvas(image, "the character to find", "explorable-large"),
      Controls.element("span", {}, "Which of the twenty is this?"),
    );
    grid.replaceChildren(
      ...Pictures.unpack(one.examples).map((example, place) => {
        const name = `character ${place + 1} of 20`;
        const button = Controls.element("button", { type: "button", "aria-label": name });
        button.tabIndex = place === 0 ? 0 : -1; // one stop for the Tab key; arrows go on from there
        button.append(Pictures.canvas(example, ""));
        button.firstElementChild.setAttribute("aria-hidden", "true");
        button.addEventListener("click", () => answer(place));
        return button;
      }),
    );
    says.textContent = "";
    next.hidden = true;
  }

  function answer(place) {
    if (isAnswered) return;
    isAnswered = true;
    const one = questions[asked];
    const answers = { you: place, network: one.network, pixels: one.pixels };
    for (const [name, chosen] of Object.entries(answers)) {
      scores[name] += chosen === one.answer ? 1 : 0;
    }
    const marks = [...grid.children];
    marks[place].classList.add("explorable-wrong");
    marks[one.answer].classList.remove("explorable-wrong");
    marks[one.answer].classList.add("explorable-right");
    marks.forEach((button, at) => {
      const who = Object.keys(answers).filter((name) => answers[name] === at);
      button.setAttribute("aria-disabled", "true");
      button.setAttribute("aria-label", told(at, who, one.answer));
      if (who.length) button.append(Controls.element("span", {}, who.join(", ")));
    });
    const verdict = place === one.answer ? "Right." : `It is character ${one.answer + 1}.`;
    const others = Object.entries(OTHERS).map(([name, words]) =>
      answers[name] === one.answer ? `${words} found it` : `${words} chose ${answers[name] + 1}`,
    );
    says.textContent = `${verdict} Of the others, ${others.join(", and ")}.`;
    const done = asked + 1;
    score.textContent =
      `So far: you ${scores.you} of ${done}, the network ${scores.network}, ` +
      `the pixels ${scores.pixels}.`;
    next.textContent = done === questions.length ? "Begin again" : "Next question";
    next.hidden = false;
  }

  function told(at, who, right) {
    const words = [`character ${at + 1} of 20`];
    if (at === right) words.push("the right one");
    if (who.length) words.push(`chosen by ${who.join(" and ")}`);
    return words.join(", ");
  }

  function moveFocus(event) {
    const ways = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -COLUMNS, ArrowDown: COLUMNS };
    const buttons = [...grid.children];
    const from = buttons.indexOf(document.activeElement);
    const to = from + ways[event.key];
    if (from < 0 || !(to in buttons)) return;
    buttons[from].tabIndex = -1;
    buttons[to].tabIndex = 0;
    buttons[to].focus();
    event.preventDefault();
  }
});
