"""The grades of one submission as Gradescope reads them: its results.json."""

from collections.abc import Sequence
from typing import Any

from exercises.given.errors import CourseError

from ...chapters import EXERCISE_CHAPTERS
from ...grading.record import Record
from ...learner.explanation import explanation
from ..gradebook import Grade
from ..reports.graded_students import number
from ..rubric import Rubric
from ..scores import CheckScore, Score, score_of
from ..submission import LeftAside

# Text only: whatever a learner's code worded is shown as it is, and never as a page.
TEXT = "text"
NAMED = 3  # grader faults in one line
LISTED = 20  # files that were not graded


def gradescope_results(
    grades: Sequence[Grade], rubric: Rubric, left_aside: Sequence[LeftAside] = ()
) -> dict[str, Any]:
    """Return the results of one submission; no seed is in them, which would tell the drawn inputs.

    left_aside: the files that were not graded, to be named. Raises CourseError where the grader
    itself failed at a check: a missing results.json takes no points, and a zero in it would.
    """
    graded = {grade.record.check: grade.record for grade in grades}
    score = score_of(grades, [], rubric)
    earned = score.earned
    if earned is None:
        raise CourseError(_fault(score, graded))
    points = f"{number(earned)} of {number(score.total)} points."
    return {
        "score": earned,
        "output": "\n".join([points, *_not_graded(left_aside)]),
        "output_format": TEXT,
        "stdout_visibility": "hidden",
        "tests": [_test(one, graded[one.check]) for one in score.checks],
        "extra_data": {"isolation": grades[0].level},
    }


def _test(score: CheckScore, record: Record) -> dict[str, Any]:
    return {
        "name": f"{_chapter(record.stem)}: {record.name}: {record.title}",
        "name_format": TEXT,
        "score": score.earned,
        "max_score": score.worth,
        "status": "passed" if record.passed else "failed",
        "output": "\n".join(explanation(record)),
        "output_format": TEXT,
        "visibility": "visible",
    }


def _not_graded(left_aside: Sequence[LeftAside]) -> list[str]:
    lines = [f"Not graded: {one.path}: {one.why}" for one in left_aside[:LISTED]]
    more = len(left_aside) - len(lines)
    return [*lines, f"Not graded: {more} more"] if more else lines


def _chapter(stem: str) -> str:
    return next(f"Chapter {one.number}" for one in EXERCISE_CHAPTERS if one.stem == stem)


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
