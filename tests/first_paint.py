"""Print how long a browser waits for the first page: `python -m tests.first_paint`.

A time depends on the machine and on what else it does, so no test asserts one; what the page loads
is held by test_first_page.py.
"""

import statistics

from playwright.sync_api import sync_playwright

from tests.browser import CHROMIUM, DESKTOP, PHONE, SITE

TIMES = 9
# The entry for the largest paint comes late: wait for it, then take the last one.
PAINTS = """() => new Promise(resolve => {
  const seen = {};
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) seen[entry.name || entry.entryType] = entry.startTime;
  }).observe({type: 'paint', buffered: true});
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) {
      seen['largest-contentful-paint'] = entry.startTime;
      seen['largest element'] = entry.element?.outerHTML.slice(0, 60) ?? '';
    }
  }).observe({type: 'largest-contentful-paint', buffered: true});
  setTimeout(() => resolve(seen), 1500);
})"""
MEASURED = ("first-paint", "first-contentful-paint", "largest-contentful-paint")


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        for name, size in (("desktop", DESKTOP), ("phone", PHONE)):
            runs = []
            for _ in range(TIMES):
                context = browser.new_context(viewport=size)
                tab = context.new_page()
                tab.goto((SITE / "intro.html").as_uri())
                runs.append(tab.evaluate(PAINTS))
                context.close()
            for measure in MEASURED:
                values = [run[measure] for run in runs]
                middle, worst = statistics.median(values), max(values)
                print(f"{name}: {measure} {middle:.0f} ms (slowest of {TIMES}: {worst:.0f} ms)")
            print(f"{name}: the largest element is {runs[0]['largest element']}")


if __name__ == "__main__":
    main()
