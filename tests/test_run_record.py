"""The record of a run: kept however the training ends, read back as it was, beside the results."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.experiments import run_unseen_class
from autograder.experiments.chosen_parts import ChosenParts, reference_parts
from exercises.given.errors import CourseError
from exercises.given.studies import run_record
from exercises.given.studies.run_record import (
    LAYERS,
    RECORD,
    RUN,
    RunRecord,
    read_record,
    write_record,
)
from exercises.given.training.monitor import COLUMNS, LAYER_COLUMNS
from tests.few_digits import few_digits

PARTS = reference_parts().parts
FILES = {RECORD, LAYERS, RUN}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, without_page: None):
    """Return a function that runs the experiment with a training step of one's own."""

    def run_with(train_epoch=PARTS.train_epoch, **parts):
        chosen = ChosenParts(
            replace(PARTS, train_epoch=train_epoch, **parts),
            own=("ch07_training",),
            from_reference=(),
        )
        monkeypatch.setattr(run_unseen_class, "own_parts", lambda *_: chosen)
        return run_unseen_class.run(
            few_digits(300, 100), steps=150, out=tmp_path / "out", device="cpu", mine=True,
            command="triplet experiment --mine",
        )  # fmt: skip

    return run_with


def third_time(act):
    """Return a training step that does something else in its third round."""
    rounds = []

    def train_epoch(network, batches, loss_fn, optimizer):
        rounds.append(1)
        if len(rounds) == 3:
            return act(batches)
        return PARTS.train_epoch(network, batches, loss_fn, optimizer)

    return train_epoch


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_finished_run_has_its_record_beside_the_results(run, tmp_path: Path):
    run()
    out = tmp_path / "out"
    assert {"results.json", *FILES} <= {path.name for path in out.iterdir()}
    table, layers = rows_of(out / RECORD), rows_of(out / LAYERS)
    assert tuple(table[0]) == COLUMNS
    assert tuple(layers[0]) == LAYER_COLUMNS
    assert [row["step"] for row in table] == ["0", "50", "100", "150"]
    record = read_record(out)
    assert record.ended["how"] == "finished"
    assert record.ended["step"] == 150
    assert record.about["what"] == "experiment"
    assert record.about["command"] == "triplet experiment --mine"
    assert record.about["own_chapters"] == ["ch07_training"]
    assert record.about["data"]["unseen"] == ["0"]
    assert record.about["settings"]["steps"] == 150
    assert record.about["versions"]["torch"]
    assert float(table[-1]["loss"]) == record.rows[-1]["loss"]


def stop(_):
    raise KeyboardInterrupt


def fail(_):
    raise ValueError("two shapes\nthat do not fit")


@pytest.mark.parametrize(
    ("act", "raised", "how", "step"),
    [
        (stop, KeyboardInterrupt, "stopped", 100),
        (fail, CourseError, "error", 100),
        (lambda batches: sum(0 for _ in batches) + float("inf"), CourseError, "not a number", 150),
    ],
    ids=["stopped", "failed", "not a number"],
)
def test_a_run_that_does_not_end_well_leaves_its_record(run, tmp_path, act, raised, how, step):
    earlier = tmp_path / "out" / "results.json"
    earlier.parent.mkdir()
    earlier.write_text("{}", encoding="utf-8")
    with pytest.raises(raised) as told:
        run(third_time(act))
    assert earlier.read_text(encoding="utf-8") == "{}"
    kept = tmp_path / "out-stopped"
    assert {path.name for path in kept.iterdir()} == FILES
    record = read_record(kept)
    assert (record.ended["how"], record.ended["step"]) == (how, step)
    assert len(record.rows) == 1 + step // 50
    if raised is CourseError:
        assert "\n" not in str(told.value)
        assert f". What was recorded is in {kept}." in str(told.value)


def test_what_own_code_raises_is_one_line_with_its_place(run):
    with pytest.raises(
        CourseError, match=r"after step 100: ValueError in test_run_record\.py, line"
    ):
        run(third_time(fail))


def test_a_full_disk_is_told_and_hides_nothing(run, monkeypatch: pytest.MonkeyPatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run_record, "write_record", full)
    with pytest.raises(CourseError, match=r"ValueError.*could not be kept: .*No space left"):
        run(third_time(fail))


@pytest.mark.slow
def test_a_second_stop_replaces_the_record_of_the_first_and_nothing_else(run, tmp_path: Path):
    own = tmp_path / "out-stopped" / "mine.txt"
    own.parent.mkdir()
    own.write_text("mine", encoding="utf-8")
    with pytest.raises(CourseError, match="could not be kept"):
        run(third_time(fail))
    assert own.read_text(encoding="utf-8") == "mine"
    own.unlink()
    for _ in range(2):
        with pytest.raises(CourseError, match="What was recorded is in"):
            run(third_time(fail))


def test_a_record_is_read_back_as_it_was_written(tmp_path: Path):
    row = dict.fromkeys(COLUMNS) | {"step": 50, "loss": float("nan"), "norm": float("inf")}
    layer = dict(zip(LAYER_COLUMNS, (50, "block1.conv", 1.5, 0.0, None), strict=True))
    record = RunRecord({"what": "train"}, {"how": "not a number"}, [row], [layer])
    write_record(record, tmp_path)
    json.loads((tmp_path / RUN).read_text(encoding="utf-8"), parse_constant=pytest.fail)
    back = read_record(tmp_path)
    assert back.rows[0].pop("loss") != record.rows[0].pop("loss")  # nan is unlike itself
    assert back == record
    [written] = rows_of(tmp_path / RECORD)
    assert (written["loss"], written["norm"], written["rate"]) == ("nan", "inf", "")


def test_what_is_no_record_is_one_line(tmp_path: Path):
    with pytest.raises(CourseError, match="no record in"):
        read_record(tmp_path)
    (tmp_path / RUN).write_text('{"format": 99}', encoding="utf-8")
    with pytest.raises(CourseError, match="another version"):
        read_record(tmp_path)


DAMAGED = {
    "cut off": '{"format": 1, "record": [',
    "no table": '{"format": 1, "ended": {}, "layers": []}',
    "no object": "[1]",
    "no rows": '{"format": 1, "ended": {}, "layers": [], "record": [3]}',
    "no step": '{"format": 1, "ended": {}, "layers": [], "record": [{"loss": 1.0}]}',
    "no number": '{"format": 1, "ended": {}, "layers": [], "record": [{"step": 1, "loss": "x"}]}',
    "no text": "\x00\xff",
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_record_is_one_line(tmp_path: Path, text: str):
    (tmp_path / RUN).write_bytes(text.encode("latin-1"))
    with pytest.raises(CourseError, match=r"run\.json is damaged. Run it again\.$"):
        read_record(tmp_path)
