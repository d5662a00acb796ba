"""Whether a chapter passes, so that one can ask about it."""

from collections.abc import Sequence
from pathlib import Path

from exercises.given.errors import CourseError

from ...chapters import Chapter
from ...isolation.launchers import Launcher
from ...isolation.workers import Workers
from .bench import VerdictsOnly


def require_passed(
    launcher: Launcher, folder: Path, chapter: Chapter, names: Sequence[str], seed: int
) -> None:
    """Raise CourseError that names the first check of these exercises that does not pass."""
    with Workers(launcher, folder) as workers:
        grader = VerdictsOnly(workers, seed)
        for name in names:
            for record in grader.grade_name(chapter, name):
                if not record.passed:
                    raise CourseError(
                        f'First finish {name}, "{record.title}" ({record.status}): triplet check '
                        f"{chapter.number}. Questions come once it passes."
                    )
