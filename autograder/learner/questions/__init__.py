"""Three questions about a learner's own file, whose answers are found by running it."""

import importlib

from ...chapters import Chapter
from .small_batch import SmallBatch


def batches_of(chapter: Chapter, name: str) -> list[SmallBatch]:
    """Return the small batches for which one can be asked what an exercise returns."""
    batches = importlib.import_module(f".{chapter.stem}", __name__).BATCHES
    return [one for one in batches if one.name == name]
