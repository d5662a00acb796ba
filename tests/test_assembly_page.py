"""Putting an exercise together as a reader does: by keys, by mouse, on a phone, without JavaScript."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from autograder.chapters import BOOK
from autograder.publishing.assemblies.kept_words import read_words
from tests.assembled import ASSEMBLIES, small_site
from tests.browser import (
    CHROMIUM,
    DESKTOP,
    NO_CHROMIUM,
    NO_TOOLS,
    PHONE,
    grave_violations,
    started,
)

pytest.importorskip("playwright.sync_api", reason=NO_TOOLS)
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM, reason=NO_CHROMIUM)]
[LOSS] = [one for one in ASSEMBLIES if one.name == "triplet_loss"]
NAMES = [one.name for one in ASSEMBLIES]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a page with every assembly, that of the loss first."""
    sys.path.insert(0, str(BOOK / "_extensions"))
    names = [LOSS.name, *(name for name in NAMES if name != LOSS.name)]
    yield small_site(tmp_path_factory.mktemp("site"), *names)
    sys.path.remove(str(BOOK / "_extensions"))


@contextmanager
def opened(browser: Any, page: Path, **options: Any) -> Iterator[Any]:
    """Open the page in a tab of its own, whose errors fail the test."""
    context = browser.new_context(**{"viewport": DESKTOP} | options)
    tab = context.new_page()
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.goto(page.as_uri())
    yield tab
    assert errors == []
    context.close()


def choose(section: Any, chosen: tuple[int, ...]) -> None:
    for slot, number in enumerate(chosen):
        section.locator(f"input[name='assembly-{LOSS.name}-{slot}'][value='{number}']").check()


def says(section: Any) -> str:
    return section.locator("[role=status]").inner_text()


def printed(section: Any) -> list[str]:
    """Return the lines of the terminal that the page shows."""
    return section.locator(".assembly-printed").evaluate("one => one.textContent").splitlines()


@pytest.mark.parametrize("chosen", [(0, 0, 0, 0), (2, 1, 0, 0), (0, 0, 2, 1), (3, 2, 3, 2)])
def test_check_shows_the_words_that_were_kept(chromium: Any, page: Path, chosen: Any) -> None:
    with opened(chromium, page) as tab:
        section = started(tab)
        choose(section, chosen)
        section.get_by_role("button", name="Check").click()
        assert says(section).startswith("triplet check 4 prints:")
        assert printed(section) == list(read_words(LOSS).said[chosen].words)


def test_each_mistake_that_is_named_has_its_hints_folded_away(chromium: Any, page: Path) -> None:
    with opened(chromium, page) as tab:
        section = started(tab)
        choose(section, (2, 1, 0, 0))
        section.get_by_role("button", name="Check").click()
        folded = section.locator("details")
        for at, name in enumerate(["loss-squared-distance", "loss-swapped"]):
            sentence, *hints = read_words(LOSS).mistakes[name]
            assert folded.nth(at).locator("li").first.is_hidden()
            folded.nth(at).locator("summary").press("Enter")
            assert sentence in folded.nth(at).inner_text()
            assert folded.nth(at).locator("li").all_inner_texts() == hints
        assert folded.count() == 2


def test_the_code_is_the_definition_that_was_graded(chromium: Any, page: Path) -> None:
    chosen = (1, 2, 3, 1)
    with opened(chromium, page) as tab:
        section = started(tab)
        choose(section, chosen)
        code = section.locator(".assembly-code").evaluate("one => one.textContent")
        assert code.splitlines() == LOSS.definition(chosen).splitlines()
        first = section.locator(".assembly-line").first.get_attribute("data-line")
        assert int(first) == LOSS.first_line


def test_it_is_put_together_and_checked_by_keys_alone(chromium: Any, page: Path) -> None:
    with opened(chromium, page) as tab:
        section = started(tab)
        section.locator("input").first.focus()
        for at in range(len(LOSS.slots)):
            tab.keyboard.press("Space")
            tab.keyboard.press("ArrowDown")
            if at < len(LOSS.slots) - 1:
                tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")
        chosen = [
            int(section.locator(f"input[name='assembly-{LOSS.name}-{slot}']:checked").input_value())
            for slot in range(len(LOSS.slots))
        ]
        assert printed(section) == list(read_words(LOSS).said[tuple(chosen)].words)


def test_what_is_open_is_said_and_another_choice_takes_the_verdict_away(
    chromium: Any, page: Path
) -> None:
    with opened(chromium, page) as tab:
        section = started(tab)
        choose(section, (0, 0))
        section.get_by_role("button", name="Check").click()
        assert says(section) == "Choose something for 3, 4 first."
        choose(section, (0, 0, 0, 0))
        section.get_by_role("button", name="Check").click()
        assert "triplet check 4 prints" in says(section)
        choose(section, (0, 1))
        assert says(section) == ""


def test_what_was_chosen_and_met_is_there_after_a_reload(chromium: Any, page: Path) -> None:
    with opened(chromium, page) as tab:
        section = started(tab)
        choose(section, (2, 1, 0, 0))
        section.get_by_role("button", name="Check").click()
        progress = section.locator(".explorable-legend")
        before = progress.inner_text()
        assert "met here: 2 of 9" in before
        tab.reload()
        section = started(tab)
        assert progress.inner_text() == before
        assert section.locator("input:checked").count() == len(LOSS.slots)
        section.get_by_role("button", name="Begin again").click()
        assert section.locator("input:checked").count() == 0
        assert "met here: 0 of 9" in progress.inner_text()


def test_without_javascript_there_is_the_table_of_mistakes(chromium: Any, page: Path) -> None:
    with opened(chromium, page, java_script_enabled=False) as tab:
        table = tab.locator("[data-explorable] table").first
        rows = table.locator("tbody tr").all_inner_texts()
        mistakes = read_words(LOSS).mistakes
        assert len(rows) == len(mistakes)
        for says_so, hint, *_ in mistakes.values():
            assert any(says_so in row and hint in row for row in rows)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_assembly_starts_is_accessible_and_fits(
    chromium: Any, page: Path, scheme: str, size: dict[str, int]
) -> None:
    with opened(chromium, page, color_scheme=scheme, viewport=size) as tab:
        for section in tab.locator("[data-explorable]").all():
            section.scroll_into_view_if_needed()
        ready = "[...document.querySelectorAll('[data-explorable]')]"
        tab.wait_for_function(f"{ready}.every(one => one.dataset.state === 'ready')")
        for section in tab.locator("[data-explorable]").all():
            for slot in section.locator("fieldset").all():
                slot.locator("input").last.check()
            section.get_by_role("button", name="Check").click()
            assert " / " in says(section)
        # The theme's button to go back to the top fades in when the page is scrolled up.
        violations = [one for one in grave_violations(tab) if "pst-back-to-top" not in str(one)]
        assert violations == []
        assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"]
