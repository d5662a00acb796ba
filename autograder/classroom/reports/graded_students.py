"""A class, student by student, as every report wants it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..gradebook import Adjustment, Grade, Gradebook, Student
from ..rubric import Rubric
from ..scores import CheckScore, Score, score_of, sum_of


@dataclass(frozen=True)
class GradedStudent:
    """One student with the grades, by check, and what they are worth."""

    student: Student
    grades: dict[str, Grade]
    score: Score

    @property
    def chapters(self) -> dict[str, list[CheckScore]]:
        """Return the scores by the stem of their chapter."""
        return by_chapter(self.score.checks)

    def chapter_points(self) -> list[float | None]:
        return [sum_of(checks) for checks in self.chapters.values()]

    def platform(self, name: str) -> str:
        """Return what the learning platform's file names told, "" if they did not."""
        return str(self.student.learning_platform.get(name, ""))


def graded_students(gradebook: Gradebook, rubric: Rubric) -> Iterator[GradedStudent]:
    """Yield the students of a class; only one student's grades are in memory at a time."""
    adjustments: defaultdict[str, list[Adjustment]] = defaultdict(list)
    for adjustment in gradebook.adjustments():
        adjustments[adjustment.student].append(adjustment)
    for student in gradebook.students():
        grades = gradebook.grades_of(student.student)
        score = score_of(grades, adjustments[student.student], rubric)
        yield GradedStudent(student, {grade.record.check: grade for grade in grades}, score)


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
