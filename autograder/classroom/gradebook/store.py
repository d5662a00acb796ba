"""The gradebook: one SQLite file that holds every grade, whatever happens to the grader.

One writer at a time; a row for each check of each student; a digest in each row, since SQLite's
own check of its pages overlooks a changed byte inside one. Writing is idempotent: a grade replaces
the one before it, so a grade that was committed but not yet told is not there twice.
"""

import contextlib
import errno
import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from exercises.given.errors import CourseError

from . import decisions
from .columns import (
    canonical,
    columns_of,
    digest_of,
    is_whole,
    place_of,
    row_of,
    values_of,
)
from .rows import ROW_TYPES, Adjustment, Grade, Row, Student

VERSION = 1
FILE = "gradebook.sqlite"
SMALLEST = 512  # bytes of the smallest page, and so of the smallest database
SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS students ({students}, digest TEXT NOT NULL, PRIMARY KEY (student));
CREATE TABLE IF NOT EXISTS grades ({grades}, digest TEXT NOT NULL, PRIMARY KEY (student, "check"));
CREATE TABLE IF NOT EXISTS adjustments ({adjustments}, digest TEXT NOT NULL, PRIMARY KEY (number));
"""


class GradebookError(CourseError):
    """The gradebook cannot be read or written."""


class DamagedError(GradebookError):
    """The file is no whole database any more: see repair.py."""


NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# What may differ between two gradings of the same code under the same seed.
INCIDENTAL = {"seconds", "made_at"}


class Gradebook:
    """The grades in a folder. Every write is on the disk when the call returns."""

    def __init__(self, folder: Path) -> None:
        """Open the gradebook of a folder, or make a new one. Raises GradebookError."""
        self.folder = folder
        self.path = folder / FILE
        self.damaged: list[str] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._refuse_stump()
            self._connection = sqlite3.connect(self.path, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise in_words(self.path, error) from error
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        with self._reporting():
            self._connection.execute("PRAGMA journal_mode = WAL")
            # In WAL mode the default, NORMAL, may lose the last commits when the power goes.
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.executescript(schema())
        version = self.fact("version") or str(VERSION)
        if version != str(VERSION):
            raise GradebookError(
                f"{self.path}: written by another version of the course (gradebook {version}, "
                f"this one writes {VERSION}). Name another folder with --out."
            )
        self.set_fact("version", str(VERSION))

    def _refuse_stump(self) -> None:
        """Refuse a file that is too short: SQLite would take it for a new one, and overwrite it."""
        if self.path.exists() and 0 < self.path.stat().st_size < SMALLEST:
            raise DamagedError(f"{self.path}: file is not a database.")

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> "Gradebook":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def fact(self, name: str) -> str | None:
        """Return what is kept under a name, such as the seed of an unfinished run."""
        with self._reporting():
            found = self._connection.execute("SELECT value FROM facts WHERE name = ?", [name])
            row = found.fetchone()
        return None if row is None else str(row[0])

    def set_fact(self, name: str, value: str | None) -> None:
        """Keep a value under a name; None forgets it."""
        with self._reporting():
            if value is None:
                self._connection.execute("DELETE FROM facts WHERE name = ?", [name])
            elif self.fact(name) != value:
                self._connection.execute("REPLACE INTO facts VALUES (?, ?)", [name, value])

    def put_student(self, student: Student) -> None:
        """Write what is known of a student, if it is not written already."""
        with self._reporting():
            if self.student(student.student) != student:
                self._connection.execute(*_replacing(student))

    def put_grades(self, grades: Sequence[Grade]) -> None:
        """Write grades, all of them or none."""
        self.put(grades)

    def put(self, rows: Iterable[Student | Grade | Adjustment]) -> None:
        """Write rows of any kind, all of them or none."""
        with self._reporting(), self._transaction():
            for row in rows:
                self._connection.execute(*_replacing(row))

    def drop_grades(self, student: str, checks: Iterable[str]) -> None:
        """Take out grades of checks that there are no more."""
        with self._reporting(), self._transaction():
            for check in checks:
                where = 'DELETE FROM grades WHERE student = ? AND "check" = ?'
                self._connection.execute(where, [student, check])

    def drop_student(self, student: str) -> None:
        """Take out a student and his or her grades; what a person decided stays."""
        with self._reporting(), self._transaction():
            for table in ("grades", "students"):
                self._connection.execute(f"DELETE FROM {table} WHERE student = ?", [student])  # noqa: S608  our names

    def adjust(
        self, student: str, check: str, points: float | None, comment: str, author: str, when: str
    ) -> Adjustment:
        """Write down what a person decided; nothing that was decided before is lost."""
        with self._reporting(), self._transaction():
            numbers = [one.number for one in (*self.adjustments(), *decisions.read(self.folder))]
            number = max(numbers, default=0) + 1
            made = Adjustment(number, student, check, points, comment, author, when)
            self._connection.execute(*_replacing(made))
            # Before the row is committed: a decision that was acknowledged is then in both, and
            # one that was not is a row of the file at most, which the next opening puts back.
            decisions.append(self.folder, made)
        return made

    def put_adjustment(self, adjustment: Adjustment) -> None:
        """Write an adjustment again that was read elsewhere."""
        with self._reporting():
            self._connection.execute(*_replacing(adjustment))

    def students(self) -> Iterator[Student]:
        """Yield the students, in the order of their keys."""
        return self._rows("students", Student, "ORDER BY student")

    def student(self, student: str) -> Student | None:
        return next(self._rows("students", Student, "WHERE student = ?", student), None)

    def grades_of(self, student: str) -> list[Grade]:
        """Return a student's grades in the order of the course."""
        return list(self._rows("grades", Grade, "WHERE student = ? ORDER BY rowid", student))

    def grades(self) -> Iterator[Grade]:
        """Yield every grade, student by student."""
        return self._rows("grades", Grade, "ORDER BY student, rowid")

    def adjustments(self, student: str | None = None) -> list[Adjustment]:
        """Return every decision, or those about a student, in the order they were made."""
        if student is None:
            return list(self._rows("adjustments", Adjustment, "ORDER BY number"))
        where = "WHERE student = ? ORDER BY number"
        return list(self._rows("adjustments", Adjustment, where, student))

    def content(self) -> str:
        """Return a digest of all students, grades and adjustments, less what is incidental."""
        digest = hashlib.sha256()
        parts = ("students", "student"), ("grades", 'student, "check"'), ("adjustments", "number")
        for table, order in parts:
            for row in self._rows(table, ROW_TYPES[table], f"ORDER BY {order}"):
                stored = zip(columns_of(type(row)), values_of(row), strict=True)
                digest.update(canonical([one for one in stored if one[0] not in INCIDENTAL]))
        return digest.hexdigest()

    def _rows(self, table: str, kind: type[Row], rest: str, *values: str) -> Iterator[Row]:
        """Yield the rows whose digest is right; of the others only that they are damaged."""
        query = f"SELECT {_columns(kind)}, digest FROM {table} {rest}"  # noqa: S608  all names are ours
        with self._reporting():
            # Read in portions: a class of 20,000 has a million rows, and somebody may write
            # between two of them.
            cursor = self._connection.execute(query, values)
            while portion := cursor.fetchmany(500):
                for *row, digest in portion:
                    if is_whole(row, digest, kind):
                        yield row_of(kind, row)
                    else:
                        self.damaged.append(place_of(table, row))

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise

    @contextlib.contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise in_words(self.path, error) from error


def in_words(path: Path, error: Exception) -> GradebookError:
    """Return the error that says what the reader of it can do."""
    text = str(error)
    is_full = isinstance(error, OSError) and error.errno in NO_ROOM
    if is_full or "full" in text or "disk I/O" in text:
        return GradebookError(
            f"{path}: {text}. Every grade that was told is there. Free some space and run "
            "the same command again: it goes on where it stopped."
        )
    if "malformed" in text or "not a database" in text or "decode" in text:
        return DamagedError(f"{path}: {text}. Run the same command again: it saves what it can.")
    return GradebookError(
        f"{path}: {text}. The folder has to be one that you may write to, and no other "
        "program may hold the file."
    )


def schema() -> str:
    """Return the statements that make the tables of a new gradebook."""
    return SCHEMA.format(**{name: _columns(kind) for name, kind in ROW_TYPES.items()})


def _columns(kind: type[Any]) -> str:
    return ", ".join(f'"{name}"' for name in columns_of(kind))


def _replacing(row: Student | Grade | Adjustment) -> tuple[str, list[Any]]:
    table = next(name for name, kind in ROW_TYPES.items() if isinstance(row, kind))
    values = values_of(row)
    names = _columns(type(row))
    marks = ", ".join("?" for _ in range(len(values) + 1))
    # An update keeps a row in its place, which a REPLACE does not: the order is the course's.
    updates = ", ".join(f'"{name}" = excluded."{name}"' for name in columns_of(type(row)))
    keys = {"students": "student", "grades": 'student, "check"', "adjustments": "number"}[table]
    statement = (
        f"INSERT INTO {table} ({names}, digest) VALUES ({marks}) "  # noqa: S608  all names are ours
        f"ON CONFLICT ({keys}) DO UPDATE SET {updates}, digest = excluded.digest"
    )
    return statement, [*values, digest_of(values)]
