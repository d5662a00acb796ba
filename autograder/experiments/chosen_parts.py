"""Collect the parts that the experiment is made of: the reference's, or the learner's own."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from exercises.given.training.parts import Parts

from ..chapters import EXERCISE_CHAPTERS, SOLUTIONS
from ..grading.checks import names_of
from ..grading.grade import grade_chapters, passing_chapters
from ..grading.loading import ChapterFolder
from ..isolation.callers import caller_for


@dataclass(frozen=True)
class ChosenParts:
    """The parts, and which chapters are the learner's own and which the reference's."""

    parts: Parts
    own: tuple[str, ...]
    from_reference: tuple[str, ...]


def reference_parts() -> ChosenParts:
    """Return the parts of the reference."""
    return _choose(SOLUTIONS, own=())


def own_parts(folder: Path, seed: int) -> ChosenParts:
    """Return the learner's chapters that pass all their checks, the reference for the others."""
    with caller_for(folder) as caller:
        records = grade_chapters(caller, seed)
    return _choose(folder, own=passing_chapters(records))


def _choose(folder: Path, own: Collection[str]) -> ChosenParts:
    reference, learner = ChapterFolder(SOLUTIONS), ChapterFolder(folder)
    wanted = {field.name for field in fields(Parts)}
    found: dict[str, Any] = {}
    for chapter in EXERCISE_CHAPTERS:
        module = (learner if chapter.stem in own else reference).load(chapter.stem)
        found |= {name: getattr(module, name) for name in names_of(chapter) if name in wanted}
    stems = [chapter.stem for chapter in EXERCISE_CHAPTERS]
    return ChosenParts(
        parts=Parts(**found),
        own=tuple(stem for stem in stems if stem in own),
        from_reference=tuple(stem for stem in stems if stem not in own),
    )
