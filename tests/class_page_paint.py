"""Print the size of the class page and how long a browser waits: `python -m tests.class_page_paint`.

A time depends on the machine and on what else it does, so no test asserts one; the size is held by
test_class_page.py.
"""

import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import CHROMIUM, DESKTOP
from tests.first_paint import PAINTS
from tests.made_class import write_class_page

TIMES = 5
STUDENTS = (40, 2_000, 20_000)


def main() -> None:
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        # Root, as in a container, has no sandbox of its own; the pages are ours.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for count in STUDENTS:
            path = Path(folder) / f"{count}.html"
            write_class_page(path, count)
            runs = [seen(browser, path) for _ in range(TIMES)]
            print(f"{count:,} students: {path.stat().st_size / 1e6:.2f} MB")
            for measure in runs[0]:
                values = [run[measure] for run in runs]
                middle, worst = statistics.median(values), max(values)
                print(f"  {measure} {middle:.0f} ms (slowest of {TIMES}: {worst:.0f} ms)")


def seen(browser, path: Path) -> dict[str, float]:
    """Return milliseconds: until something is painted, until all is loaded, and for one sorting."""
    context = browser.new_context(viewport=DESKTOP)
    tab = context.new_page()
    tab.goto(path.as_uri())
    paints = tab.evaluate(PAINTS)
    loaded = tab.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    began = time.perf_counter()
    tab.locator("[data-sort=points] button").click()
    sorting = 1000 * (time.perf_counter() - began)
    began = time.perf_counter()
    tab.locator("#text").fill("dube")
    finding = 1000 * (time.perf_counter() - began)
    context.close()
    return {
        "first paint": paints["first-paint"],
        "loaded": loaded,
        "sorted by points": sorting,
        "found a name": finding,
    }


if __name__ == "__main__":
    main()
