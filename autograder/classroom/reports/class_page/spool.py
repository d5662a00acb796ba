"""What the class page will say of each student, on the disk until the page is written.

A class of 20,000 has a hundred thousand mistakes; counted and sorted by SQLite, they cost no more
memory than those of 200.
"""

import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

ACCENTS = re.compile("[\u0300-\u036f]")
SCHEMA = """
CREATE TABLE students (
    number INTEGER PRIMARY KEY, student, name, sorted, points REAL, is_late, why, line
);
CREATE TABLE findings (
    number INTEGER PRIMARY KEY, is_named, stem, key, text, place, UNIQUE (is_named, stem, key)
);
CREATE TABLE shown (finding, student, place, PRIMARY KEY (finding, student)) WITHOUT ROWID;
CREATE INDEX by_student ON shown (student);
"""
RANKED = """
SELECT findings.number, stem, key, text, findings.place, count(*) AS students
FROM findings JOIN shown ON finding = findings.number WHERE is_named = ?
GROUP BY findings.number ORDER BY students DESC, findings.number LIMIT ?
"""
WHO_SHOWS = """
SELECT students.student, name, place FROM shown JOIN students ON number = shown.student
WHERE finding = ? ORDER BY sorted, number LIMIT ?
"""
WHO_LACKS = "SELECT student, name, 0 FROM students WHERE why = ? ORDER BY sorted, number LIMIT ?"
WHYS = "SELECT why, count(*) AS n FROM students GROUP BY why ORDER BY n DESC, why"


@dataclass(frozen=True)
class Finding:
    """Something that students share: a named mistake, or a result that no name explains.

    place: the number of the check where the first student shows it. students: how many there are.
    """

    number: int
    stem: str
    key: str
    text: str
    place: int
    students: int


@dataclass(frozen=True)
class Person:
    """A student as a link to the page, at a check if there is one."""

    student: str
    name: str
    place: int = 0


class Spool:
    """A temporary database, gone when the block ends."""

    def __init__(self) -> None:
        self._students = 0
        # Without a name SQLite makes a file of its own, and takes it away again.
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
        self._connection.executescript(SCHEMA)
        self._connection.execute("BEGIN")

    def close(self) -> None:
        self._connection.close()

    def add_student(
        self, student: str, name: str, points: float | None, is_late: bool, why: str, line: str
    ) -> int:
        """Keep a student, and return the number. why: "" for who has a grade."""
        self._students += 1
        values = (self._students, student, name, in_order(name), points, is_late, why, line)
        self._connection.execute("INSERT INTO students VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
        return self._students

    def add_finding(
        self, student: int, is_named: bool, stem: str, key: str, text: str, place: int
    ) -> None:
        """Keep that a student shows a finding; the first place counts."""
        run = self._connection.execute
        same = (is_named, stem, key)
        run("INSERT OR IGNORE INTO findings VALUES (NULL, ?, ?, ?, ?, ?)", (*same, text, place))
        which = "SELECT number FROM findings WHERE is_named = ? AND stem = ? AND key = ?"
        (number,) = run(which, same).fetchone()
        run("INSERT OR IGNORE INTO shown VALUES (?, ?, ?)", (number, student, place))

    def ranked(self, is_named: bool, most: int = -1) -> list[Finding]:
        """Return the findings that most students share, first the most frequent."""
        return [Finding(*row) for row in self._connection.execute(RANKED, (is_named, most))]

    def count(self, is_named: bool) -> int:
        """Return how many different findings there are."""
        return int(self._one("SELECT count(*) FROM findings WHERE is_named = ?", is_named))

    def who_shows(self, finding: Finding, most: int) -> list[Person]:
        return self._people(WHO_SHOWS, finding.number, most)

    def whys(self) -> list[tuple[str, int]]:
        """Return why there is no grade, "" where there is one, and for how many."""
        return list(self._connection.execute(WHYS))

    def who_lacks(self, why: str, most: int) -> list[Person]:
        return self._people(WHO_LACKS, why, most)

    def late(self) -> int:
        return int(self._one("SELECT count(*) FROM students WHERE is_late"))

    def median(self) -> float | None:
        """Return the points in the middle of those that are known."""
        known = int(self._one("SELECT count(points) FROM students"))
        middle = (
            "SELECT points FROM students WHERE points NOT NULL ORDER BY points LIMIT ? OFFSET ?"
        )
        found = self._connection.execute(middle, (2 - known % 2, max(0, known - 1) // 2))
        points = [one for (one,) in found]
        return sum(points) / len(points) if points else None

    def students(self) -> Iterator[tuple[str, str, list[tuple[int, int]]]]:
        """Yield the students by name: why there is no grade, the line, findings with places."""
        shown = "SELECT finding, place FROM shown WHERE student = ? ORDER BY finding"
        order = "SELECT number, why, line FROM students ORDER BY sorted, number"
        for number, why, line in self._connection.execute(order):
            yield why, line, self._connection.execute(shown, (number,)).fetchall()

    def _people(self, query: str, *values: Any) -> list[Person]:
        return [Person(*row) for row in self._connection.execute(query, values)]

    def _one(self, query: str, *values: Any) -> Any:
        return self._connection.execute(query, values).fetchone()[0]


def in_order(name: str) -> str:
    """Return what sorts a name as people do: Émile beside Emil, ada beside Ada."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return f"{ACCENTS.sub('', plain)}\n{plain}"
