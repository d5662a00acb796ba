"""The CSV tables: which columns each has, and which rows a student has in it."""

import csv
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TextIO

from ..rubric import Rubric
from .csv_cells import safe
from .graded_students import GradedStudent, number, stem_of

Row = Sequence[str | float | None]  # a number is ours, and text may be a learner's


class Table(Protocol):
    """The head of a table, and the rows of one student."""

    def head(self) -> Iterator[Row]: ...

    def rows(self, student: GradedStudent) -> Iterator[Row]: ...


class CsvTable:
    """A table that is written row by row; every cell is safe for a spreadsheet."""

    def __init__(self, file: TextIO, table: Table) -> None:
        self._table = table
        self._writer = csv.writer(file)  # its line ends, "\r\n", have it quote a lone "\r" as well
        self._write(table.head())

    def add(self, student: GradedStudent) -> None:
        self._write(self._table.rows(student))

    def _write(self, rows: Iterator[Row]) -> None:
        self._writer.writerows([_text(cell) for cell in row] for row in rows)


class GradesTable:
    """A row for each student, with the points of each chapter."""

    def __init__(self, rubric: Rubric, title: str) -> None:
        self._stems = list(dict.fromkeys(stem_of(check) for check in rubric.points))

    def head(self) -> Iterator[Row]:
        yield ["student", "name", "handed_in", "points", "of", *self._stems, "comment"]

    def rows(self, student: GradedStudent) -> Iterator[Row]:
        own, score = student.student, student.score
        yield [
            own.student,
            own.name,
            "yes" if own.handed_in else "no",
            score.earned,
            score.total,
            *student.chapter_points(),
            score.comment,
        ]


class ChecksTable:
    """A row for each check of each student."""

    WHY = ("misconception", "says", "observed", "expected", "waiting_for")

    def __init__(self, rubric: Rubric, title: str) -> None:
        pass

    def head(self) -> Iterator[Row]:
        found = ["status", "points", "of", "adjusted", "comment"]
        yield ["student", "name", "check", *found, *self.WHY]

    def rows(self, student: GradedStudent) -> Iterator[Row]:
        own = [student.student.student, student.student.name]
        for one in student.score.checks:
            found = [one.earned, one.worth, "yes" if one.adjusted else "no"]
            status, why = "not graded", [""] * len(self.WHY)
            if examples := student.examples_of(one.check):
                status, why = "read", ["", "", examples, "", ""]
            elif one.check in student.grades:
                record = student.grades[one.check].record
                status, why = record.status, [getattr(record, name) for name in self.WHY]
            yield [*own, one.check, status, *found, one.comment, *why]


TABLES: dict[str, Callable[[Rubric, str], Table]] = {
    "grades.csv": GradesTable,
    "checks.csv": ChecksTable,
}


def _text(cell: str | float | None) -> str:
    return safe(cell) if isinstance(cell, str) else number(cell)
