"""What a student's grades are worth under a rubric, with what a person decided on top."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..grading.record import Status
from .gradebook import Adjustment, Grade
from .kept_breaks import ReadBreaks
from .rubric import Rubric, exercise_of_examples


@dataclass(frozen=True)
class CheckScore:
    """What one check is worth and what it earned; None where nobody knows."""

    check: str
    worth: float
    earned: float | None
    adjusted: bool = False
    comment: str = ""


@dataclass(frozen=True)
class Score:
    """The points of one student, check by check in the order of the rubric.

    comment is what a person wrote about the whole submission.
    """

    checks: tuple[CheckScore, ...]
    comment: str = ""

    @property
    def total(self) -> float:
        return math.fsum(one.worth for one in self.checks)

    @property
    def earned(self) -> float | None:
        """Return the points, None while a check is unknown: a blank is no zero."""
        return sum_of(self.checks)


def sum_of(checks: Sequence[CheckScore]) -> float | None:
    """Return what checks earned together, None if one of them is unknown."""
    earned = [one.earned for one in checks if one.earned is not None]
    return math.fsum(earned) if len(earned) == len(checks) else None


def score_of(
    grades: Sequence[Grade],
    adjustments: Sequence[Adjustment],
    rubric: Rubric,
    otherwise: float | None = None,
    breaks: ReadBreaks | None = None,
) -> Score:
    """Return the score of one student.

    A check of the rubric that has no grade, or only the grader's own failure, is unknown until a
    person decides; `otherwise` is what it is worth instead. So are examples as long as nobody has
    read them: breaks None. The adjustment with the highest number holds.
    """
    graded = {grade.record.check: grade for grade in grades}
    decided = {one.check: one for one in sorted(adjustments, key=lambda one: one.number)}
    checks = tuple(
        _decided(check, worth, _earned(check, worth, graded, breaks, otherwise), decided.get(check))
        for check, worth in rubric.points.items()
    )
    return Score(checks, decided[""].comment if "" in decided else "")


def _decided(
    check: str, worth: float, earned: float | None, decided: Adjustment | None
) -> CheckScore:
    comment = decided.comment if decided else ""
    if decided and decided.points is not None:
        return CheckScore(check, worth, decided.points, adjusted=True, comment=comment)
    return CheckScore(check, worth, earned, comment=comment)


def _earned(
    check: str,
    worth: float,
    graded: Mapping[str, Grade],
    breaks: ReadBreaks | None,
    otherwise: float | None,
) -> float | None:
    if exercise := exercise_of_examples(check):
        return otherwise if breaks is None else worth * breaks.share(exercise)
    grade = graded.get(check)
    if grade is None or grade.record.status is Status.GRADER_FAULT:
        return otherwise
    return worth if grade.record.passed else 0.0
