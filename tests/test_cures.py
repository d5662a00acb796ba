"""The sick runs of chapter 7: what makes them, and what `triplet check 7 --runs` says of cures."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from autograder.command_line.cli import cli
from autograder.experiments import run_one_training
from autograder.learner.cures import Cure, look_at, look_at_all
from exercises.given import data
from exercises.given.health.catalogue import CATALOGUE
from exercises.given.health.sick_runs import SICK_RUNS, SickRun
from exercises.given.health.verdict import verdict
from exercises.given.studies.run_record import RUN, RunRecord, write_record
from exercises.given.studies.training_run import run_training
from exercises.given.training.settings import Settings, choose
from tests.few_digits import mnist
from tests.test_verdict import DATA, written

A, B, C = SICK_RUNS
WELL = {"mining": "batch-all"}
SPREAD_ON_SPHERE = {"norm": 1.0, "norm_spread": 0.0, "active_share": 1.0}
COLLAPSED = {
    "mining": "batch-hard", "positive_distance": 0.02, "negative_distance": 0.03,
}  # fmt: skip
LOST = (0.8, 0.5)
# For each of the three, what its record looks like, and two cures of different kinds.
SICK_ROWS: dict[str, tuple[dict[str, float | str], tuple[float, float]]] = {
    "a": (COLLAPSED | {"relative_update": 0.2}, LOST), "b": (SPREAD_ON_SPHERE, (0.8, 0.94)), "c": (COLLAPSED, LOST),
}  # fmt: skip
CURES: dict[str, tuple[dict[str, Any], ...]] = {
    "a": ({"rate": 0.006}, {"rate": 0.02}),
    "b": ({"margin": 0.2}, {"loss": "semi-hard", "margin": 0.2}),
    "c": ({"warm_up": 0.2}, {"loss": "batch-all", "warm_up": 0.0, "margin": 1.0}),
}
each_run = pytest.mark.parametrize("run", SICK_RUNS, ids=lambda run: run.name)


def cure_of(run: SickRun, **changed: Any) -> Settings:
    return choose(Settings(), **{**run.asked, **changed})


def write_run(
    folder: Path, run: SickRun, settings: Settings, row: dict[str, Any] = WELL,
    recall: tuple[float, float] = (0.8, 0.95), **about: Any,
) -> RunRecord:  # fmt: skip
    """Write a record of a run as `triplet train` does, every row like the one that is given."""
    record = written(*[row] * 6, recall=recall)
    kept = {**asdict(settings), "rate": settings.peak_rate}
    record.about = {"what": "train", "settings": kept, "data": {**DATA, "chosen": "mnist"}, **about}
    record.ended["step"] = 300
    (folder / run.name).mkdir(parents=True, exist_ok=True)
    write_record(record, folder / run.name)
    return record


# What they are


@each_run
def test_a_sick_run_has_a_sickness_of_the_catalogue_and_says_what_stays(run: SickRun):
    assert run.sickness in [one.id for one in CATALOGUE]
    assert run.task.endswith((".", "?"))
    for changed in CURES[run.name]:
        assert run.changed_against(cure_of(run, **changed)) == []


@each_run
def test_the_command_makes_the_settings_of_the_sick_run(run: SickRun, monkeypatch):
    asked = {}
    monkeypatch.setattr(run_one_training, "train_once", lambda _, **given: asked.update(given))
    monkeypatch.setattr(data, "load_images", lambda _: None)
    line = run.command("runs").split()[1:]
    done = CliRunner().invoke(cli, line, catch_exceptions=False)
    assert done.exit_code == 0
    assert choose(Settings(), steps=asked["steps"], **asked["recipe"]) == run.settings
    assert asked["out"] == Path("runs") / run.name


# What is said of a record


@each_run
def test_the_sick_run_itself_is_still_sick_and_named(run: SickRun, tmp_path: Path):
    row, recall = SICK_ROWS[run.name]
    write_run(tmp_path, run, run.settings, row, recall)
    found = look_at(run, tmp_path)
    assert found.cure is Cure.SICK
    assert found.says.startswith(f"{run.sickness}: ")


@pytest.mark.parametrize("which", [0, 1])
@each_run
def test_a_cure_is_a_cure_whichever_it_is(run: SickRun, which: int, tmp_path: Path):
    write_run(tmp_path, run, cure_of(run, **CURES[run.name][which]))
    found = look_at(run, tmp_path)
    assert found.cure is Cure.CURED, found.says
    assert "95.0 %, 80.0 % untrained. Cured by --" in found.says


@each_run
def test_a_cure_with_too_low_a_recall_is_none(run: SickRun, tmp_path: Path):
    write_run(tmp_path, run, cure_of(run, **CURES[run.name][0]), recall=(0.8, run.recall - 0.01))
    found = look_at(run, tmp_path)
    assert found.cure is Cure.SICK
    assert "Recall@1 is 89.0 %" in found.says


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"steps": 1_000}, "--steps is 1000 and has to stay 300"),
        ({"classes_per_batch": 3}, "--classes-per-batch is 3 and has to stay the default"),
        ({"images_per_class": 8}, "--images-per-class is 8 and has to stay 4"),
        ({"widths": (32, 64)}, "--widths is 32,64 and has to stay 16,32"),
        ({"unseen": (0, 1, 2)}, "--unseen is 0,1,2 and has to stay 0"),
    ],
)
@each_run
def test_a_run_with_less_to_do_is_no_honest_cure(run, changed, says, tmp_path: Path):
    write_run(tmp_path, run, replace(cure_of(run, **CURES[run.name][0]), **changed))
    found = look_at(run, tmp_path)
    assert found.cure is Cure.NO_CURE
    assert found.says.startswith(says)
    assert run.task in found.says


@pytest.mark.parametrize(
    ("run", "changed", "says"),
    [
        (A, {"loss": "batch-all", "rate": 0.006}, "--loss is batch-all and has to stay batch-hard"),
        (B, {"normalise": None}, "--normalise is off and has to stay on"),
        (C, {"rate": 0.006}, "--rate is 0.006 and has to stay 0.05"),
    ],
)
def test_what_a_task_fixes_has_to_stay(run: SickRun, changed, says: str, tmp_path: Path):
    asked = {name: value for name, value in run.asked.items() if changed.get(name, 0) is not None}
    settings = choose(
        Settings(), **{**asked, **{k: v for k, v in changed.items() if v is not None}}
    )
    write_run(tmp_path, run, settings)
    found = look_at(run, tmp_path)
    assert (found.cure, says in found.says) == (Cure.NO_CURE, True), found.says


def test_other_images_and_an_experiment_are_no_cure(tmp_path: Path):
    cure = cure_of(A, rate=0.006)
    write_run(tmp_path, A, cure, data={**DATA, "chosen": "fashion-mnist"})
    assert "--data is fashion-mnist and has to stay mnist" in look_at(A, tmp_path).says
    write_run(tmp_path, A, cure, what="experiment")
    assert look_at(A, tmp_path).says.startswith("The run is one of triplet experiment")


def test_a_run_that_was_broken_off_is_asked_to_come_to_its_end(tmp_path: Path):
    record = write_run(tmp_path, A, cure_of(A, rate=0.006))
    record.ended = {"how": "stopped", "message": "", "step": 150, "seconds": 1.0}
    write_record(record, tmp_path / "a")
    assert "broken off at step 150" in look_at(A, tmp_path).says
    (tmp_path / "a").rename(tmp_path / "a-stopped")
    found = look_at(A, tmp_path)
    assert found.cure is Cure.NOT_MADE
    assert "a-stopped" in found.says


def without(name: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        kept = json.loads(text)
        del kept[name]
        return json.dumps(kept)

    return change


DAMAGES: dict[str, Callable[[str], str]] = {
    "nothing": lambda _: "",
    "half of it": lambda text: text[: len(text) // 2],
    "a list": lambda _: "[]",
    "a number": lambda _: "1",
    "another version": lambda text: text.replace('"format": 1', '"format": 9'),
    "no rows": without("record"),
    "no end": without("ended"),
    "no settings": without("settings"),
    "no data": without("data"),
    "rows that are no rows": lambda text: json.dumps({**json.loads(text), "record": [1, 2]}),
    "empty rows": lambda text: json.dumps({**json.loads(text), "record": [{}, {}]}),
    "no row at all": lambda text: json.dumps({**json.loads(text), "record": []}),
    "words for settings": lambda text: json.dumps({**json.loads(text), "settings": "none"}),
    "a rate in words": lambda text: text.replace('"rate": 0.006', '"rate": "fast"'),
    "settings of another version": lambda text: text.replace('"shift"', '"drift"'),
}


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_record_is_one_line_with_what_to_do(how: str, tmp_path: Path):
    write_run(tmp_path, A, cure_of(A, rate=0.006))
    path = tmp_path / "a" / RUN
    path.write_text(DAMAGES[how](path.read_text(encoding="utf-8")), encoding="utf-8")
    found = look_at(A, tmp_path)
    assert found.cure is Cure.NOT_READ, found.says
    assert "triplet train --rate 1 --steps 300 --out" in found.says
    assert "\n" not in found.says


def test_what_is_no_record_of_a_run_is_said_so(tmp_path: Path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").write_text("mine")
    (tmp_path / "c" / RUN).mkdir(parents=True)
    assert [one.cure for one in look_at_all(tmp_path)] == [Cure.NOT_READ] * 3


# The command


def test_the_command_says_of_each_how_far_it_is_cured(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_run(Path("runs"), A, cure_of(A, rate=0.006))
    write_run(Path("runs"), B, B.settings, *SICK_ROWS["b"])
    done = CliRunner().invoke(cli, ["check", "7", "--runs"])
    assert done.exit_code == 1
    assert "a: cured" in done.output
    assert "b: still sick" in done.output
    assert "c: not made yet" in done.output
    assert f"    {C.command('runs')}\n" in done.output  # whole, to be copied
    assert "1 of 3 sick runs cured" in done.output
    said = [line for line in done.output.splitlines() if "triplet train" not in line]
    assert max(map(len, said)) <= 80
    for run in (B, C):
        write_run(Path("runs"), run, cure_of(run, **CURES[run.name][0]))
    done = CliRunner().invoke(cli, ["check", "--runs", "--json"])
    assert done.exit_code == 0
    assert [one["cure"] for one in json.loads(done.output)] == ["cured"] * 3


def test_runs_are_of_chapter_7_alone():
    done = CliRunner().invoke(cli, ["check", "4", "--runs"])
    assert done.exit_code == 2
    assert "triplet check 7 --runs" in done.output


# The trainings themselves


def trained(settings: Settings) -> RunRecord:
    record = RunRecord()
    run_training(mnist(), run_one_training.reference_parts().parts, settings, record)
    return record


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
@each_run
def test_a_sick_run_is_named_and_two_cures_cure_it_on_every_seed(run: SickRun, seed: int):
    assert verdict(trained(replace(run.settings, seed=seed))).names[0] == run.sickness
    for changed in CURES[run.name]:
        record = trained(replace(cure_of(run, **changed), seed=seed))
        assert verdict(record).is_healthy
        assert record.rows[-1]["recall_at_1"] >= run.recall
