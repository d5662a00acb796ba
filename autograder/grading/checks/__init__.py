"""What is graded: one file for each chapter, with its CHECKS."""

import functools
import importlib
from collections.abc import Sequence

from ...chapters import EXERCISE_CHAPTERS, Chapter
from ..check import Check


def checks_of(chapter: Chapter) -> Sequence[Check]:
    """Return the checks of one chapter."""
    checks: Sequence[Check] = importlib.import_module(f".{chapter.stem}", __name__).CHECKS
    return checks


def names_of(chapter: Chapter) -> tuple[str, ...]:
    """Return the names that the stub of a chapter defines, in the order of their checks."""
    return tuple(dict.fromkeys(check.name for check in checks_of(chapter)))


@functools.cache
def chapters_by_name() -> dict[str, Chapter]:
    """Return the chapter of every name that there is to write."""
    return {name: chapter for chapter in EXERCISE_CHAPTERS for name in names_of(chapter)}


def full_marks() -> int:
    """Return the points of all checks together."""
    return sum(check.points for chapter in EXERCISE_CHAPTERS for check in checks_of(chapter))
