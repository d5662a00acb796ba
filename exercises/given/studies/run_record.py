"""Keep what a training did, however it ended: record.csv, layers.csv, and run.json.

record.csv has one row for each 50 steps, layers.csv one for each of those and each layer; the
columns are those of `exercises/given/training/monitor.py`. An empty cell was not measured; `nan`
and `inf` were. run.json holds both tables (null and the words "nan", "inf", "-inf" in their
place), and beside them what the run was:

| key | what it holds |
| --- | --- |
| format | 1; another number means that a key has changed |
| what | "experiment", "train", or "rotation": one of its trainings |
| command | what was typed, where it was typed |
| settings | every choice, the seed and the labels left out among them: `Settings` reads it back |
| data | the name and the source of the images, the classes left out, how many images, and |
| | "watched": how many images Recall@1 is measured on, and whether they are "trained on" |
| network | "parameters": how many of each layer; "device" |
| own_chapters, reference_chapters | whose code it was |
| versions | Python, torch, NumPy, system |
| ended | "how": "finished", "stopped" (by a person), "not a number" or "error"; "message": what a |
| | person was told; "step": how many steps were taken; "seconds" of training |
"""

import csv
import json
import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import CourseError
from ..files import replacing, replacing_folder
from ..progress import say
from ..training.monitor import COLUMNS, LAYER_COLUMNS, Monitor, NotANumber
from ..training.own_fault import in_one_line

RUN, RECORD, LAYERS = "run.json", "record.csv", "layers.csv"
# Ends the name of the folder in which a run that did not come to its end keeps its record.
STOPPED = "-stopped"
FORMAT = 1
NOT_FINITE = {"nan", "inf", "-inf"}
WORDS = {"mining", "layer"}  # the columns that hold no number
Row = dict[str, Any]


@dataclass
class RunRecord:
    """What a run was (`about`), how it ended, and the rows of its monitor."""

    about: dict[str, Any] = field(default_factory=dict)
    ended: dict[str, Any] = field(default_factory=lambda: {"how": "running"})
    rows: list[Row] = field(default_factory=list)
    layers: list[Row] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as plain values for JSON."""
        return {
            "format": FORMAT,
            **self.about,
            "ended": self.ended,
            "record": [_in_words(row) for row in self.rows],
            "layers": [_in_words(row) for row in self.layers],
        }


@contextmanager
def kept_if_stopped(
    record: RunRecord, folder: Path, then: Callable[[Path], None] = lambda _: None
) -> Iterator[None]:
    """If the block does not come to its end, write what is recorded into the folder, and say so.

    The folder is replaced if it is an earlier record; `then` may write more into it. Raises what
    the block raises; to a CourseError it adds where the record is.
    """
    try:
        yield
    except BaseException as error:
        where = _keep(record, folder, then) if record.rows else ""
        if where and isinstance(error, CourseError):
            raise CourseError(f"{str(error).rstrip('. ')}. {where}") from error
        if where:
            say(where)
        raise


def _keep(record: RunRecord, folder: Path, then: Callable[[Path], None]) -> str:
    try:
        with replacing_folder(folder, must_hold=RUN) as fresh:
            write_record(record, fresh)
        then(folder)
    except (OSError, CourseError) as error:
        return f"What was recorded could not be kept: {error}"
    return f"What was recorded is in {folder}."


@contextmanager
def training_of(record: RunRecord, monitor: Monitor) -> Iterator[None]:
    """Fill the record with what the monitor sees in the block, a training, and how that ends.

    Raises CourseError for what the code of the parts raises, and lets an interruption pass.
    """
    record.rows, record.layers = monitor.rows, monitor.layers
    started = time.perf_counter()
    how, message = "stopped", ""
    try:
        yield
        how = "finished"
    except NotANumber as error:
        how, message = "not a number", str(error)
        raise
    except CourseError as error:
        how, message = "error", str(error)
        raise
    except OSError:
        raise  # the terminal is gone, or the disk is full: no fault of the parts
    except Exception as error:
        how, message = "error", in_one_line(error, monitor.step)
        raise CourseError(message) from error
    finally:
        seconds = round(time.perf_counter() - started, 3)
        record.ended = {"how": how, "message": message, "step": monitor.step, "seconds": seconds}


def write_record(record: RunRecord, folder: Path) -> None:
    """Write the three files into a folder that is there, each whole or not at all."""
    # The small tables first: on a disk that fills up they are what is kept.
    _write_table(folder / RECORD, COLUMNS, record.rows)
    _write_table(folder / LAYERS, LAYER_COLUMNS, record.layers)
    with replacing(folder / RUN) as temporary:
        text = json.dumps(record.as_dict(), indent=1, allow_nan=False)
        temporary.write_text(text + "\n", encoding="utf-8")


def read_record(folder: Path) -> RunRecord:
    """Return the record of a run.

    Raises CourseError if there is none, one of another format, or one that is damaged.
    """
    path = folder / RUN
    if not path.is_file():
        raise CourseError(f"There is no record in {folder}. Make one: triplet train --out {folder}")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found.pop("format", None) != FORMAT:
            raise CourseError(f"{path} is of another version of the course. Run it again.")
        rows, layers, ended = found.pop("record"), found.pop("layers"), found.pop("ended")
        _require_steps(rows, layers)
        return RunRecord(found, ended, list(map(_in_numbers, rows)), list(map(_in_numbers, layers)))
    except (ValueError, LookupError, TypeError, AttributeError, OSError) as error:
        raise CourseError(f"{path} is damaged. Run it again.") from error


def _require_steps(*tables: list[Row]) -> None:
    """Raise an error unless every row says of which step it is, in numbers where it has any."""
    for row in (row for table in tables for row in table):
        int(row["step"])
        for name, value in row.items():
            if name not in WORDS and value is not None:
                float(value)


def _write_table(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def _in_words(row: Row) -> Row:
    """Return a row that JSON can hold: it has no number for what is none."""
    return {
        name: str(value) if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in row.items()
    }


def _in_numbers(row: Row) -> Row:
    return {name: float(value) if value in NOT_FINITE else value for name, value in row.items()}
