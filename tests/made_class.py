"""A class that nobody graded: invented students with real checks and mistakes, in any number."""

import random
from collections.abc import Iterator
from pathlib import Path

from autograder.chapters import EXERCISE_CHAPTERS
from autograder.classroom.gradebook import Adjustment, Grade, Student
from autograder.classroom.reports.arrivals import Arrivals
from autograder.classroom.reports.class_page import ClassPage
from autograder.classroom.reports.class_summary import ClassSummary
from autograder.classroom.reports.graded_students import GradedStudent
from autograder.classroom.rubric import default_rubric
from autograder.classroom.scores import score_of
from autograder.classroom.terms import Terms
from autograder.grading.checks import checks_of
from autograder.grading.misconceptions import misconceptions_of
from autograder.grading.record import Record, Status

# ruff: noqa: SIM905  names read best in a line
GIVEN = "Amara Anders Beatriz Chiamaka Dmitri Elif Farid Hana Ioana José Léa Maya Minh Nomvula Priya 伟 李娜 さくら محمد आरव ธนา".split()
FAMILY = "Okafor Lindqvist Carvalho Eze Volkov Aydemir Rahimi Kobayashi Popescu Castillo Fournier Goldberg Tran Dube Raman 王 陈 佐藤 حداد शर्मा ศรีสุข".split()
CHECKS = [(chapter, check) for chapter in EXERCISE_CHAPTERS for check in checks_of(chapter)]
MISTAKES = {one.stem: misconceptions_of(one) for one in EXERCISE_CHAPTERS}


def made_students(count: int) -> Iterator[GradedStudent]:
    """Yield students of a class, always the same ones."""
    rubric = default_rubric()
    for number in range(count):
        draw = random.Random(number)
        name = f"{draw.choice(GIVEN)} {draw.choice(FAMILY)}"
        platform = {"late": "yes"} if draw.random() < 0.1 else {}
        handed_in = draw.random() > 0.04
        own = Student(f"{number:07d}", name, handed_in, learning_platform=platform)
        grades = made_grades(own.student, draw) if handed_in else []
        adjusted = [
            Adjustment(1, own.student, CHECKS[3][1].identity(CHECKS[3][0].stem), 1.5, "", "", "")
        ]
        score = score_of(grades, adjusted if draw.random() < 0.03 else [], rubric)
        yield GradedStudent(own, {one.record.check: one for one in grades}, score)


def made_grades(student: str, draw: random.Random) -> list[Grade]:
    """Return a grade for each check: most pass, and some chapters have one mistake or two."""
    skill, last = draw.betavariate(4, 1.2), draw.choice([8, 8, 8, 8, 7, 6, 5])
    grades = []
    for chapter in EXERCISE_CHAPTERS:
        # A few mistakes are frequent, and most are rare.
        place = int(draw.paretovariate(0.7)) % len(MISTAKES[chapter.stem])
        mistake = MISTAKES[chapter.stem][place]
        has_crashed = draw.random() < 0.02
        for check in checks_of(chapter):
            status, said = Status.PASSED, {}
            if chapter.number > last:
                status = Status.NOT_STARTED
            elif has_crashed:
                line = draw.randint(20, 60)
                status = Status.CRASHED
                said = {
                    "observed": f"TypeError in {chapter.stem}.py, line {line}: 'Tensor' object is not callable\n  x({line})"
                }
            elif draw.random() > skill:
                status = Status.WRONG
                value = int(draw.paretovariate(0.6))
                said = {"observed": f"Returned {value}.25.", "expected": "Expected 0.25."}
                if draw.random() < 0.6:
                    said |= {
                        "misconception": mistake.id,
                        "says": mistake.says,
                        "hint": "Look again.",
                    }
            elif draw.random() < 0.0005:
                status, said = Status.GRADER_FAULT, {"observed": "OSError: no room"}
            record = Record(
                check.identity(chapter.stem), chapter.stem, check.name, check.title, status,
                check.points, 7, "The loss", **said,
            )  # fmt: skip
            grades.append(
                Grade(student, record, "key", "process", draw.random() * 2, "2026-01-01T00:00:00Z")
            )
    return grades


def write_class_page(path: Path, count: int) -> None:
    """Write the page of a made class."""
    rubric = default_rubric()
    summary, arrivals = ClassSummary(rubric), Arrivals(Terms(), rubric)
    with ClassPage(rubric) as page, path.open("w", encoding="utf-8", newline="") as file:
        for student in made_students(count):
            summary.add(student)
            page.add(student, arrivals.add(student))
        summary.missing, summary.told_of_import = arrivals.missing, arrivals.told
        page.write(file, summary, "Metric learning, spring term")
