"""Read the roster, which says who is enrolled: what a platform exported, or a list of one's own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from exercises.given.errors import CourseError

from ..grade_files.cells import Sheet
from ..grade_files.grade_file import GradeFile
from ..grade_files.known import KINDS, recognised
from .display import shown
from .enrolled import Enrolled, keys_of
from .lists import people_of_list

__all__ = ["Enrolled", "Roster", "open_roster", "read_roster"]

# What `nbgrader db student list` prints: the login, the name, the address.
LISTED = re.compile(r"(?P<id>\S.*?) \((?P<last>.*?), (?P<first>.*)\) -- (?P<email>.*)")
NOTHING = ("", "None")
MOST_SHOWN = 8
KNOWN = (
    f"{', '.join(KINDS)}; the rosters of nbgrader, otter, Gradescope and classroom repositories; "
    "and any CSV whose first line names its columns, such as: name,email"
)


@dataclass(frozen=True)
class Roster:
    """Who is enrolled. file: what a platform exported, None for a list that takes no grades."""

    name: str
    people: list[Enrolled]
    file: GradeFile | None = None


def read_roster(path: Path) -> list[Enrolled]:
    """Return the people of a roster: see open_roster."""
    return open_roster(path).people


def open_roster(path: Path) -> Roster:
    """Return the roster, with its people in the order of its lines.

    Raises CourseError if the file cannot be read or is of no known kind, or if a person is there
    twice.
    """
    sheet = Sheet(_content(path))
    if not sheet.rows:
        raise CourseError(f"{path} is empty. A roster is a CSV with a column called name.")
    file = recognised(sheet)
    people = list(file.people) if file else _people_of_list(sheet)
    if people is None:
        raise CourseError(f"{path}, line 1: found {_found(sheet)}. Known are: {KNOWN}")
    if not people:
        raise CourseError(f"{path}: nobody is on it. Export it again, or name another file.")
    _require_each_once(path, people)
    return Roster(path.name, people, file)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path}: {error.strerror}. Name the CSV with --roster.") from error


def _found(sheet: Sheet) -> str:
    texts = [f'"{shown(cell.text.strip(), 40)}"' for cell in sheet.rows[0][:MOST_SHOWN]]
    more = len(sheet.rows[0]) - len(texts)
    return ", ".join(texts) + (f" and {more} more" if more else "")


def _people_of_list(sheet: Sheet) -> list[Enrolled] | None:
    printed = list(_printed(sheet))
    return printed or people_of_list(sheet)


def _printed(sheet: Sheet) -> Iterator[Enrolled]:
    for row, line in enumerate(sheet.lines):
        said = LISTED.fullmatch(sheet.line(row))
        if said:
            parts = [said[part] for part in ("first", "last") if said[part] not in NOTHING]
            keys = keys_of(said["id"]) | keys_of(said["email"].removesuffix("None"))
            yield Enrolled(shown(" ".join(parts) or said["id"]), line, frozenset(keys))


def _require_each_once(path: Path, people: list[Enrolled]) -> None:
    lines: dict[object, int] = {}
    for one in people:
        unlike = frozenset(one.learning_platform.values()) or one.keys
        mark = unlike or frozenset({one.name.casefold()})
        if mark in lines:
            raise CourseError(
                f"{path}, lines {lines[mark]} and {one.line}: {one.name} is there twice. "
                "Take one of the lines out, or tell two people of one name apart by their email."
            )
        lines[mark] = one.line
