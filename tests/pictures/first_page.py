"""From the first page of the book as it is built: its map, and a digit drawn on its sheet."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from tests.browser import SITE, started
from tests.pictures.places import THEMES, opened_tab, photographed, written

PAGE = SITE / "intro.html"
MAP = "#fig-intro-map img:visible"  # of two, one for each theme
SHEET = ".explorable-sheet"
ANSWERED = "document.querySelector('[data-explorable] [role=status]').textContent.includes('says')"
WIDTH = 1280
MARGIN = 12  # around what is photographed, in CSS pixels
# A three, by hand: points on the sheet from 0 to 1, joined by straight strokes.
THREE = (
    (0.30, 0.24), (0.38, 0.17), (0.50, 0.15), (0.62, 0.19), (0.67, 0.28), (0.64, 0.38), (0.55, 0.45),
    (0.45, 0.48), (0.56, 0.50), (0.66, 0.57), (0.70, 0.67), (0.65, 0.78), (0.54, 0.85), (0.41, 0.85),
    (0.30, 0.78),
)  # fmt: skip


def write_map(browser: Any) -> list[Path]:
    """Take the map of digits that a light page shows and the one that a dark page shows."""
    paths = []
    for theme in THEMES:
        with opened_tab(browser, WIDTH, 900, theme) as tab:
            tab.goto(PAGE.as_uri())
            drawn = Image.open(PAGE.parent / tab.locator(MAP).get_attribute("src"))
        paths.append(written(drawn, f"map-{theme}.webp"))
    return paths


def write_drawing(browser: Any) -> list[Path]:
    """Draw a digit with the mouse, and photograph what the network says of it."""
    paths = []
    for theme in THEMES:
        with opened_tab(browser, WIDTH, 1400, theme) as tab:
            tab.goto(PAGE.as_uri())
            section = started(tab)
            draw(tab, THREE)
            tab.wait_for_function(ANSWERED)
            tab.mouse.move(0, 0)
            around = _around(section)
            paths.append(photographed(tab, f"draw-{theme}.webp", clip=around, full_page=True))
    return paths


def draw(tab: Any, points: Sequence[tuple[float, float]]) -> None:
    """Draw a line through points of the sheet, as a hand with a mouse does."""
    sheet = tab.locator(SHEET)
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    tab.mouse.move(*places[0])
    tab.mouse.down()
    for place in places[1:]:
        tab.mouse.move(*place, steps=6)
    tab.mouse.up()


def _around(element: Any) -> dict[str, float]:
    """Return where an element lies on the whole page, with a margin."""
    box = element.bounding_box()
    scrolled: float = element.page.evaluate("document.scrollingElement.scrollTop")
    return {
        "x": box["x"] - MARGIN,
        "y": box["y"] + scrolled - MARGIN,
        "width": box["width"] + 2 * MARGIN,
        "height": box["height"] + 2 * MARGIN,
    }
