"""A class, student by student, as every report wants it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..gradebook import Adjustment, Grade, Gradebook, Student
from ..intake.numbers import UNCLEAR
from ..kept_breaks import KeptBreaks, ReadBreaks
from ..rubric import Rubric, exercise_of_examples
from ..scores import CheckScore, Score, score_of, sum_of


@dataclass(frozen=True)
class GradedStudent:
    """One student with the grades, by check, and what they are worth.

    breaks: what was read of the examples, None if nobody has looked.
    """

    student: Student
    grades: dict[str, Grade]
    score: Score
    breaks: ReadBreaks | None = None

    @property
    def chapters(self) -> dict[str, list[CheckScore]]:
        """Return the scores by the stem of their chapter."""
        return by_chapter(self.score.checks)

    def chapter_points(self) -> list[float | None]:
        return [sum_of(checks) for checks in self.chapters.values()]

    def examples_of(self, check: str) -> str:
        """Return what is said of examples, "" where this is a check, or nobody has read them."""
        exercise = exercise_of_examples(check)
        return self.breaks.says(exercise) if exercise and self.breaks else ""

    def platform(self, name: str) -> str:
        """Return what the learning platform's file names told, "" if they did not."""
        return str(self.student.learning_platform.get(name, ""))


def graded_students(
    gradebook: Gradebook, rubric: Rubric, breaks: KeptBreaks, absent_is_zero: bool = False
) -> Iterator[GradedStudent]:
    """Yield the students of a class; only one student's grades are in memory at a time.

    Who handed in nothing has no points that are known, or 0 if the instructor says so. Where it is
    not clear who handed in, nobody has 0 points.
    """
    adjustments: defaultdict[str, list[Adjustment]] = defaultdict(list)
    for adjustment in gradebook.adjustments():
        adjustments[adjustment.student].append(adjustment)
    for student in gradebook.students():
        # Gradebooks of earlier versions have grades of absent students: as of an empty submission.
        grades = gradebook.grades_of(student.student) if student.handed_in else []
        is_absent = not student.handed_in and UNCLEAR not in student.learning_platform
        otherwise = 0.0 if is_absent and absent_is_zero else None
        read = breaks.of(student.student) if student.handed_in else None
        score = score_of(grades, adjustments[student.student], rubric, otherwise, read)
        yield GradedStudent(student, {grade.record.check: grade for grade in grades}, score, read)


def by_chapter(checks: Sequence[CheckScore]) -> dict[str, list[CheckScore]]:
    """Return scores by the stem of their chapter, in the order of the rubric."""
    chapters: dict[str, list[CheckScore]] = {}
    for one in checks:
        chapters.setdefault(stem_of(one.check), []).append(one)
    return chapters


def stem_of(check: str) -> str:
    return check.partition(":")[0]


def number(points: float | None) -> str:
    """Return points as text: whole ones without a decimal point, unknown ones as nothing."""
    return "" if points is None else f"{round(points, 4):.12g}"
