"""The page of one student."""

from itertools import groupby

from ...grading.record import Status
from ...learner.told_once import told_once
from ..gradebook import Grade
from .graded_students import GradedStudent
from .templating import environment, places_of, titles

OPEN = (Status.NOT_STARTED, Status.WAITING, Status.HELD_BACK, Status.GRADER_FAULT)


def feedback_page(student: GradedStudent, title: str) -> str:
    """Return the page of one student; it names no seed, which would tell the drawn inputs."""
    page = environment().get_template("feedback.html")
    return page.render(
        student=student,
        title=title,
        titles=titles(),
        why=_explanations(student),
        tone=_tone,
        places=places_of(one.check for one in student.score.checks),
    )


def _explanations(student: GradedStudent) -> dict[str, str]:
    """Return what to tell about each check; what a chapter was told once is not told again."""
    records = [grade.record for grade in student.grades.values()]
    texts: dict[str, str] = {}
    for _, own in groupby(records, key=lambda one: one.stem):
        texts |= {record.check: "\n".join(lines) for record, lines in told_once(own)}
    return texts


def _tone(grade: Grade | None) -> str:
    """Return the colour of a status: what was not begun, or waits, is no mistake."""
    if grade is None or grade.record.status in OPEN:
        return "quiet"
    return "good" if grade.record.passed else "bad"
