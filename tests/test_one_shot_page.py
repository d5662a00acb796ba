"""The question of chapter 10 in a real browser: twenty characters, one of which is asked for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.publishing.recording.questions_to_try import ASKED, TRAINING, one_shot_of
from exercises.given.data.omniglot_trials import RUNS, WAYS, read_trials
from tests.browser import DESKTOP, PHONE, grave_violations
from tests.explorable_pages import tab_with, write_page

SCRIPTS = ("explorable.js", "controls.js", "pictures.js", "one_shot.js")


def table(answers: np.ndarray) -> dict[str, Any]:
    """Return a table in which the network is always right and everything else says 0."""
    nothing = {"questions": {"chosen": np.zeros((RUNS, WAYS), int).tolist()}}
    return {
        "without_training": {"pixels": nothing, "modified Hausdorff distance": nothing},
        "trainings": {TRAINING: {"questions": {"chosen": answers.tolist()}}},
    }


def test_the_questions_are_of_ten_runs_and_hold_all_answers() -> None:
    trials = read_trials()
    questions = one_shot_of(trials, table(trials.answers))["questions"]
    assert len({one["examples"] for one in questions}) == ASKED
    assert all(one["network"] == one["answer"] for one in questions)
    assert len({one["answer"] for one in questions}) > 3


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    trials = read_trials()
    given = one_shot_of(trials, table(trials.answers))
    return write_page(tmp_path_factory.mktemp("page"), "one_shot", SCRIPTS, given)


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def tab(chromium: Any, page: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    with tab_with(chromium, page, request.param) as tab:
        yield tab


def statuses(tab: Any) -> list[str]:
    return tab.locator("[role=status]").all_inner_texts()


@pytest.mark.slow
def test_all_questions_are_answered_by_keyboard_alone(tab: Any) -> None:
    tab.keyboard.press("Tab")
    for number in range(ASKED):
        answer = int(tab.locator("[data-answer]").get_attribute("data-answer"))
        for _ in range(answer // 5):
            tab.keyboard.press("ArrowDown")
        for _ in range(answer % 5):
            tab.keyboard.press("ArrowRight")
        tab.keyboard.press("Enter")
        assert statuses(tab)[0].startswith("Right. Of the others, the network found it")
        assert f"you {number + 1} of {number + 1}, the network {number + 1}" in statuses(tab)[1]
        tab.get_by_role("button", name="Next question" if number < ASKED - 1 else "again").focus()
        tab.keyboard.press("Enter")
    assert statuses(tab) == ["", ""]  # from the beginning


@pytest.mark.slow
def test_a_wrong_answer_says_which_one_it_is_and_counts_once(tab: Any) -> None:
    answer = int(tab.locator("[data-answer]").get_attribute("data-answer"))
    wrong = (answer + 1) % WAYS
    choices = tab.locator(".explorable-characters button")
    choices.nth(wrong).click()
    choices.nth(answer).dispatch_event("click")  # told as disabled, and focusable all the same
    assert statuses(tab)[0].startswith(f"It is character {answer + 1}.")
    assert "you 0 of 1" in statuses(tab)[1]
    name = choices.nth(answer).get_attribute("aria-label")
    assert name == f"character {answer + 1} of 20, the right one, chosen by network"


@pytest.mark.slow
def test_it_fits_its_page_and_has_no_grave_fault(tab: Any) -> None:
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab.locator(".explorable-characters button").first.click()
    assert grave_violations(tab) == []
