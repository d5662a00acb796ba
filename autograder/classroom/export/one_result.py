"""What the result of one submission says on every platform: points, checks, what was left out."""

from collections.abc import Sequence

from exercises.given.errors import CourseError

from ...chapters import EXERCISE_CHAPTERS
from ...grading.record import Record
from ..gradebook import Grade
from ..reports.graded_students import number
from ..rubric import Rubric
from ..scores import Score, score_of
from ..submission import LeftAside

NAMED = 3  # grader faults in one line
LISTED = 20  # files that were not graded


def complete_score(grades: Sequence[Grade], rubric: Rubric) -> tuple[Score, float]:
    """Return the score, and the points that were earned.

    Raises CourseError where the grader itself failed at a check: a missing result takes no points,
    and a zero in it would.
    """
    score = score_of(grades, [], rubric)
    if score.earned is None:
        raise CourseError(_fault(score, records_of(grades)))
    return score, score.earned


def records_of(grades: Sequence[Grade]) -> dict[str, Record]:
    """Return the records by the identity of their checks."""
    return {grade.record.check: grade.record for grade in grades}


def points_line(score: Score) -> str:
    """Return the points that were earned, as a sentence."""
    return f"{number(score.earned or 0.0)} of {number(score.total)} points."


def check_title(record: Record) -> str:
    """Return what a student calls a check: its chapter, its exercise, what it looks at."""
    chapter = next(one.number for one in EXERCISE_CHAPTERS if one.stem == record.stem)
    return f"Chapter {chapter}: {record.name}: {record.title}"


def not_graded(left_aside: Sequence[LeftAside]) -> list[str]:
    """Return a line for each file that was not graded, and one for those beyond the limit."""
    lines = [f"Not graded: {one.path}: {one.why}" for one in left_aside[:LISTED]]
    more = len(left_aside) - len(lines)
    return [*lines, f"Not graded: {more} more"] if more else lines


def _fault(score: Score, graded: dict[str, Record]) -> str:
    """Return what went wrong, for the instructor: the platform shows it to nobody else."""
    checks = [one.check for one in score.checks if one.earned is None]
    named = ", ".join(checks[:NAMED]) + (" ..." if len(checks) > NAMED else "")
    reasons = sorted({graded[one].observed for one in checks if one in graded})
    why = f" ({'; '.join(reasons[:NAMED])})" if reasons else ""
    return (
        f"The grader failed at {len(checks)} of {len(score.checks)} checks, not the submission: "
        f"{named}{why}. No results were written, so that nobody loses points. Run it again."
    )
