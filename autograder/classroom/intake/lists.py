"""Read a list of students whose first line names its columns, in any order."""

import re
from collections.abc import Iterator

from ..grade_files.cells import Sheet
from .display import shown
from .enrolled import Enrolled, keys_of
from .people import tokens

NAMES = ("student", "name", "full name")
FIRST, LAST = ("first name", "firstname"), ("last name", "lastname", "surname")
# Canvas, Moodle, nbgrader ("student_id"), otter ("identifier", "file"), Gradescope ("sid"),
# classroom repositories ("github_username", and "username" in Classroom 50), and one's own.
LOGINS = ("sis login id", "sis user id", "login", "username", "email", "email address")
OWN_LOGINS = (
    *("id", "student id", "id number", "idnumber", "userid", "sid", "key", "netid"),
    *("identifier", "file", "github username", "lms user id"),
)
TEAMS = ("group", "team")
# Rows that are not people, and roles that hand in nothing.
NOBODY = {frozenset(("points", "possible")), frozenset(("student", "test"))}
TEACHERS = {"teacher", "instructor", "ta", "hta", "observer", "owner"}
HANDED_IN = re.compile(r"(?:.*[/\\])?(.*?)(?:\.(?:ipynb|zip|py))?", re.DOTALL | re.IGNORECASE)


def people_of_list(sheet: Sheet) -> list[Enrolled] | None:
    """Return the people, None if the first line names neither a name nor a login."""
    columns = [cell.text.strip().casefold().replace("_", " ") for cell in sheet.rows[0]]
    known = {*NAMES, *FIRST, *LAST, *LOGINS, *OWN_LOGINS}
    if not known.intersection(columns):
        return None
    people = list(_people(sheet, columns))
    # nbgrader's export and scores.csv have a row for each assignment of a student.
    repeats = {"assignment", "submission tag"}.intersection(columns)
    return (
        list({one.keys or one.name: one for one in people[::-1]}.values())[::-1]
        if repeats
        else people
    )


def _people(sheet: Sheet, columns: list[str]) -> Iterator[Enrolled]:
    for row in range(1, len(sheet.rows)):
        cells = {name: sheet.text(row, column) for column, name in enumerate(columns)}
        name, platform = _name(cells), _platform(cells)
        keys = frozenset(_keys(cells, platform))
        is_person = bool(name or keys) and frozenset(tokens(name)) not in NOBODY
        if is_person and cells.get("role", "").casefold() not in TEACHERS:
            line, team = sheet.lines[row], _team(cells)
            yield Enrolled(shown(name or _login(cells)), line, keys, platform, team)


def _team(cells: dict[str, str]) -> str:
    return next((cells[one] for one in TEAMS if cells.get(one)), "")


def _name(cells: dict[str, str]) -> str:
    for column in NAMES:
        if cells.get(column):
            return cells[column]
    parts = (next((cells[one] for one in names if cells.get(one)), "") for names in (FIRST, LAST))
    return " ".join(parts).strip()


def _login(cells: dict[str, str]) -> str:
    return next(cells[column] for column in (*LOGINS, *OWN_LOGINS) if cells.get(column))


def _platform(cells: dict[str, str]) -> dict[str, str]:
    """Return a person's id in Canvas or Moodle, if some columns of an export were kept."""
    if {"sis user id", "sis login id"} & cells.keys() and cells.get("id"):
        return {"canvas_id": cells["id"]}
    said = re.fullmatch(r"Participant (\d+)", cells.get("identifier", ""))
    return {"moodle_id": said[1]} if said else {}


def _keys(cells: dict[str, str], platform: dict[str, str]) -> Iterator[str]:
    for column in LOGINS if platform else LOGINS + OWN_LOGINS:
        text = cells.get(column, "")
        if column == "file" and (said := HANDED_IN.fullmatch(text)):
            text = said[1]
        yield from keys_of(text)
