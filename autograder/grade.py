"""Grade a folder of chapter files: every check of every chapter that was asked for."""

import importlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import torch

from .chapters import EXERCISE_CHAPTERS, SOLUTIONS, Chapter
from .check import Check, run_check
from .loading import load_chapters
from .record import Record, Status


def checks_of(chapter: Chapter) -> Sequence[Check]:
    """Return the checks of one chapter."""
    checks: Sequence[Check] = importlib.import_module(f"autograder.checks.{chapter.stem}").CHECKS
    return checks


def grade_folder(
    folder: Path,
    seed: int,
    chapters: Iterable[Chapter] = EXERCISE_CHAPTERS,
    report: Callable[[Record], None] = lambda record: None,
) -> list[Record]:
    """Return a record for every check; `report` sees each as soon as it is there."""
    learner = load_chapters(folder)
    # The reference is loaded apart, so that grading the solutions compares two copies.
    reference = load_chapters(SOLUTIONS)
    records = []
    random_state = torch.get_rng_state()
    for chapter in chapters:
        module = reference[chapter.stem]
        if isinstance(module, BaseException):
            raise module
        for check in checks_of(chapter):
            record = run_check(check, chapter.stem, learner[chapter.stem], module, seed)
            records.append(record)
            report(record)
    torch.set_rng_state(random_state)
    return records


def passing_chapters(records: Iterable[Record]) -> set[str]:
    """Return the stems of the chapters all of whose checks passed."""
    records = list(records)
    failing = {record.stem for record in records if record.status is not Status.PASSED}
    return {record.stem for record in records} - failing
