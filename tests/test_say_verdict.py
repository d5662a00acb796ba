"""A run ends with its verdict, however it ends."""

import contextlib
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from autograder.experiments import run_unseen_class
from autograder.experiments.chosen_parts import reference_parts
from autograder.experiments.run_one_training import train_once
from autograder.experiments.say_verdict import verdict_at_the_end
from exercises.given.errors import CourseError
from exercises.given.studies.run_record import RunRecord
from tests.few_digits import few_digits
from tests.test_verdict import written


def shown(record: RunRecord, error: Exception | None = None) -> str:
    text = StringIO()
    console = Console(file=text, width=80)
    expected = pytest.raises(type(error)) if error else contextlib.nullcontext()
    with expected, verdict_at_the_end(console, record):
        console.print("Written")
        if error:
            raise error
    return text.getvalue()


def test_the_verdict_is_the_last_of_a_run():
    lines = shown(written({"mining": "batch-all"}, {})).splitlines()
    assert lines[0] == "Written"
    assert lines[1].startswith("Verdict: healthy.")


@pytest.mark.parametrize("error", [CourseError("The loss is nan"), KeyboardInterrupt()])
def test_a_run_that_is_broken_off_has_its_verdict(error):
    lost = {"mining": "batch-all", "loss": float("nan")}
    text = shown(written({"mining": "batch-all"}, lost, how="not a number"), error)
    assert "Verdict: loss-not-a-number." in text
    assert "Seen: the loss is nan by step 100." in text
    assert 'Look at: chapter 4, "The gradient by hand".' in text


def test_a_run_that_took_no_step_has_none():
    untrained = RunRecord({}, {"how": "stopped"}, [{"step": 0, "recall_at_1": 0.8}])
    for record in (RunRecord(), untrained):
        assert shown(record, CourseError("no such class")) == "Written\n"


def test_a_training_ends_with_its_verdict(tmp_path, capsys, without_page):
    train_once(
        few_digits(600, 100), unseen=("0",), seed=0, steps=20, recipe={}, out=tmp_path / "run",
        device="cpu", mine=False,
    )  # fmt: skip
    lines = capsys.readouterr().out.splitlines()
    assert lines[-3].startswith("Verdict: too-few-steps.")
    assert lines[-1] == '  Look at: chapter 7, "On real digits".'


def test_an_experiment_that_is_lost_has_its_verdict(tmp_path, capsys, monkeypatch, without_page):
    chosen = reference_parts()

    def train_epoch(network, batches, loss_fn, optimizer):
        return float("nan") * len(list(batches))

    lost = replace(chosen.parts, train_epoch=train_epoch)
    monkeypatch.setattr(run_unseen_class, "reference_parts", lambda: replace(chosen, parts=lost))
    with pytest.raises(CourseError, match="The loss is nan"):
        run_unseen_class.run(
            few_digits(300, 100), steps=50, out=tmp_path / "out", device="cpu", mine=False
        )
    assert "Verdict: loss-not-a-number." in capsys.readouterr().out
