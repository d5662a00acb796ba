"""Keep the learners' own lines beside the gradebook, for the reports that are written later.

Where they cannot be kept or read, a page goes without.
"""

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

from .own_lines import OwnLines
from .side_file import open_side_file

FILE = "own_lines.sqlite"
SCHEMA = """
CREATE TABLE IF NOT EXISTS students (student PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lines (
    student, stem, name, first, text, is_cut, PRIMARY KEY (student, stem, name)
) WITHOUT ROWID;
"""


@contextlib.contextmanager
def kept_lines(folder: Path, to_write: bool = False) -> Iterator["KeptLines"]:
    """Open the lines that are kept in a folder; a file that cannot be read is begun anew."""
    with open_side_file(folder / FILE, SCHEMA, to_write) as connection:
        yield KeptLines(connection)


class KeptLines:
    """The lines of each student, by the chapter's stem and the name that is defined."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def has(self, student: str) -> bool:
        """Return whether a student's lines were looked for."""
        query = "SELECT count(*) FROM students WHERE student = ?"
        with contextlib.suppress(sqlite3.Error):
            return bool(self._connection.execute(query, [student]).fetchone()[0])
        return False

    def put(self, student: str, lines: Mapping[tuple[str, str], OwnLines]) -> None:
        """Keep a student's lines in place of those before."""
        rows = [
            (student, stem, name, one.first, one.text, one.is_cut)
            for (stem, name), one in lines.items()
        ]
        run = self._connection.execute
        with contextlib.suppress(sqlite3.Error), self._connection:
            run("BEGIN")
            run("DELETE FROM lines WHERE student = ?", [student])
            run("REPLACE INTO students VALUES (?)", [student])
            self._connection.executemany("INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?)", rows)

    def of(self, student: str) -> dict[tuple[str, str], OwnLines]:
        """Return a student's lines."""
        query = "SELECT stem, name, first, text, is_cut FROM lines WHERE student = ?"
        with contextlib.suppress(sqlite3.Error):
            return {
                (stem, name): OwnLines(first, text, bool(is_cut))
                for stem, name, first, text, is_cut in self._connection.execute(query, [student])
                if isinstance(first, int) and isinstance(text, str)  # a changed byte can end that
            }
        return {}
