"""Named wrong implementations, one file for each chapter, each below its exercise."""

import importlib

from ...chapters import Chapter, find_chapter
from ..misconception import Exercise, Misconception


def exercises_of(chapter: Chapter) -> dict[str, Exercise]:
    """Return the exercises of one chapter, by the name that is to be written."""
    module = importlib.import_module(f".{chapter.stem}", __name__)
    found = [value for value in vars(module).values() if isinstance(value, Exercise)]
    return {exercise.name: exercise for exercise in found}


def misconceptions_of(chapter: Chapter) -> list[Misconception]:
    """Return the misconceptions of all exercises of one chapter."""
    return [one for exercise in exercises_of(chapter).values() for one in exercise.mistakes]


def sentence_of(stem: str, misconception: str) -> str:
    """Return the sentence of a misconception of a chapter; "" if there is none of this id."""
    known = misconceptions_of(find_chapter(stem))
    return next((one.says for one in known if one.id == misconception), "")
