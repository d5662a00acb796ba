"""The table of students: a short line of JSON for each, which the page draws as a row."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..graded_students import GradedStudent
from ..templating import feedback_name

SHADES = 5  # of what is missing; none for all points
LATE, ADJUSTED = 1, 2


def line_of(student: GradedStudent) -> str:
    """Return what the table says of a student, as compact JSON.

    The name, the key and the page's file (0 where it is what stands before it), the points, those
    of each chapter, what is marked, and what the platform says of being late.
    """
    own = student.student
    page = feedback_name(own.student).removesuffix(".html")
    late = student.platform("late")
    marks = LATE * bool(late) + ADJUSTED * any(one.adjusted for one in student.score.checks)
    row = [
        own.name,
        0 if own.student == own.name else own.student,
        0 if page == own.student else page,
        _rounded(student.score.earned),
        [_rounded(points) for points in student.chapter_points()],
        marks,
        0 if late in ("", "yes") else late,
    ]
    return compact(row)


def with_status(line: str, status: int, shown: Sequence[tuple[int, int]]) -> str:
    """Return a line with the number of its status, and each finding with the check's number."""
    pairs = [number for one in shown for number in one]
    return f"{line[:-1]},{status}{''.join(f',{number}' for number in pairs)}]"


def compact(value: Any) -> str:
    """Return JSON that is short, and that ends no script and begins no element in a page."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


@dataclass(frozen=True)
class StudentRow:
    """A line as the page without JavaScript shows it."""

    name: str
    student: str
    page: str
    points: float | None
    chapters: list[float | None]
    late: str
    is_adjusted: bool
    status: int


def row_of(line: str) -> StudentRow:
    """Return the row of a line with its status."""
    name, key, page, points, chapters, marks, late, status, *_ = json.loads(line)
    key = key or name
    late = (late or "late") if marks & LATE else ""
    return StudentRow(
        name, key, page or key, points, chapters, late, bool(marks & ADJUSTED), status
    )


def shade_of(points: float | None, worth: float) -> str:
    """Return the class of a cell: the more points are missing, the stronger its colour."""
    if points is None:
        return "unknown"
    missing = 1 - points / worth if worth else 0.0
    return f"missing-{max(0, min(SHADES, math.ceil(missing * SHADES - 1e-9)))}"


def _rounded(points: float | None) -> float | None:
    """Return points as a report shows them; whole ones without a decimal point."""
    if points is None:
        return None
    rounded = round(points, 4)
    return int(rounded) if rounded == int(rounded) else rounded
