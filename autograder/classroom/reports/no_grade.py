"""Who has no grade, or one that arrives nowhere, and why."""

from dataclasses import dataclass

from ...chapters import EXERCISE_CHAPTERS
from ...grading.record import Status
from ..intake.numbers import UNCLEAR
from ..rubric import exercise_of_examples
from .graded_students import GradedStudent, stem_of

NUMBERS = {one.stem: one.number for one in EXERCISE_CHAPTERS}


@dataclass(frozen=True)
class NoGrade:
    """A person without a grade: the name, why, and the key of the page."""

    name: str
    why: str
    student: str


def why_unknown(student: GradedStudent) -> str:
    """Return why a student's points are not known, "" if they are."""
    own, score = student.student, student.score
    if score.earned is not None:
        return ""
    if not own.handed_in:
        if why := own.learning_platform.get(UNCLEAR):
            return f"not clear: {why}"
        return "handed in nothing"
    unknown = [one.check for one in score.checks if one.earned is None]
    faults = [one for one in unknown if _is_fault(student, one)]
    if faults:
        return f"the grader failed at {len(faults)} of {len(score.checks)} checks: grade again"
    if all(map(exercise_of_examples, unknown)):
        return "breaks.py is not read yet: grade again"
    numbers = sorted({NUMBERS.get(stem_of(one), 0) for one in unknown} - {0})
    return f"not graded yet: chapter {', '.join(map(str, numbers))}"


def _is_fault(student: GradedStudent, check: str) -> bool:
    grade = student.grades.get(check)
    return grade is not None and grade.record.status is Status.GRADER_FAULT
