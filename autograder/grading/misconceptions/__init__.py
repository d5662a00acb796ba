"""Named wrong implementations, one file for each chapter, with its MISCONCEPTIONS."""

import importlib
from collections.abc import Sequence

from ...chapters import Chapter
from ..misconception import Hints, Misconception


def misconceptions_of(chapter: Chapter) -> Sequence[Misconception]:
    """Return the misconceptions of one chapter."""
    module = importlib.import_module(f".{chapter.stem}", __name__)
    misconceptions: Sequence[Misconception] = module.MISCONCEPTIONS
    return misconceptions


def hints_of(chapter: Chapter, name: str) -> Hints:
    """Return the hints for a name of a chapter when no misconception is known."""
    hints: dict[str, Hints] = importlib.import_module(f".{chapter.stem}", __name__).HINTS
    return hints[name]
