"""Find out whether the file of a gradebook is whole, without changing it."""

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from .columns import is_whole, place_of
from .rows import ROW_TYPES
from .store import SMALLEST, VERSION, schema

WRITTEN_BY = slice(18, 20)  # two bytes of the header: who may write the file, and who may read it
KNOWN_WAYS = {1, 2}  # rollback journal, write-ahead log
FINDINGS = 3  # what SQLite finds at one spot is mostly the same thing, told many times
# Errors of the place where the file is, not of the file.
OUT_OF_REACH = {
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_AUTH,
}
# A spot of the disk that cannot be read any more: SQLite calls it an error of reading.
BAD_SPOTS = {
    sqlite3.SQLITE_IOERR_READ,
    sqlite3.SQLITE_IOERR_SHORT_READ,
    sqlite3.SQLITE_IOERR_CORRUPTFS,
}


def damage_of(path: Path) -> list[str]:
    """Return what is wrong with a gradebook's file, nothing for a whole one and for none.

    Raises sqlite3.Error and OSError where the file cannot be looked at.
    """
    size = size_of(path)
    if size == 0:
        has_log = size_of(beside(path, "-wal")) > 0
        return [f"{path.name}: gone, but for what was written last"] if has_log else []
    if size < SMALLEST:
        return [f"{path.name}: cut off"]
    _roll_back(path)
    try:
        with closing(reading(path)) as connection:
            return _findings(path, connection)
    except sqlite3.Error as error:
        if not is_damage(error):
            raise
        return [f"{path.name}: {error}"]


def is_damage(error: sqlite3.Error) -> bool:
    """Return whether an error comes from what is in the file; all queries here are right."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code in BAD_SPOTS or code & 0xFF not in OUT_OF_REACH


def reading(path: Path) -> sqlite3.Connection:
    """Open a database so that nothing of it can be changed, and any text in it can be read."""
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None
    )
    connection.text_factory = lambda text: text.decode(errors="replace")
    return connection


def is_plain_number(value: object) -> bool:
    """Return whether a fact can be what was written: a fact has no digest, and is a number."""
    return isinstance(value, str) and value.isascii() and value.isdecimal()


def size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def beside(path: Path, ending: str) -> Path:
    """Return one of the files that SQLite keeps beside a database."""
    return path.with_name(path.name + ending)


def tables_in(connection: sqlite3.Connection) -> set[tuple[str, str, str, str]]:
    """Return the tables and indexes of a database, each with the statement that made it."""
    return set(connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema"))


def expected_tables() -> set[tuple[str, str, str, str]]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(schema())
        return tables_in(connection)


def _roll_back(path: Path) -> None:
    """Let SQLite take back what a grader had begun when it was killed making the gradebook."""
    if size_of(beside(path, "-journal")):
        # What is wrong with the file is found out, and told, by what comes next.
        with contextlib.suppress(sqlite3.Error), closing(sqlite3.connect(path)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()


def _findings(path: Path, connection: sqlite3.Connection) -> list[str]:
    """Look for damage from the outside in; what lies below damage is not looked at."""
    found = tables_in(connection)
    tables = {name for _, name, *_ in found}
    facts = dict(connection.execute("SELECT name, value FROM facts")) if "facts" in tables else {}
    version = facts.get("version", str(VERSION))
    if is_plain_number(version) and version != str(VERSION):
        return []  # not damaged but another course's, and not ours to judge
    with path.open("rb") as file:
        ways = set(file.read(WRITTEN_BY.stop)[WRITTEN_BY])
    if not ways <= KNOWN_WAYS or not found <= expected_tables():
        return [f"{path.name}: its first page is damaged"]
    checked = connection.execute(f"PRAGMA integrity_check({FINDINGS})")
    if wrong := [f"{path.name}: {text}" for (text,) in checked if text != "ok"]:
        return wrong
    wrong = [f"facts: {name}" for name, value in facts.items() if not is_plain_number(value)]
    kinds = [table for table in ROW_TYPES if table in tables]
    return wrong + [place for table in kinds for place in _changed(connection, table)]


def _changed(connection: sqlite3.Connection, table: str) -> Iterator[str]:
    """Yield where the rows stand that are not as they were written."""
    for *values, digest in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608  ours
        if not is_whole(values, digest, ROW_TYPES[table]):
            yield place_of(table, values)
