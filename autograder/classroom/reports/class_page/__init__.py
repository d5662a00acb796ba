"""The page where an instructor works: what to do, what to teach again, and every student."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any, TextIO

from ...rubric import Rubric
from ..class_summary import LONGEST, ClassSummary
from ..graded_students import GradedStudent, stem_of
from ..templating import TEMPLATES, environment, places_of, titles
from .hardest import hardest_first
from .histogram import Histogram
from .means import Means
from .spool import Finding, Person, Spool
from .student_rows import compact, line_of, row_of, shade_of, with_status
from .teach_again import add_mistakes
from .to_do import reasons_of
from .unnamed import add_unnamed

ROWS = 100  # of the table that are drawn at a time
NAMES = 12  # that stand below a mistake; the table has the others
AT_ONCE = 8  # mistakes, groups or reasons that stand open
GROUPS = 40  # of equal results
GRADED = "graded"


class ClassPage:
    """The page; `add` takes in one student after another."""

    def __init__(self, rubric: Rubric) -> None:
        self._rubric = rubric
        self._places = places_of(rubric.points)
        self._spool = Spool()
        self._means = Means()

    def __enter__(self) -> "ClassPage":
        return self

    def __exit__(self, *_: object) -> None:
        self._spool.close()

    def add(self, student: GradedStudent, why: str) -> None:
        """Take in a student. why: why there is no grade, or none that arrives; "" if there is."""
        own = student.student
        is_late = bool(student.platform("late"))
        line = line_of(student)
        self._means.add([student.score.earned, *student.chapter_points()])
        number = self._spool.add_student(
            own.student, own.name, student.score.earned, is_late, why, line
        )
        for grade in student.grades.values():
            record = grade.record
            if place := self._places.get(record.check, 0):
                add_mistakes(self._spool, number, record, place)
                add_unnamed(self._spool, number, record, place)

    def write(self, file: TextIO, summary: ClassSummary, title: str) -> None:
        """Write the page of all students so far, a piece at a time."""
        script = (TEMPLATES / "class.js").read_text(encoding="utf-8")
        said = self._said(summary)
        page = environment().get_template("class.html")
        digest = _digest(f"\n{script}")
        file.writelines(page.generate(**said, title=title, script=script, script_digest=digest))

    def _said(self, summary: ClassSummary) -> dict[str, Any]:
        """Return all that the template names."""
        spool = self._spool
        statuses = [why or GRADED for why, _ in spool.whys()]
        named = spool.ranked(is_named=True)
        groups = spool.ranked(is_named=False, most=GROUPS)
        numbers = {one.number: place for place, one in enumerate([*named, *groups])}
        chapters: dict[str, float] = dict.fromkeys(map(stem_of, self._rubric.points), 0.0)
        for check, worth in self._rubric.points.items():
            chapters[stem_of(check)] += worth
        facts = {
            "rows": ROWS,
            "worth": list(chapters.values()),
            "statuses": statuses,
            "graded": statuses.index(GRADED) if GRADED in statuses else -1,
        }
        return {
            "summary": summary,
            "titles": titles(),
            "longest": LONGEST,
            "checks": list(self._rubric.points),
            "chapters": chapters,
            "median": spool.median(),
            "late": spool.late(),
            "reasons": reasons_of(spool, NAMES),
            "statuses": spool.whys(),
            "named": [(one, self._people(one)) for one in named],
            "groups": [(one, self._people(one)) for one in groups],
            "groups_in_all": spool.count(is_named=False),
            "at_once": AT_ONCE,
            "hardest": hardest_first(summary.progress.values()),
            "histogram": Histogram.of(summary.buckets),
            "rows": [row_of(line) for line in self._lines(numbers, statuses, ROWS)],
            "lines": self._lines(numbers, statuses),
            "facts": compact(facts)[:-1],
            "means": self._means.values(1 + len(chapters)),
            "shade_of": shade_of,
        }

    def _people(self, finding: Finding) -> list[Person]:
        return self._spool.who_shows(finding, NAMES)

    def _lines(self, numbers: dict[int, int], statuses: list[str], most: int = -1) -> Iterator[str]:
        """Yield the lines of the table's JSON; findings count as they stand on the page."""
        status_of = {status: number for number, status in enumerate(statuses)}
        for count, (why, line, shown) in enumerate(self._spool.students()):
            if count == most:
                return
            known = [(numbers[one], place) for one, place in shown if one in numbers]
            yield with_status(line, status_of[why or GRADED], known)


def _digest(script: str) -> str:
    """Return by what a browser knows that a script is ours."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
