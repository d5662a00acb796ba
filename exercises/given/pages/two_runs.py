"""Two runs side by side: what differs in what they were, how each ended, and their verdicts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..drawing.class_plots import shortened
from ..errors import CourseError
from ..health.verdict import RunVerdict, verdict
from ..studies.report import RESULTS
from ..studies.run_record import RECORD, RUN, RunRecord, read_record
from . import found_tables, run_words
from .run_page import name_of

# What a verdict, and the words of a page, read of what a run was.
SETTINGS = ("margin", "optimizer", "rate", "steps", "classes_per_batch", "images_per_class")
DATA = ("class_names", "unseen", "train_images")
NOT_MEASURED = "-"
Compared = list[tuple[str, str, str]]


@dataclass(frozen=True)
class OpenedRun:
    """A run that was read from its folder; results is None for a training alone."""

    folder: Path
    record: RunRecord
    said: RunVerdict
    results: Mapping[str, Any] | None

    @property
    def words(self) -> dict[str, str]:
        """Return what the run was: its settings, its images, its code, its versions."""
        about = self.record.about
        words = {**run_words.data_in_words(about), **run_words.settings_in_words(about)}
        return {"what": str(about.get("what", "")), **words} | {
            "versions": run_words.versions_in_words(about)
        }


def open_run(folder: Path) -> OpenedRun:
    """Return the run in a folder. Raises CourseError if there is none that can be read."""
    if not (folder / RUN).is_file() and (folder / RECORD).is_file():
        raise CourseError(
            f"{folder} holds {RECORD} and no {RUN}, which says what the run was. Run it again."
        )
    record = read_record(folder)
    about, lacking = record.about, []
    for part, names in (("settings", SETTINGS), ("data", DATA)):
        held = about.get(part)
        lacking += [name for name in names if not isinstance(held, dict) or name not in held]
    if lacking:
        raise CourseError(
            f"{folder / RUN} is damaged: it lacks {', '.join(lacking)}. Run it again."
        )
    return OpenedRun(folder, record, verdict(record), _results(folder))


def open_two(first: Path, second: Path) -> tuple[OpenedRun, OpenedRun]:
    """Return two runs. Raises CourseError for a folder without one, and for the same one twice."""
    if first.resolve() == second.resolve():
        raise CourseError(f"{first} and {second} are the same run. Name two.")
    return open_run(first), open_run(second)


def names_of_two(first: OpenedRun, second: OpenedRun) -> tuple[str, str]:
    """Return what to call them: the names of their folders, with what is above if these agree."""
    here, there = first.folder.resolve(), second.folder.resolve()
    if here.name != there.name:
        return shortened(here.name), shortened(there.name)
    names = [shortened(f"{one.parent.name}/{one.name}") for one in (here, there)]
    return (names[0], names[1]) if names[0] != names[1] else ("the first", "the second")


def differences(first: OpenedRun, second: OpenedRun) -> Compared:
    """Return what the runs were asked for and had that is not the same: name, first, second."""
    here, there = first.words, second.words
    return [
        (name, here.get(name, NOT_MEASURED), there.get(name, NOT_MEASURED))
        for name in {**here, **there}
        if here.get(name) != there.get(name)
    ]


def endings(first: OpenedRun, second: OpenedRun) -> Compared:
    """Return how each ended: its steps, its last signs, and what it found of the unseen classes."""
    ends = [_ending(one) for one in (first, second)]
    return [
        (name, *(one.get(name, NOT_MEASURED) for one in ends))  # type: ignore[misc]  # of two
        for name in {**ends[0], **ends[1]}
    ]


def _ending(run: OpenedRun) -> dict[str, str]:
    record, ended = run.record, run.record.ended
    words = {"verdict": name_of(run.said), "the training": run_words.ENDINGS[_how(record)]}
    if ended.get("step") is not None:
        words["steps taken"] = f"{ended['step']:,}"
    if ended.get("seconds") is not None:
        words["seconds"] = f"{ended['seconds']:.0f}"
    for column, name, unit in run_words.SIGNS:
        if column != "rate" and (values := run_words.measured(record, column)):
            words[f"{name}, last"] = run_words.said(values[-1], unit)
    if run.results:
        names = found_tables.unseen_of(run.results)
        for measure, cells in found_tables.found_of_unseen(run.results):
            words[f"{measure} of {names}"] = cells[-1]
    return words


def _how(record: RunRecord) -> str:
    how = str(record.ended.get("how"))
    return how if how in run_words.ENDINGS else "running"


def _results(folder: Path) -> Mapping[str, Any] | None:
    path = folder / RESULTS
    if not path.is_file():
        return None
    try:
        results: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        found_tables.found_of_unseen(results)
        found_tables.unseen_of(results)
    except (ValueError, KeyError, TypeError) as error:
        raise CourseError(f"{path} is damaged. Run the experiment again.") from error
    return results
