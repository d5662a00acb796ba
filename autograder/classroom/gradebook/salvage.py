"""Read what can still be read from a damaged gradebook, and believe only what proves itself.

A row proves itself by its digest; a fact has none, so only a plain number is taken for one.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from .columns import is_whole, row_of
from .damage import beside, is_plain_number, reading, size_of
from .rows import ROW_TYPES, Adjustment, Grade, Student

SMALLEST_ROW = 64  # bytes: the digest alone
ATTEMPTS = 200_000  # a few seconds, where a whole table is out of reach


def plain_facts(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the facts that are plain numbers, the seed of an unfinished run among them."""
    with contextlib.suppress(sqlite3.Error), closing(lenient(path)) as connection:
        for name, value in connection.execute("SELECT * FROM facts"):
            if name != "version" and isinstance(name, str) and is_plain_number(value):
                yield name, value


def whole_rows(path: Path) -> Iterator[Student | Grade | Adjustment]:
    """Yield the rows outside the damaged pages, table by table, in the order of the table."""
    with contextlib.suppress(sqlite3.Error), closing(lenient(path)) as connection:
        for table, kind in ROW_TYPES.items():
            for *values, digest in _readable(connection, table, _last(connection, table, path)):
                if is_whole(values, digest, kind):
                    yield row_of(kind, values)


def lenient(path: Path) -> sqlite3.Connection:
    """Open a damaged database. Raises sqlite3.Error where not even its tables are known."""
    connection = reading(path)
    # Otherwise SQLite reads nothing at all of a file that was cut off.
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return connection


def _last(connection: sqlite3.Connection, table: str, path: Path) -> int:
    """Return the number of a table's last row, or one that it cannot exceed."""
    try:
        last = connection.execute(f"SELECT max(rowid) FROM {table}").fetchone()[0]  # noqa: S608
        return int(last or 0)
    except sqlite3.Error:
        return (size_of(path) + size_of(beside(path, "-wal"))) // SMALLEST_ROW


def _readable(connection: sqlite3.Connection, table: str, last: int) -> Iterator[list[Any]]:
    """Yield rows up to the last; a range with damage in it is halved until it has been left out."""
    query = f"SELECT rowid, * FROM {table} WHERE rowid BETWEEN ? AND ? ORDER BY rowid"  # noqa: S608
    waiting = [(1, last)]
    for _ in range(ATTEMPTS):
        if not waiting:
            return
        low, high = waiting.pop()
        try:
            for rowid, *values in connection.execute(query, (low, high)):
                if rowid < low:  # damage can make pages that lead back to themselves
                    raise sqlite3.DatabaseError("rows out of order")
                low = rowid + 1
                yield values
        except sqlite3.Error:
            if low < high:
                middle = (low + high) // 2
                waiting += [(middle + 1, high), (low, middle)]
