"""The question of chapter 10 in a real browser: twenty characters, one of which is asked for."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.chapters import BOOK
from autograder.publishing.recording.questions_to_try import ASKED, TRAINING, one_shot_of
from autograder.publishing.recording.scripts import write_script
from exercises.given.data.omniglot_trials import RUNS, WAYS, read_trials
from tests.browser import DESKTOP, PHONE, grave_violations

SCRIPTS = ("explorable.js", "controls.js", "pictures.js", "one_shot.js")
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>One shot</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="explorables.css">
</head><body><main><h1>One shot</h1>
<section class="explorable" data-explorable="one_shot" data-needs="one_shot" aria-labelledby="t">
<p id="t">Which is it?</p><div class="explorable-stage"></div></section></main>{scripts}</body></html>
"""


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
    folder = tmp_path_factory.mktemp("one-shot")
    trials = read_trials()
    for name in SCRIPTS:
        shutil.copy(BOOK / "explorables" / name, folder)
    shutil.copy(BOOK / "_static" / "explorables.css", folder)
    write_script(folder / "data", "one_shot", one_shot_of(trials, table(trials.answers)))
    scripts = "".join(f'<script defer src="{name}"></script>' for name in SCRIPTS)
    (folder / "index.html").write_text(PAGE.format(scripts=scripts), encoding="utf-8")
    return folder / "index.html"


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def tab(chromium: Any, page: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    context = chromium.new_context(viewport=request.param)
    tab = context.new_page()
    faults: list[str] = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.goto(page.as_uri())
    tab.locator("[data-state=ready]").wait_for()
    yield tab
    assert faults == []
    context.close()


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
