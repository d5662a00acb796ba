"""The export of Moodle's gradebook as text: a row for each student, a column for each grade.

grade/export/txt/grade_export_txt.php of Moodle writes the fields of the profile first, the grades
behind them, and last of all in every row the second in which it was exported.
"""

import re
from collections.abc import Iterator

from ..intake.display import shown
from ..intake.enrolled import Enrolled
from .cells import Sheet
from .grade_file import GradeColumn, GradeFile, is_every, number_in
from .moodle_columns import key_columns, keys_in, name_in

KIND = "Moodle's gradebook export"
REPORT = "moodle.csv"
SECOND = re.compile(r"[12]\d{9}", re.ASCII)
NONE = "-"
OF_ACTIVITY = re.compile(r"[:\uff1a]")  # the kind of the activity, and its name; a total has none
# A higher one ends the whole import, unless a site has unlimited grades.
MOST = 100.0
ADVICE = "Export it as plain text, with real grades."
NOTE = "The file does not say what the maximum is: set the assignment's to these points."


def read_moodle_grades(sheet: Sheet) -> GradeFile | None:
    """Return the file, None if it is no such export."""
    width = len(sheet.rows[0])
    rows = [row for row in range(1, len(sheet.rows)) if len(sheet.rows[row]) == width]
    if width < 4 or not is_every(sheet.column(width - 1, rows), _is_second):
        return None
    grades = _grades(sheet, rows, width)
    fields = range(2, min([one.index for one in grades], default=width - 1))
    own = key_columns(sheet, rows, fields)
    if not own:
        return None
    people = dict(_people(sheet, rows, own))
    row_of = {one.line: row for row, one in people.items()}
    everybody = tuple(people.values())
    return GradeFile(
        KIND, REPORT, sheet, everybody, row_of, tuple(grades), advice=ADVICE, note=NOTE
    )


def _is_second(text: str) -> bool:
    return bool(SECOND.fullmatch(text))


def _grades(sheet: Sheet, rows: list[int], width: int) -> list[GradeColumn]:
    """Return the columns of grades: a number or a dash in every row.

    Their headings end in the way that grades are shown, as in "Assignment: Loss (Real)": a number
    of the profile has no such heading.
    """
    return [
        GradeColumn(column, title, most=MOST, is_usual=bool(OF_ACTIVITY.search(title)))
        for column in range(2, width - 1)
        if (title := sheet.text(0, column)).endswith((")", "\uff09"))
        and is_every(sheet.column(column, rows), _is_grade)
    ]


def _is_grade(text: str) -> bool:
    return text == NONE or number_in(text) is not None


def _people(sheet: Sheet, rows: list[int], own: list[int]) -> Iterator[tuple[int, Enrolled]]:
    for row in rows:
        keys = keys_in(sheet, row, own)
        if keys:  # Moodle knows a row by one of these
            name = name_in(sheet, row, 0, 1) or sheet.text(row, own[0])
            yield row, Enrolled(shown(name), sheet.lines[row], keys)
