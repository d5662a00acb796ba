"""What each check is worth: as the checks say, or as an instructor's own file says.

The examples that learners write for `triplet break` are worth nothing unless that file says so.

Points are looked up when a report is written, never when a check is run: changing them re-scores a
class without running anything again.
"""

import math
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from exercises.given.errors import CourseError

from ..breaks.asked import ASKED
from ..chapters import EXERCISE_CHAPTERS
from ..grading.checks import checks_of

BREAKS = "breaks"  # stands where the checks have the stem of their chapter
EXAMPLES = "examples"
CHAPTER_OF = {one.name: one.stem for one in ASKED}


@dataclass(frozen=True)
class Rubric:
    """The points of every check, by its identity, and of examples that are worth any."""

    points: dict[str, float]

    @property
    def total(self) -> float:
        return sum(self.points.values())

    def of(self, chapters: Collection[str]) -> "Rubric":
        """Return the points of the checks of some chapters, named by their stems."""
        points = self.points.items()
        return Rubric({one: worth for one, worth in points if chapter_of(one) in chapters})


def identity_of_examples(exercise: str) -> str:
    """Return the name under which reports speak of the examples of an exercise."""
    return f"{BREAKS}:{exercise}:{EXAMPLES}"


def exercise_of_examples(identity: str) -> str:
    """Return the exercise whose examples this names, "" if it names a check."""
    stem, _, rest = identity.partition(":")
    return rest.partition(":")[0] if stem == BREAKS else ""


def chapter_of(identity: str) -> str:
    """Return the stem of the chapter that a check, or the examples of an exercise, belong to."""
    return CHAPTER_OF.get(exercise_of_examples(identity)) or identity.partition(":")[0]


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
    points: dict[str, float] = default_rubric().points | dict.fromkeys(_of_examples(), 0)
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
    unpaid = {one for one in _of_examples() if not points[one]}
    return Rubric({one: worth for one, worth in points.items() if one not in unpaid})


def read_rubric_of_checks(path: Path) -> Rubric:
    """Return the points of a file for a platform that asks for one submission at a time.

    Raises CourseError as read_rubric does, and where examples are worth points: these platforms are
    told of checks that passed or did not, and of no shares.
    """
    rubric = read_rubric(path)
    if any(map(exercise_of_examples, rubric.points)):
        raise CourseError(
            f"{path}: [{BREAKS}] gives points, and only triplet grade knows shares of them. "
            "Leave them out here."
        )
    return rubric


def rubric_text(rubric: Rubric) -> str:
    """Return a rubric as the text of a file that `read_rubric` reads."""
    lines = ["# Points of each check. What is not listed keeps the points of the course."]
    for chapter in EXERCISE_CHAPTERS:
        lines += ["", f"[{chapter.stem}]"]
        for check in checks_of(chapter):
            identity = check.identity(chapter.stem)
            lines.append(f'"{check.name}: {check.title}" = {_number(rubric.points[identity])}')
    lines += [
        "",
        "# Examples for triplet break: all points for as many mistakes as the best known examples",
        "# catch, and a share for fewer.",
        f"[{BREAKS}]",
        *(
            f'"{one.name}: {EXAMPLES}" = '
            f"{_number(rubric.points.get(identity_of_examples(one.name), 0))}"
            for one in ASKED
        ),
    ]
    return "\n".join(lines) + "\n"


def _of_examples() -> list[str]:
    return [identity_of_examples(one.name) for one in ASKED]


def _is_worth(value: object) -> bool:
    """Return whether a value can be points: TOML has true, nan and inf as well."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value < math.inf


def _number(points: float) -> str:
    """Return points in full, and whole ones without a decimal point."""
    return repr(int(points) if points == int(points) else points)
