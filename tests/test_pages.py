"""The built book in a real browser: errors, requests, accessibility, width, keyboard, print."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from .browser import (
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
