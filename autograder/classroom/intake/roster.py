"""Read the roster, which says who is enrolled: a CSV from Canvas, from Moodle, or one's own."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from exercises.given.errors import CourseError

from .display import shown
from .people import tokens

NAME_COLUMNS = ("student", "name", "full name")
FIRST, LAST = "first name", ("last name", "surname")
KEY_COLUMNS = ("sis login id", "sis user id", "login", "username", "email", "email address")
OWN_KEY_COLUMNS = ("id", "student id", "id number", "key")
# Rows of a Canvas export that are not people.
NOBODY = {frozenset(("points", "possible")), frozenset(("student", "test"))}


@dataclass(frozen=True)
class Enrolled:
    """One person on the roster.

    line: number of the line in the file. keys: what a submission may be named by, such as a login.
    learning_platform: the platform's id, as in a Source.
    """

    name: str
    line: int
    keys: frozenset[str] = frozenset()
    learning_platform: dict[str, str] = field(default_factory=dict)


def read_roster(path: Path) -> list[Enrolled]:
    """Return the people of a roster, in the order of its lines.

    The first line names the columns, in any order: name (or first and last name), and any of
    login, email and id. Raises CourseError if the file cannot be read or has no names, or if a
    person is there twice.
    """
    rows = list(csv.reader(_text(path).splitlines(), delimiter=_delimiter(path)))
    if not rows:
        raise CourseError(f"{path} is empty. A roster is a CSV with a column called name.")
    columns = [cell.strip().casefold() for cell in rows[0]]
    if not {*NAME_COLUMNS, FIRST}.intersection(columns):
        raise CourseError(
            f"{path}, line 1: no column is called name, student, full name or first name. "
            "A roster's first line names its columns, such as: name,email"
        )
    people = list(_people(columns, rows[1:]))
    _require_each_once(path, people)
    return people


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path}: {error.strerror}. Name the CSV with --roster.") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # the encoding of Excel in much of Europe


def _delimiter(path: Path) -> str:
    """Return the delimiter of the columns: the one most frequent in the first line."""
    first = _text(path).partition("\n")[0]
    return max(",;\t", key=first.count)


def _people(columns: list[str], rows: list[list[str]]) -> Iterator[Enrolled]:
    for line, row in enumerate(rows, start=2):
        cells = dict(zip(columns, (cell.strip() for cell in row), strict=False))
        name = _name(cells)
        if name and frozenset(tokens(name)) not in NOBODY:
            platform = _platform(cells)
            yield Enrolled(shown(name), line, frozenset(_keys(cells, platform)), platform)


def _name(cells: dict[str, str]) -> str:
    for column in NAME_COLUMNS:
        if cells.get(column):
            return cells[column]
    last = next((cells[column] for column in LAST if cells.get(column)), "")
    return f"{cells.get(FIRST, '')} {last}".strip()


def _platform(cells: dict[str, str]) -> dict[str, str]:
    """Return a person's id in Canvas or Moodle, if the file was exported from there."""
    if {"sis user id", "sis login id"} & cells.keys() and cells.get("id"):
        return {"canvas_id": cells["id"]}
    number = cells.get("identifier", "").removeprefix("Participant ")
    return {"moodle_id": number} if number else {}


def _keys(cells: dict[str, str], platform: dict[str, str]) -> Iterator[str]:
    for column in KEY_COLUMNS if platform else KEY_COLUMNS + OWN_KEY_COLUMNS:
        if key := cells.get(column, "").casefold():
            yield key
            yield key.partition("@")[0]


def _require_each_once(path: Path, people: list[Enrolled]) -> None:
    lines: dict[object, int] = {}
    for one in people:
        unlike = one.keys or frozenset(one.learning_platform.values())
        mark = unlike or frozenset({one.name.casefold()})
        if mark in lines:
            raise CourseError(
                f"{path}, lines {lines[mark]} and {one.line}: {one.name} is there twice. "
                "Take one of the lines out, or tell two people of one name apart by their email."
            )
        lines[mark] = one.line
