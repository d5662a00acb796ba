"""The built book in a real browser: errors, requests, accessibility, width, keyboard."""

import functools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder.chapters import BOOK

playwright = pytest.importorskip(
    "playwright.sync_api", reason="the extra of the course called browser"
)
axe = pytest.importorskip(
    "axe_playwright_python.sync_playwright", reason="the extra of the course called browser"
)
PAGES = sorted((BOOK / "_build" / "html").glob("*.html"))
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine"),
    pytest.mark.skipif(not PAGES, reason="the book is not built: make book"),
]
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda one: one.stem)
each_scheme = pytest.mark.parametrize("scheme", ["light", "dark"])
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 800}
PAPER = {"width": 794, "height": 1123}  # A4 at 96 dots to the inch
WHITE = "rgb(255, 255, 255)"
GRAVE = {"serious", "critical"}
LOCAL = ("file:", "data:", "blob:")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as tools:
        # Root, as in a container, has no sandbox of its own; the pages are ours.
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


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
    # preload asks for style sheets over the network, which a page from a folder may not.
    found = axe.Axe().run(tab, options={"preload": False}).response["violations"]
    tab.set_viewport_size(PHONE)
    width = tab.evaluate("document.documentElement.scrollWidth")
    context.close()
    grave = [
        (one["id"], [node["html"][:200] for node in one["nodes"]])
        for one in found
        if one["impact"] in GRAVE
    ]
    return Seen(troubles, grave, width)


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
    context = chromium.new_context(color_scheme="dark", viewport=PAPER)
    tab = context.new_page()
    tab.goto((BOOK / "_build" / "html" / "ch05_triplet_mining.html").as_uri())
    on_screen = background(tab)
    tab.emulate_media(media="print")
    tab.wait_for_function("document.documentElement.dataset.theme === 'light'")
    assert background(tab) == WHITE
    assert not tab.locator(".bd-sidebar-primary").is_visible()
    assert tab.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
    tab.emulate_media(media="screen")
    tab.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    assert background(tab) == on_screen != WHITE
    context.close()


def background(tab: Any) -> str:
    return tab.evaluate("getComputedStyle(document.body).backgroundColor")


def test_a_quiz_is_answered_by_keyboard(chromium: Any) -> None:
    tab = chromium.new_page(viewport=DESKTOP)
    tab.goto((BOOK / "_build" / "html" / "ch04_triplet_loss.html").as_uri())
    quiz = tab.locator("fieldset.quiz").first
    said = quiz.locator(".quiz-feedback")
    assert [said.nth(number).is_visible() for number in range(3)] == [False, False, False]
    quiz.locator("input").first.focus()
    tab.keyboard.press("Space")
    assert [said.nth(number).is_visible() for number in range(3)] == [True, False, False]
    tab.keyboard.press("ArrowDown")
    assert [said.nth(number).is_visible() for number in range(3)] == [False, True, False]
    assert said.nth(1).inner_text().startswith("Yes.")
