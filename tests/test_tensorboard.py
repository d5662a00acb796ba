"""TensorBoard's event files: for whoever has it, and one line for whoever has not."""

import importlib.util
import sys
import types
from pathlib import Path

import pytest

from autograder.experiments.run_one_training import train_once
from exercises.given.errors import CourseError
from exercises.given.pages import tensorboard_events
from exercises.given.pages.tensorboard_events import write_events
from tests.few_digits import few_digits
from tests.made_runs import made_run

is_there = importlib.util.find_spec("tensorboard") is not None


class Noted:
    """A stand-in for TensorBoard's writer that notes what it is given."""

    scalars: dict[tuple[str, int], float]
    texts: dict[str, str]

    def __init__(self, folder: str) -> None:
        type(self).scalars, type(self).texts = {}, {}
        Path(folder).mkdir()
        (Path(folder) / "events.out.tfevents.1").write_bytes(b"noted")

    def add_scalar(self, name: str, value: float, step: int) -> None:
        self.scalars[name, step] = value

    def add_text(self, name: str, text: str) -> None:
        self.texts[name] = text

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> type[Noted]:
    module = types.ModuleType("torch.utils.tensorboard.writer")
    module.SummaryWriter = Noted  # type: ignore[attr-defined]  # a module made here
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", types.ModuleType("above"))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(tensorboard_events, "require_tensorboard", lambda: None)
    return Noted


def train(out: Path) -> None:
    train_once(
        few_digits(600, 100), unseen=("0",), seed=0, steps=20, recipe={}, out=out, device="cpu",
        mine=False, tensorboard=True,
    )  # fmt: skip


def test_without_tensorboard_it_is_one_line_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(CourseError, match=r"python -m pip install tensorboard$"):
        train(tmp_path / "run")
    assert capsys.readouterr().out == ""
    assert not (tmp_path / "run").exists()


def test_every_sign_is_a_scalar_over_the_steps(noted, tmp_path: Path):
    record = made_run({"loss": 3.0}, {"loss": 1.0})
    write_events(record, tmp_path)
    assert noted.scalars["loss", 50] == 3.0
    assert noted.scalars["loss", 100] == 1.0
    assert noted.scalars["recall_at_1", 0] == 0.8
    assert noted.scalars["block1.conv/gradient_norm", 100] == 0.5
    assert not any(name in ("step", "mining") for name, _ in noted.scalars)
    assert "largest rate: 0.006" in noted.texts["what was run"]


def test_a_training_names_its_event_files(noted, tmp_path: Path, monkeypatch, capsys):
    from autograder.experiments import run_one_training, say_verdict

    monkeypatch.setattr(run_one_training, "require_tensorboard", lambda: None)
    monkeypatch.setattr(say_verdict, "write_run_page", lambda _, folder, __: folder / "index.html")
    train(tmp_path / "run")
    folder = tmp_path / "run" / "tensorboard"
    assert f"TensorBoard: tensorboard --logdir {folder}" in capsys.readouterr().out
    assert [one.name for one in folder.iterdir()] == ["events.out.tfevents.1"]


@pytest.mark.skipif(not is_there, reason="TensorBoard is not installed, and need not be")
def test_tensorboard_reads_what_is_written(tmp_path: Path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    place = write_events(made_run({"loss": 3.0}, {"loss": 1.0}), tmp_path)
    read = EventAccumulator(str(place)).Reload()
    assert [(one.step, one.value) for one in read.Scalars("loss")] == [(50, 3.0), (100, 1.0)]
