"""The grades of one submission as Gradescope reads them: its results.json."""

from collections.abc import Sequence
from typing import Any

from ...grading.record import Record
from ...learner.explanation import explanation
from ..gradebook import Grade
from ..rubric import Rubric
from ..scores import CheckScore
from ..submission import LeftAside
from .one_result import check_title, complete_score, not_graded, points_line, records_of

# Text only: whatever a learner's code worded is shown as it is, and never as a page.
TEXT = "text"


def gradescope_results(
    grades: Sequence[Grade], rubric: Rubric, left_aside: Sequence[LeftAside] = ()
) -> dict[str, Any]:
    """Return the results of one submission; no seed is in them, which would tell the drawn inputs.

    left_aside: the files that were not graded, to be named. Raises CourseError where the grader
    itself failed at a check: a missing results.json takes no points, and a zero in it would.
    """
    score, earned = complete_score(grades, rubric)
    graded = records_of(grades)
    return {
        "score": earned,
        "output": "\n".join([points_line(score), *not_graded(left_aside)]),
        "output_format": TEXT,
        "stdout_visibility": "hidden",
        "tests": [_test(one, graded[one.check]) for one in score.checks],
        "extra_data": {"isolation": grades[0].level},
    }


def _test(score: CheckScore, record: Record) -> dict[str, Any]:
    return {
        "name": check_title(record),
        "name_format": TEXT,
        "score": score.earned,
        "max_score": score.worth,
        "status": "passed" if record.passed else "failed",
        "output": "\n".join(explanation(record)),
        "output_format": TEXT,
        "visibility": "visible",
    }
