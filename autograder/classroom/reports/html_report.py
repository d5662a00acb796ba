"""The pages for people: one for the class, and one for each student."""

import hashlib
from functools import cache
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ...chapters import EXERCISE_CHAPTERS
from ...grading.record import Status
from ...learner.told_once import told_once
from ..gradebook import Grade
from .class_summary import LONGEST, ClassSummary
from .graded_students import GradedStudent, number

TEMPLATES = Path(__file__).parent / "templates"
LONGEST_NAME = 150
OPEN = (Status.NOT_STARTED, Status.WAITING, Status.HELD_BACK, Status.GRADER_FAULT)


def index_page(summary: ClassSummary, title: str) -> str:
    """Return the page of the class."""
    page = _environment().get_template("index.html")
    return page.render(summary=summary, title=title, longest=LONGEST, titles=_titles())


def feedback_page(student: GradedStudent, title: str) -> str:
    """Return the page of one student; it names no seed, which would tell the drawn inputs."""
    page = _environment().get_template("feedback.html")
    return page.render(
        student=student, title=title, titles=_titles(), why=_explanations(student), tone=_tone
    )


def feedback_name(student: str) -> str:
    """Return a file name that no student's name leads out of the folder, or into another's."""
    name = quote(student, safe="").replace("~", "%7E")
    if name.startswith(".") or not name:
        name = "%2E" + name[1:]
    if len(name) > LONGEST_NAME or name != name.lower():
        # Where Ada.html and ada.html are the same file, the digest tells them apart.
        name = f"{name[:LONGEST_NAME]}-{hashlib.sha256(student.encode()).hexdigest()[:16]}"
    return f"{name}.html"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = number
    environment.filters["href"] = lambda student: quote(f"feedback/{feedback_name(student)}")
    return environment


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


@cache
def _titles() -> dict[str, str]:
    return {one.stem: f"Chapter {one.number}: {one.title}" for one in EXERCISE_CHAPTERS}
