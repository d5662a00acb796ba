"""What each check is worth: as the checks say, or as an instructor's own file says.

Points are looked up when a report is written, never when a check is run: changing them re-scores a
class without running anything again.
"""

import math
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from exercises.given.errors import CourseError

from ..chapters import EXERCISE_CHAPTERS
from ..grading.checks import checks_of


@dataclass(frozen=True)
class Rubric:
    """The points of every check, by its identity."""

    points: dict[str, float]

    @property
    def total(self) -> float:
        return sum(self.points.values())

    def of(self, chapters: Collection[str]) -> "Rubric":
        """Return the points of the checks of some chapters, named by their stems."""
        points = self.points.items()
        return Rubric({one: worth for one, worth in points if one.partition(":")[0] in chapters})


def default_rubric() -> Rubric:
    """Return the points that the checks themselves say."""
    return Rubric(
        {
            check.identity(chapter.stem): check.points
            for chapter in EXERCISE_CHAPTERS
            for check in checks_of(chapter)
        }
    )


def read_rubric(path: Path) -> Rubric:
    """Return the points that a TOML file says, and the checks' own where it says nothing.

    The file has a table for each chapter, and in it "name: title" = points, as `rubric_text` writes
    it. Raises CourseError that names the line's chapter and check.
    """
    try:
        chapters = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CourseError(f"{path}: {error}. triplet rubric prints one to begin with.") from error
    points = dict(default_rubric().points)
    for stem, checks in chapters.items():
        for check, worth in checks.items() if isinstance(checks, dict) else [("", checks)]:
            identity = f"{stem}:{check.replace(': ', ':', 1)}"
            if identity not in points:
                raise CourseError(
                    f'{path}: there is no check "{check}" in [{stem}]. '
                    "triplet rubric prints all of them."
                )
            if not _is_worth(worth):
                raise CourseError(
                    f'{path}: "{check}" in [{stem}] needs a number of points, 0 or more.'
                )
            points[identity] = worth
    return Rubric(points)


def rubric_text(rubric: Rubric) -> str:
    """Return a rubric as the text of a file that `read_rubric` reads."""
    lines = ["# Points of each check. What is not listed keeps the points of the course."]
    for chapter in EXERCISE_CHAPTERS:
        lines += ["", f"[{chapter.stem}]"]
        for check in checks_of(chapter):
            identity = check.identity(chapter.stem)
            lines.append(f'"{check.name}: {check.title}" = {_number(rubric.points[identity])}')
    return "\n".join(lines) + "\n"


def _is_worth(value: object) -> bool:
    """Return whether a value can be points: TOML has true, nan and inf as well."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value < math.inf


def _number(points: float) -> str:
    """Return points in full, and whole ones without a decimal point."""
    return repr(int(points) if points == int(points) else points)
