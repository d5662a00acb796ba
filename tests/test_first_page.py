"""The first page of the book: what it loads and when, what it says, and what it keeps secret."""

import gzip
import re
from pathlib import Path
from typing import Any

import pytest

from autograder.chapters import BOOK, CHAPTERS
from autograder.classroom.rubric import default_rubric
from tests.book_text import code_cells, markdown
from tests.browser import (
    CHROMIUM,
    NO_CHROMIUM,
    NO_TOOLS,
    PHONE,
    SITE,
    needs_the_book,
    opened,
    started,
)

pytest.importorskip("playwright.sync_api", reason=NO_TOOLS)
in_a_browser = pytest.mark.skipif(not CHROMIUM, reason=NO_CHROMIUM)
FIRST = "intro"
KILOBYTES_BEFORE_THE_FIRST_PAINT = 400  # packed: the page, and what it may not be painted without
KILOBYTES_OF_THE_MAP = 250
WHEN_DATA_IS_ASKED_FOR = """
window.asked = [];
new MutationObserver(changes => {
  for (const added of changes.flatMap(change => [...change.addedNodes])) {
    if (added.src?.includes('/explorables/data/')) window.asked.push(performance.now());
  }
}).observe(document, {childList: true, subtree: true});
"""


def page_text() -> str:
    return (SITE / f"{FIRST}.html").read_text(encoding="utf-8")


def packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes()))


# What is loaded, and when


@needs_the_book
def test_what_the_first_paint_waits_for_is_small() -> None:
    head = page_text().split("</head>")[0]
    scripts = re.findall(r"<script(?P<how>[^>]*)>", head)
    blocking = [
        found[1]
        for how in scripts
        if "defer" not in how and "async" not in how
        if (found := re.search(r'src="([^"?#]+)', how))
    ]
    styles = re.findall(r'<link[^>]*href="([^"?#]+\.css)', head)
    assert styles
    files = [SITE / f"{FIRST}.html", *(SITE / one for one in {*blocking, *styles})]
    assert sum(map(packed, files)) < KILOBYTES_BEFORE_THE_FIRST_PAINT * 1000


@needs_the_book
@in_a_browser
def test_the_data_of_the_explorable_comes_after_the_first_paint(chromium: Any) -> None:
    with opened(chromium, FIRST) as tab:
        tab.add_init_script(WHEN_DATA_IS_ASKED_FOR)
        tab.reload()
        started(tab)
        asked, painted = tab.evaluate(
            "[window.asked, performance.getEntriesByName('first-contentful-paint')[0].startTime]"
        )
        assert len(asked) == 1
        assert min(asked) > painted
        scripts = "[...document.scripts].filter(one => one.src.includes('/explorables/'))"
        assert tab.evaluate(f"{scripts}.every(one => one.defer || one.async)")


@needs_the_book
@in_a_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_map_stands_on_the_first_screen_in_the_colours_of_the_page(
    chromium: Any, scheme: str
) -> None:
    with opened(chromium, FIRST, color_scheme=scheme) as tab:
        shown = tab.locator("figure img:visible")
        assert shown.count() == 1
        assert f"in-{scheme}" in shown.get_attribute("class").split()
        assert len(shown.get_attribute("alt")) > 40
        box = shown.bounding_box()
        assert box["y"] + box["height"] < tab.viewport_size["height"]
        picture = SITE / shown.get_attribute("src")
        assert picture.stat().st_size < KILOBYTES_OF_THE_MAP * 1000


@needs_the_book
@in_a_browser
def test_on_a_phone_the_map_comes_first_and_nothing_is_cut(chromium: Any) -> None:
    with opened(chromium, FIRST) as tab:
        tab.set_viewport_size(PHONE)
        started(tab)
        box = tab.locator("figure img:visible").first.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
        assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


# The path


@needs_the_book
def test_the_path_has_a_step_for_each_chapter_with_its_minutes_and_points() -> None:
    steps = re.findall(
        r'course-step">.*?href="(ch\w+)\.html".*?course-takes">(.*?)</p>', page_text(), re.S
    )
    points = default_rubric().points
    for (stem, takes), chapter in zip(steps, CHAPTERS, strict=True):
        assert stem == chapter.stem
        begin = (BOOK / f"{stem}.md").read_text(encoding="utf-8")
        minutes = re.search(r"\*\*Time\*\*\s+about\s+(\d+)\s+minutes", begin)
        worth = sum(one for check, one in points.items() if check.startswith(f"{stem}:"))
        wanted = f"{minutes[1]} minutes" + (f", {worth:g} points" if worth else "")
        assert takes == wanted


@needs_the_book
def test_the_chapters_are_numbered_as_their_files_are_in_the_side_bar_and_above_the_text() -> None:
    for chapter in CHAPTERS:
        page = (SITE / f"{chapter.stem}.html").read_text(encoding="utf-8")
        [heading] = re.findall(r"<h1>(.*?)</h1>", page.split('role="main"')[1], re.S)[-1:]
        said = re.sub(r"<[^>]+>", "", heading)
        assert re.match(rf"\s*{chapter.number}\.\s+\S", said), said
        entry = re.search(rf'href="{chapter.stem}\.html">\s*(\d+)\.', page_text())
        assert entry, f"{chapter.stem} is not numbered in the side bar"
        assert int(entry[1]) == chapter.number


# What the page keeps secret: chapter 1 asks which digit the network was never shown


def test_no_number_of_the_page_is_the_unseen_digit() -> None:
    cells = "\n".join(cell.source for cell in code_cells(FIRST))
    glued = re.search(r"pages\.numbers\((.*?)\n\)", cells, re.S)[1]
    assert not re.search(r"=\s*(str\()?unseen\b|test_images_of_the_digit|without_the_digit", glued)
    assert ":secret:" in markdown(FIRST)


@needs_the_book
@in_a_browser
def test_the_explorable_names_the_unseen_digit_only_as_an_answer(chromium: Any) -> None:
    with opened(chromium, FIRST) as tab:
        section = started(tab)
        assert section.get_by_role("radio").count() == 0
        assert "unseen" not in section.inner_text().lower()
        assert "never seen" not in section.inner_text().lower()
    with opened(chromium, "ch09_unseen_digit") as tab:
        assert "has never seen the digit" in started(tab).inner_text()


@needs_the_book
@in_a_browser
def test_a_digit_is_drawn_on_the_first_page_by_mouse_and_by_touch(chromium: Any) -> None:
    with opened(chromium, FIRST, has_touch=True) as tab:
        section = started(tab)
        sheet = section.locator("canvas.explorable-sheet")
        box = sheet.bounding_box()
        tab.mouse.move(box["x"] + 100, box["y"] + 50)
        tab.mouse.down()
        tab.mouse.move(box["x"] + 100, box["y"] + 200, steps=8)
        tab.mouse.up()
        says = section.locator("[role=status]").first
        assert "The vote of 5 neighbours says" in says.inner_text()
        section.get_by_role("button", name="Clear").click()
        assert "The sheet is empty" in says.inner_text()
        sheet.scroll_into_view_if_needed()
        box = sheet.bounding_box()
        tab.touchscreen.tap(box["x"] + 100, box["y"] + 100)
        assert "The vote of 5 neighbours says" in says.inner_text()
