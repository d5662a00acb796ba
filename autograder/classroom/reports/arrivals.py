"""Give back the platform's own file with the grades filled in, and say what was not."""

import html
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from ..grade_files.grade_file import GradeColumn, GradeFile, number_in
from ..rubric import Rubric
from ..scores import sum_of
from ..terms import REPORTS, Terms
from .graded_students import GradedStudent, number
from .no_grade import NoGrade, why_unknown
from .rewriting import rewriting
from .templating import short_title

# By these words the feedback of an earlier run is known, and may be replaced.
OURS = "Autograder: "
HOW = (
    "To get a file that Moodle or Canvas imports, export one there (Moodle: the assignment's "
    "Actions > Download grading worksheet; Canvas: Grades > Export) and name it with --roster."
)


class Arrivals:
    """The platform's file as it is filled; `add` takes in one student after another."""

    def __init__(self, terms: Terms, rubric: Rubric) -> None:
        """rubric: the points that count."""
        self.terms = terms
        self._total = rubric.total
        self.missing: list[NoGrade] = []
        self._found = terms.file()
        self.told = [] if self._found else [HOW]
        self._texts: dict[tuple[int, int], str] = {}
        self._lines = _by_student(terms.students)
        self._absent = _by_student(terms.absent)
        self._counts: Counter[str] = Counter()

    def add(self, student: GradedStudent) -> str:
        """Take in a student: a grade for each row, or the reason why there is none.

        Return the reason, "" if every grade arrives.
        """
        known = len(self.missing)
        own = student.student
        absent = self._absent.get(own.student, [])
        lines = self._lines.get(own.student, [])
        why = why_unknown(student)
        if absent and own.handed_in:
            why = "handed in nothing this time: the points of an earlier run are in grades.csv"
        elif not why and not lines and not absent and self.terms.roster_name:
            why = f"on no line of {self.terms.roster_name}: the points are in grades.csv alone"
        if why:
            self._miss(student, why)
        elif self._found:
            for line in lines + absent:
                self._fill(*self._found, line, student)
        return next((one.why for one in self.missing[known:]), "")

    def write(self, folder: Path) -> list[Path]:
        """Write the file, and take away one that an earlier run left; return the paths."""
        for name in REPORTS:
            if self._found is None or name != self._found[0].report:
                (folder / name).unlink(missing_ok=True)
        if self._found is None:
            return []
        file, column = self._found
        path = folder / file.report
        with rewriting(path) as text:
            text.buffer.write(file.sheet.with_cells(self._texts))
        self.told.append(self._sum(file, column))
        return [path]

    def _fill(
        self, file: GradeFile, column: GradeColumn, line: int, student: GradedStudent
    ) -> None:
        row, earned = file.row_of[line], student.score.earned
        if earned is None:
            return
        before = file.sheet.text(row, column.index)
        points = self._scaled(earned, student.score.total, column)
        why = file.kept.get(before.casefold(), "")
        if column.most is not None and not 0 <= points <= column.most:
            why = f"Moodle imports 0 to {number(column.most)} points here, and not {number(points)}"
        if why:
            self._miss(student, why)
            return
        self._counts["grades"] += 1
        if number_in(before) != number_in(number(points)):
            self._texts[row, column.index] = number(points)
        if self.terms.feedback and column.feedback is not None:
            self._fill_feedback(file, (row, column.feedback), student)

    def _miss(self, student: GradedStudent, why: str) -> None:
        self.missing.append(NoGrade(student.student.name, why, student.student.student))

    def _scaled(self, earned: float, total: float, column: GradeColumn) -> float:
        """Return points out of what the platform's column is out of."""
        if column.maximum and total:
            return earned * column.maximum / total
        return earned

    def _fill_feedback(
        self, file: GradeFile, place: tuple[int, int], student: GradedStudent
    ) -> None:
        before = file.sheet.text(*place)
        if before and not before.startswith(OURS):
            self._counts["feedback kept"] += 1  # somebody else's words
        else:
            self._texts[place] = feedback_cell(student)

    def _sum(self, file: GradeFile, column: GradeColumn) -> str:
        said = f'{file.report}: {self._counts["grades"]} grades for "{column.title}"'
        if column.maximum and self._total and column.maximum != self._total:
            said += f", scaled from {number(self._total)} points to {number(column.maximum)}"
        if self._counts["feedback kept"]:
            said += f"; {self._counts['feedback kept']} cells had feedback, and keep it"
        if column.maximum is None:
            said += f", out of {number(self._total)} points"
        return f"{said}. Every other cell is as it was. {file.note}".strip()


def _by_student(students: Mapping[int, str]) -> dict[str, list[int]]:
    """Return the lines of the roster by the student."""
    lines: dict[str, list[int]] = {}
    for line, student in students.items():
        lines.setdefault(student, []).append(line)
    return lines


def feedback_cell(student: GradedStudent) -> str:
    """Return feedback as Moodle takes it: HTML, in one line of letters that every encoding has."""
    score = student.score
    lines = [f"{OURS}{number(score.earned)} of {number(score.total)} points."]
    for stem, checks in student.chapters.items():
        said = {
            student.grades[one.check].record.says for one in checks if one.check in student.grades
        }
        points = f"{number(sum_of(checks))} of {number(sum(one.worth for one in checks))}"
        lines.append(" ".join([f"{short_title(stem)}: {points}.", *sorted(said - {""})]))
    lines += [score.comment] if score.comment else []
    text = "<br>".join(html.escape(" ".join(line.split())) for line in lines)
    # PHP takes a backslash before a quotation mark for an escape; no other mark is at risk.
    return re.sub(r"[^\x20-\x7e]|\\", lambda one: f"&#{ord(one[0])};", text)
