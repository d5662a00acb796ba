"""What a platform's file says: who is on it, and which of its columns may take the grades."""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from exercises.given.errors import CourseError

from ..intake.enrolled import Enrolled
from .cells import Sheet


@dataclass(frozen=True)
class GradeColumn:
    """A column of grades: where it is, and what may stand in it.

    maximum: what its grades are out of, None if the file does not say. most: above it the platform
    imports no grade, None if it imports any. feedback: the column of feedback, if there is one.
    is_usual: whether it is an assignment's, so that it need not be named if it is the only one.
    """

    index: int
    title: str
    maximum: float | None = None
    most: float | None = None
    feedback: int | None = None
    is_usual: bool = True


@dataclass(frozen=True)
class GradeFile:
    """An exported file of a known kind.

    kind: for messages. report: the name under which it comes back. people: a row each; row_of is
    the row in the sheet, by the person's line. kept: why a cell with such a text is never ours.
    advice: what to do where no column takes grades. note: what to know when it is imported.
    """

    kind: str
    report: str
    sheet: Sheet
    people: tuple[Enrolled, ...]
    row_of: dict[int, int]
    columns: tuple[GradeColumn, ...]
    kept: dict[str, str] = field(default_factory=dict)
    advice: str = ""
    note: str = ""


def chosen_column(file: GradeFile, name: str, wanted: str | None) -> GradeColumn:
    """Return the column for the grades. Raises CourseError, which lists them if it is not clear."""
    if not file.columns:
        raise CourseError(f"{name}: no column of it takes points. {file.advice}".strip())
    usual = [one for one in file.columns if one.is_usual] or file.columns
    fitting = [one for one in file.columns if _is_named(one.title, wanted)] if wanted else usual
    if len(fitting) == 1:
        return fitting[0]
    titles = ", ".join(f'"{one.title}"' for one in fitting or file.columns)
    found = f'no column is called "{wanted}"' if not fitting else f"{len(fitting)} columns fit"
    raise CourseError(f"{name}: {found}. Name one with --assignment: {titles}")


def _is_named(title: str, wanted: str) -> bool:
    """Return whether a title is meant: whole, without Canvas's number, or by the number alone."""
    said = re.fullmatch(r"(?P<name>.*)\s\((?P<id>\d+)\)", title, re.DOTALL)
    names = {title, said["name"], said["id"]} if said else {title}
    return wanted.strip().casefold() in {one.strip().casefold() for one in names}


def number_in(text: str) -> float | None:
    """Return the number that a cell shows, whichever mark its language has for decimals."""
    plain = text.strip().replace(" ", "").replace("\xa0", "")
    if not re.fullmatch(r"-?\d+(?:[.,]\d+)?", plain, re.ASCII):
        return None
    value = float(plain.replace(",", "."))
    return value if math.isfinite(value) else None


def is_every(texts: Iterable[str], holds: Callable[[str], bool]) -> bool:
    """Return whether something holds for all texts, of which there is at least one."""
    found = [holds(one) for one in texts]
    return bool(found) and all(found)
