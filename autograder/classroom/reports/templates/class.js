"use strict";
/* The table of students: sort it, filter it, turn its pages. Only one page of rows is drawn. */

const facts = JSON.parse(document.getElementById("class").textContent);
const LATE = 1, ADJUSTED = 2, SHADES = 5;
const find = (id) => document.getElementById(id);
const table = document.querySelector(".students");

/* A line as it was written: see student_rows.py. */
const students = facts.lines.map((line, order) => {
  const [name, key, page, points, chapters, marks, late, status, ...pairs] = line;
  const findings = new Map();
  for (let at = 0; at < pairs.length; at += 2) findings.set(pairs[at], pairs[at + 1]);
  return {
    order, name, points, chapters, status, findings,
    page: page || key || name,
    searched: `${name}\n${key || ""}`.normalize("NFKC").toLowerCase(),
    late: marks & LATE ? late || "late" : "",
    adjusted: marks & ADJUSTED ? "adjusted" : "",
  };
});
const state = { sort: "name", isDescending: false, page: 0, rows: students };

function valueOf(student, key) {
  if (key === "name") return student.order;  /* they were written in the order of their names */
  if (key === "status") return facts.statuses[student.status];
  const [what, number] = key.split("-");
  return what === "chapter" ? student.chapters[number] : student[what];
}

/* What is empty comes last in either direction. */
function sorted(rows) {
  const sign = state.isDescending ? -1 : 1;
  const isEmpty = (value) => value === null || value === "";
  const keyed = rows.map((one) => [valueOf(one, state.sort), one]);
  keyed.sort(([a, one], [b, other]) => {
    if (isEmpty(a) !== isEmpty(b)) return isEmpty(a) ? 1 : -1;
    if (a === b || isEmpty(a)) return one.order - other.order;
    return a < b ? -sign : sign;
  });
  return keyed.map(([, one]) => one);
}

function isChosen(who) {
  const status = /^status-(\d+)$/.exec(who);
  if (status) return (one) => one.status === Number(status[1]);
  if (who === "none") return (one) => one.status !== facts.graded;
  return who ? (one) => one[who] !== "" : () => true;
}

/* Return the number of the finding that is looked for, -1 if none is. */
function wanted() {
  const value = find("finding").value;
  return value ? Number(value.slice("finding-".length)) : -1;
}

function filtered() {
  const text = find("text").value.trim().normalize("NFKC").toLowerCase();
  const fits = isChosen(find("who").value), finding = wanted();
  return students.filter((one) => one.searched.includes(text) && fits(one)
    && (finding < 0 || one.findings.has(finding)));
}

function cell(name, text, className) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function shade(points, worth) {
  if (points === null) return "unknown";
  const missing = worth ? 1 - points / worth : 0;
  return `missing-${Math.max(0, Math.min(SHADES, Math.ceil(missing * SHADES - 1e-9)))}`;
}

const said = (points) => (points === null ? "–" : String(points));

function drawn(student) {
  const row = document.createElement("tr"), head = cell("th", ""), link = document.createElement("a");
  const place = student.findings.get(wanted());
  head.scope = "row";
  /* The file's name is an escaped one, and a link escapes it once more. */
  link.setAttribute("href", `feedback/${encodeURIComponent(student.page)}.html${place ? `#check-${place}` : ""}`);
  link.append(cell("bdi", student.name));
  head.append(link);
  row.append(head, cell("td", said(student.points), "number"));
  student.chapters.forEach((points, at) => {
    row.append(cell("td", said(points), `number ${shade(points, facts.worth[at])}`));
  });
  row.append(cell("td", student.late), cell("td", student.adjusted),
    cell("td", facts.statuses[student.status]));
  return row;
}

function draw(from, to) {
  table.tBodies[0].replaceChildren(...state.rows.slice(from, to).map(drawn));
}

function show() {
  const count = state.rows.length, pages = Math.max(1, Math.ceil(count / facts.rows));
  const from = state.page * facts.rows, to = Math.min(count, from + facts.rows);
  draw(from, to);
  const number = (value) => value.toLocaleString("en");
  const all = count === students.length ? "" : `, of ${number(students.length)} in all`;
  document.querySelector(".shown").textContent = count
    ? `${number(from + 1)} to ${number(to)} of ${number(count)} ${count === 1 ? "student" : "students"}${all}`
    : "No student fits.";
  find("page").textContent = `Page ${number(state.page + 1)} of ${number(pages)}`;
  find("previous").disabled = state.page === 0;
  find("next").disabled = state.page === pages - 1;
  document.querySelector(".pager").hidden = pages === 1;
}

function begin() {
  state.page = 0;
  state.rows = sorted(filtered());
  show();
}

function sortBy(key) {
  state.isDescending = state.sort === key && !state.isDescending;
  state.sort = key;
  for (const head of table.tHead.querySelectorAll("[data-sort]")) {
    if (head.dataset.sort !== key) head.removeAttribute("aria-sort");
    else head.setAttribute("aria-sort", state.isDescending ? "descending" : "ascending");
  }
  begin();
}

function turn(pages) {
  state.page += pages;
  show();
  find("students").scrollIntoView();
  /* A button that is disabled under the finger loses the focus. */
  if (find("previous").disabled) find("next").focus();
  if (find("next").disabled) find("previous").focus();
}

/* A button beside a list of names: the table shows all of them. */
function showAll(choice) {
  document.querySelector(".filters").reset();
  find(choice.startsWith("finding-") ? "finding" : "who").value = choice;
  begin();
  find("students").scrollIntoView();
  document.querySelector("#students h2").focus({ preventScroll: true });
}

function listen() {
  document.documentElement.classList.add("js");
  for (const head of table.tHead.querySelectorAll("[data-sort]")) {
    const button = cell("button", head.textContent);
    button.type = "button";
    button.addEventListener("click", () => sortBy(head.dataset.sort));
    head.replaceChildren(button);
  }
  table.querySelector("[data-sort=name]").setAttribute("aria-sort", "ascending");
  const filters = document.querySelector(".filters");
  filters.hidden = false;
  filters.addEventListener("input", begin);
  filters.addEventListener("submit", (event) => event.preventDefault());
  find("everybody").addEventListener("click", () => {
    filters.reset();
    begin();
  });
  find("previous").addEventListener("click", () => turn(-1));
  find("next").addEventListener("click", () => turn(1));
  for (const button of document.querySelectorAll(".show")) {
    button.hidden = false;
    button.addEventListener("click", () => showAll(button.dataset.choice));
  }
  /* Paper has no pages to turn, and nothing to unfold. */
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const one of folded) one.open = true;
    draw(0, state.rows.length);
  });
  addEventListener("afterprint", () => {
    for (const one of folded) one.open = false;
    show();
  });
  begin();
}

if (table) listen();
