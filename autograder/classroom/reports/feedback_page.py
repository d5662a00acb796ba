"""The page of one student."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from ...breaks.asked import ASKED
from ...grading.record import Status
from ...learner.told_once import told_once
from ..gradebook import Grade
from ..kept_breaks import ReadBreaks
from ..own_lines import FAILED, OwnLines, line_of_failure
from ..rubric import exercise_of_examples, identity_of_examples
from ..scores import CheckScore
from .graded_students import GradedStudent
from .templating import environment, places_of, titles

OPEN = (Status.NOT_STARTED, Status.WAITING, Status.HELD_BACK, Status.GRADER_FAULT)


@dataclass(frozen=True)
class ShownLines:
    """A student's own lines, and the number of the one in question, 0 for none."""

    own: OwnLines
    marked: int

    @property
    def numbered(self) -> list[tuple[int, str]]:
        return list(enumerate(self.own.text.split("\n"), start=self.own.first))


@dataclass(frozen=True)
class ShownExamples:
    """What is told of the examples of one exercise; score is None where they earn no points."""

    exercise: str
    share: float
    says: str
    score: CheckScore | None

    @property
    def check(self) -> str:
        return identity_of_examples(self.exercise)


def feedback_page(
    student: GradedStudent, title: str, lines: Mapping[tuple[str, str], OwnLines]
) -> str:
    """Return the page of one student; it names no seed, which would tell the drawn inputs.

    lines: the student's own, by the stem and the name that is defined.
    """
    page = environment().get_template("feedback.html")
    return page.render(
        student=student,
        title=title,
        titles=titles(),
        why=_explanations(student),
        tone=_tone,
        code=_shown_once(student, lines),
        examples=_examples(student),
        places=places_of(one.check for one in student.score.checks),
    )


def _examples(student: GradedStudent) -> list[ShownExamples]:
    """Return what is told of examples that were written, and of those that earn points."""
    paid = {exercise_of_examples(one.check): one for one in student.score.checks}
    read = student.breaks or ReadBreaks({})
    return [
        ShownExamples(name, read.share(name), read.says(name), paid.get(name))
        for name in (one.name for one in ASKED)
        if name in paid or name in read.worth
    ]


def _explanations(student: GradedStudent) -> dict[str, str]:
    """Return what to tell about each check; what a chapter was told once is not told again."""
    records = [grade.record for grade in student.grades.values()]
    texts: dict[str, str] = {}
    for _, own in groupby(records, key=lambda one: one.stem):
        texts |= {record.check: "\n".join(lines) for record, lines in told_once(own)}
    return texts


def _shown_once(
    student: GradedStudent, lines: Mapping[tuple[str, str], OwnLines]
) -> dict[str, ShownLines]:
    """Return the lines to show at a check: at the first of its name that failed, and only there."""
    shown: dict[str, ShownLines] = {}
    seen: set[tuple[str, OwnLines]] = set()
    for record in (grade.record for grade in student.grades.values()):
        own = lines.get((record.stem, record.name))
        if own is None or record.status not in FAILED or (record.stem, own) in seen:
            continue
        seen.add((record.stem, own))
        shown[record.check] = ShownLines(own, line_of_failure(record))
    return shown


def _tone(grade: Grade | None) -> str:
    """Return the colour of a status: what was not begun, or waits, is no mistake."""
    if grade is None or grade.record.status in OPEN:
        return "quiet"
    return "good" if grade.record.passed else "bad"
