"""What is graded: one file for each chapter, with its CHECKS."""

import importlib
from collections.abc import Sequence

from ...chapters import Chapter
from ..check import Check


def checks_of(chapter: Chapter) -> Sequence[Check]:
    """Return the checks of one chapter."""
    checks: Sequence[Check] = importlib.import_module(f".{chapter.stem}", __name__).CHECKS
    return checks
