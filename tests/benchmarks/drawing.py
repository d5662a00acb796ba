"""How long a reader waits between a stroke and the answer on the page to draw on."""

from statistics import median

from exercises.given.book.pages import digits
from tests.browser import CHROMIUM
from tests.test_explorable_network import answers

DRAWINGS = 100


def main() -> None:
    """Lay test images on the sheet of chapter 9 in Chromium, and print the median wait."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        _, _, milliseconds = answers(browser, digits().test_images[:DRAWINGS])
        browser.close()
    ordered = sorted(milliseconds)
    print(
        f"draw to answer, {DRAWINGS} drawings: median {median(ordered):.1f} ms, "
        f"95th of 100 {ordered[94]:.1f} ms (the bar: 50 ms)"
    )
