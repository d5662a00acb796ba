"""The built book in a real browser: errors, requests, accessibility, width, keyboard, print."""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.browser import (
    CHROMIUM,
    DESKTOP,
    NO_CHROMIUM,
    NO_TOOLS,
    PAPER,
    PHONE,
    SITE,
    grave_violations,
    needs_the_book,
    opened,
)

pytest.importorskip("playwright.sync_api", reason=NO_TOOLS)
PAGES = sorted(SITE.glob("*.html"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason=NO_CHROMIUM),
    needs_the_book,
]
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda one: one.stem)
each_scheme = pytest.mark.parametrize("scheme", ["light", "dark"])
LOCAL = ("file:", "data:", "blob:")
WHITE = "rgb(255, 255, 255)"


@dataclass
class Seen:
    """What a browser says of a page in the colours of one scheme."""

    troubles: list[str]
    violations: list[tuple[str, list[str]]]
    width_on_a_phone: int


@pytest.fixture(scope="module")
def look(chromium: Any) -> Callable[[Path, str], Seen]:
    """Return what looks at a page, once for all tests, since each look takes a second."""
    return functools.cache(lambda page, scheme: looked_at(chromium, page, scheme))


def looked_at(chromium: Any, page: Path, scheme: str) -> Seen:
    context = chromium.new_context(color_scheme=scheme, viewport=DESKTOP)
    tab = context.new_page()
    troubles: list[str] = []

    def see_request(request: Any) -> None:
        if not request.url.startswith(LOCAL):
            troubles.append(f"remote: {request.url}")

    tab.on("console", lambda said: said.type == "error" and troubles.append(said.text))
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    tab.on("requestfailed", lambda request: troubles.append(f"failed: {request.url}"))
    tab.on("request", see_request)
    tab.goto(page.as_uri())
    tab.wait_for_load_state("networkidle")
    start_explorables(tab)
    found = grave_violations(tab)
    tab.set_viewport_size(PHONE)
    width = tab.evaluate("document.documentElement.scrollWidth")
    context.close()
    return Seen(troubles, found, width)


def start_explorables(tab: Any) -> None:
    """Scroll to what moves on a page: it starts, and asks for its data, only then."""
    for section in tab.locator("[data-explorable]").all():
        section.scroll_into_view_if_needed()
    tab.wait_for_function(
        "[...document.querySelectorAll('[data-explorable]')].every("
        "one => ['ready', 'failed'].includes(one.dataset.state))"
    )


@each_page
@each_scheme
def test_a_page_has_no_error_and_asks_for_nothing_remote(look, page: Path, scheme: str) -> None:
    assert look(page, scheme).troubles == []


@each_page
@each_scheme
def test_a_page_is_accessible(look, page: Path, scheme: str) -> None:
    assert look(page, scheme).violations == []


@each_page
def test_a_page_is_no_wider_than_a_phone(look, page: Path) -> None:
    assert look(page, "light").width_on_a_phone <= PHONE["width"]


def test_a_page_that_is_read_in_the_dark_is_printed_on_white(chromium: Any) -> None:
    with opened(chromium, "ch05_triplet_mining", color_scheme="dark") as tab:
        tab.set_viewport_size(PAPER)
        on_screen = background(tab)
        tab.emulate_media(media="print")
        tab.wait_for_function("document.documentElement.dataset.theme === 'light'")
        assert background(tab) == WHITE
        assert not tab.locator(".bd-sidebar-primary").is_visible()
        assert tab.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
        tab.emulate_media(media="screen")
        tab.wait_for_function("document.documentElement.dataset.theme === 'dark'")
        assert background(tab) == on_screen != WHITE


def background(tab: Any) -> str:
    return tab.evaluate("getComputedStyle(document.body).backgroundColor")


def test_a_quiz_is_answered_by_keyboard(chromium: Any) -> None:
    with opened(chromium, "ch04_triplet_loss") as tab:
        quiz = tab.locator("fieldset.quiz").first
        said = quiz.locator(".quiz-feedback")
        assert [said.nth(number).is_visible() for number in range(3)] == [False, False, False]
        quiz.locator("input").first.focus()
        tab.keyboard.press("Space")
        assert [said.nth(number).is_visible() for number in range(3)] == [True, False, False]
        tab.keyboard.press("ArrowDown")
        assert [said.nth(number).is_visible() for number in range(3)] == [False, True, False]
        assert said.nth(1).inner_text().startswith("Yes.")


# Looks

SHOWN_IN = {"light": ("in-light", "in-dark"), "dark": ("in-dark", "in-light")}


@each_scheme
def test_each_figure_shows_the_picture_of_its_scheme_and_no_plate(
    chromium: Any, scheme: str
) -> None:
    shown, hidden = SHOWN_IN[scheme]
    with opened(chromium, "ch05_triplet_mining", color_scheme=scheme) as tab:
        for box in tab.locator(".pictures").all():
            box.scroll_into_view_if_needed()
            picture = box.locator(f"img.{shown}")
            assert picture.is_visible()
            assert not box.locator(f"img.{hidden}").is_visible()
            assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 0
            style = picture.evaluate(
                "one => [getComputedStyle(one).filter, getComputedStyle(one).backgroundColor]"
            )
            assert style == ["none", "rgba(0, 0, 0, 0)"]


def test_every_figure_of_a_chapter_is_there_for_both_schemes() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert text.count("<figure") == text.count('class="pictures'), page.stem


@each_scheme
def test_a_caption_is_as_dark_as_the_text(chromium: Any, scheme: str) -> None:
    colour = "one => getComputedStyle(one).color"
    with opened(chromium, "ch04_triplet_loss", color_scheme=scheme) as tab:
        caption = tab.locator("figcaption .caption-text").first
        text = tab.locator("article section > p").first
        assert caption.evaluate(colour) == text.evaluate(colour)
        assert int(caption.evaluate("one => getComputedStyle(one).fontWeight")) >= 400


def test_headings_step_down_from_the_title(chromium: Any) -> None:
    with opened(chromium, "ch04_triplet_loss") as tab:
        sizes = [
            tab.locator(f"article {name}").first.evaluate(
                "one => parseFloat(getComputedStyle(one).fontSize)"
            )
            for name in ("h1", "h2", "section > p")
        ]
    title, heading, text = sizes
    assert title > 1.3 * heading > 1.3 * 1.2 * text


CODE = "pre => [pre.scrollWidth, pre.clientWidth]"


@pytest.mark.parametrize("width", [1280, 1400])
@pytest.mark.parametrize("page", ["ch01_similarity", "ch04_triplet_loss", "ch10_beyond_digits"])
def test_no_visible_code_is_cut_on_a_desktop(chromium: Any, page: str, width: int) -> None:
    with opened(chromium, page) as tab:
        tab.set_viewport_size({"width": width, "height": 900})
        cut = [
            pre.inner_text()
            for pre in tab.locator("div.highlight pre:visible").all()
            if (size := pre.evaluate(CODE))[0] > size[1]
        ]
        assert cut == []


def test_on_a_phone_a_wide_figure_scrolls_in_its_box_by_keyboard_too(chromium: Any) -> None:
    with opened(chromium, "ch05_triplet_mining") as tab:
        tab.set_viewport_size(PHONE)
        tab.reload()
        box = tab.locator("#fig-ch05-matrix .pictures")
        box.scroll_into_view_if_needed()
        picture = box.locator("img:visible").bounding_box()
        assert picture["width"] >= 550
        assert box.bounding_box()["width"] <= PHONE["width"]
        box.focus()
        tab.keyboard.press("ArrowRight")
        tab.wait_for_function("document.querySelector('#fig-ch05-matrix .pictures').scrollLeft > 0")


def test_on_a_phone_a_table_scrolls_in_its_box_and_a_triplet_stays_in_one_line(
    chromium: Any,
) -> None:
    with opened(chromium, "ch05_triplet_mining") as tab:
        tab.set_viewport_size(PHONE)
        tables = tab.locator("article table.table").all()
        assert tables
        for table in tables:
            room = table.evaluate(
                "one => { const box = one.closest('.pst-scrollable-table-container');"
                " return [getComputedStyle(box).overflowX, box.getBoundingClientRect().right]; }"
            )
            assert room[0] == "auto"
            assert room[1] <= PHONE["width"]
        lines = tab.evaluate(
            """() => {
              const walker = document.createTreeWalker(
                document.querySelector('article tbody'), NodeFilter.SHOW_TEXT,
                text => text.data.startsWith('(a1') ? 1 : 2);
              const range = document.createRange();
              range.selectNodeContents(walker.nextNode());
              return range.getClientRects().length;
            }"""
        )
        assert lines == 1


def test_a_chapter_in_a_sentence_is_a_link_to_it() -> None:
    text = (SITE / "ch04_triplet_loss.html").read_text(encoding="utf-8")
    assert re.search(r'href="ch05_triplet_mining\.html">chapter 5</a>', text, re.I)
    assert not re.search(r'href="ch04_triplet_loss\.html">chapter 4</a>', text, re.I)


@each_scheme
def test_the_mark_in_the_side_bar_suits_the_scheme(chromium: Any, scheme: str) -> None:
    with opened(chromium, "ch04_triplet_loss", color_scheme=scheme) as tab:
        mark = tab.locator(".navbar-brand img:visible")
        assert mark.get_attribute("src").endswith(f"mark-{scheme}.svg")
        assert mark.evaluate("image => image.naturalWidth") > 0
        icon = tab.locator("link[rel*=icon]").first.get_attribute("href")
        assert (SITE / icon).is_file()
