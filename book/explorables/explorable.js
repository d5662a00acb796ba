// What all explorables share: each is defined by a name, and starts when its place on the page comes
// near the screen. What it needs is fetched then, so the page itself never waits.
//
//   explorable("triplet_playground", (stage, data) => { ... });
//
// A page that is opened as a file may not fetch(), so data comes as scripts. Each of them says
// explorableData("digits", {...}), and lies in the folder data/ beside this file.
"use strict";

const NEAR_THE_SCREEN = "400px";
const folderOfScripts = new URL(".", document.currentScript.src);
const startsOf = {};
const arrivalOf = {}; // by the name of a data script: {promise, resolve}

function explorable(name, start) {
  startsOf[name] = start;
}

function explorableData(name, value) {
  arrivalOf[name].resolve(value);
}

function fetchData(name) {
  if (!(name in arrivalOf)) {
    const arrival = {};
    arrival.promise = new Promise((resolve, reject) => {
      arrival.resolve = resolve;
      const script = document.createElement("script");
      script.src = new URL(`data/${name}.js`, folderOfScripts);
      script.onerror = () => reject(new Error(`data/${name}.js is not there`));
      document.head.append(script);
    });
    arrivalOf[name] = arrival;
  }
  return arrivalOf[name].promise;
}

async function startExplorable(section) {
  const stage = section.querySelector(".explorable-stage");
  const needs = section.dataset.needs.split(" ").filter(Boolean);
  section.dataset.state = "loading";
  stage.textContent = "Loading …";
  try {
    const values = await Promise.all(needs.map(fetchData));
    const data = Object.fromEntries(needs.map((name, place) => [name, values[place]]));
    stage.textContent = "";
    startsOf[section.dataset.explorable](stage, data);
    section.dataset.state = "ready";
  } catch (fault) {
    stage.textContent = `This could not start: ${fault.message}. Build the book again.`;
    section.dataset.state = "failed";
    throw fault;
  }
}

document.addEventListener("DOMContentLoaded", () => {
  const watcher = new IntersectionObserver(
    (seen) => {
      for (const { isIntersecting, target } of seen) {
        if (isIntersecting) {
          watcher.unobserve(target);
          startExplorable(target);
        }
      }
    },
    { rootMargin: NEAR_THE_SCREEN },
  );
  // The second frame comes after the first paint.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      for (const section of document.querySelectorAll("[data-explorable]")) {
        watcher.observe(section);
      }
    }),
  );
});
