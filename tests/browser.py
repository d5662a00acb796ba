"""What tests in a real browser share: where it is, sizes of screens, and how a page is opened."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from autograder.chapters import BOOK

SITE = BOOK / "_build" / "html"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
NO_CHROMIUM = "no Chromium on this machine"
NO_TOOLS = "the extra of the course called browser"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 800}
PAPER = {"width": 794, "height": 1123}  # A4 at 96 dots to the inch
GRAVE = {"serious", "critical"}
needs_the_book = pytest.mark.skipif(
    not (SITE / "index.html").is_file(), reason="the book is not built: make book"
)


@contextmanager
def opened(browser: Any, page: str, **options: Any) -> Iterator[Any]:
    """Open a page of the built book, by its stem, in a tab of its own."""
    context = browser.new_context(viewport=DESKTOP, **options)
    tab = context.new_page()
    tab.goto((SITE / f"{page}.html").as_uri())
    yield tab
    context.close()


def started(tab: Any, name: str = "") -> Any:
    """Scroll to the explorable of a name, or to the first, and return it once it has started."""
    wanted = f"[data-explorable={name}]" if name else "[data-explorable]"
    section = tab.locator(wanted).first
    section.scroll_into_view_if_needed()
    tab.wait_for_function(
        "wanted => ['ready', 'failed'].includes(document.querySelector(wanted).dataset.state)",
        arg=wanted,
    )
    assert section.get_attribute("data-state") == "ready", section.inner_text()
    return section


def grave_violations(tab: Any) -> list[tuple[str, list[str]]]:
    """Return what axe finds on the page that is serious or critical, with its elements."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason=NO_TOOLS)
    # preload asks for style sheets over the network, which a page from a folder may not.
    found = axe.Axe().run(tab, options={"preload": False}).response["violations"]
    return [
        (one["id"], [node["html"][:200] for node in one["nodes"]])
        for one in found
        if one["impact"] in GRAVE
    ]
