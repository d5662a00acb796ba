"""The table of characters never met: each training once, and anew where the recipe is another."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from autograder.experiments import one_shot_table
from autograder.experiments.one_shot_table import PLACE, main
from exercises.given.data.omniglot_trials import RUNS, WAYS, read_trials
from exercises.given.studies.unseen_alphabets import ONE_SHOT
from exercises.given.training.settings import Settings


@pytest.fixture
def trainings(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, int]]:
    """Return the trainings that are asked for; none is made."""
    asked: list[tuple[str, int, int]] = []

    def trained(background: str, settings: Settings) -> dict[str, Any]:
        if settings.optimizer == ONE_SHOT.optimizer:
            asked.append((background, settings.seed, settings.steps))
        return {"questions": {"error": 0.2}}

    monkeypatch.setattr(one_shot_table, "trained", trained)
    monkeypatch.setattr(one_shot_table, "without_training", lambda *_: {})
    monkeypatch.setattr(one_shot_table, "few_shot", lambda *_: [])
    return asked


def run(out: Path, *words: str) -> None:
    done = CliRunner().invoke(main, ["--out", str(out), *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output


def test_every_training_is_made_once_and_a_stopped_run_goes_on(trainings, tmp_path: Path) -> None:
    out = tmp_path / "table.json"
    run(out, "--seeds", "1", "--background", "small2")
    run(out, "--seeds", "2")
    made = [(background, seed) for background, seed, _ in trainings]
    both = {("small1", 0), ("small1", 1), ("small2", 1), ("both", 0), ("both", 1)}
    assert made[0] == ("small2", 0)
    assert set(made[1:]) == both
    assert len(made) == 6
    assert next(iter(json.loads(out.read_text())["trainings"])) == "small2, seed 0"


def test_another_recipe_begins_anew(trainings, tmp_path: Path) -> None:
    out = tmp_path / "table.json"
    run(out, "--seeds", "1", "--background", "small1", "--steps", "700")
    run(out, "--seeds", "1", "--background", "small1", "--steps", "800")
    assert [steps for *_, steps in trainings] == [700, 800]
    assert json.loads(out.read_text())["steps"] == 800


def test_the_kept_table_counts_its_errors_from_the_answers_it_holds() -> None:
    table = json.loads(PLACE.read_text(encoding="utf-8"))
    answers = read_trials().answers
    for one in [*table["trainings"].values(), table["course"]]:
        chosen = one["questions"]["chosen"]
        wrong = sum(
            chosen[run][place] != answers[run, place]
            for run in range(RUNS)
            for place in range(WAYS)
        )
        assert one["questions"]["error"] == pytest.approx(wrong / answers.size)
        assert not set(one["alphabets"]) & set(one["held_out"])
