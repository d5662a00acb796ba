"""Moodle's offline grading worksheet: known by where its columns stand, in any language.

mod/assign/gradingtable.php of Moodle writes them in this order: the identifier, the full name
unless marking is blind, fields of the profile, the status, perhaps the team and the marker, the
grade, the maximum, perhaps the state of the workflow, whether the grade can be changed, what was
handed in, when the grade was last modified, and a column for each kind of feedback.
"""

import re
from collections.abc import Iterator

from ..intake.display import shown
from ..intake.enrolled import Enrolled
from .cells import Sheet
from .grade_file import GradeColumn, GradeFile, is_every, number_in
from .moodle_columns import key_columns, keys_in, name_in

KIND = "Moodle's grading worksheet"
REPORT = "moodle.csv"
# "Participant 12" in its language: a word that all rows share, and a number.
PARTICIPANT = re.compile(r"(?P<word>\D*\D)(?P<number>[0-9]+)", re.DOTALL)
MODIFIED = "last modified (grade)"
DATE = re.compile(r"(?=.*\d{4})(?=.*\d{1,2}[:.h]\d{2})", re.DOTALL)  # a year, and a time of day
LONGEST_DATE = 100
NEVER = "-"  # where Moodle would show a date
ADVICE = (
    "Moodle grades this assignment by a scale, or shows no grade: choose Grade > Type > Point in "
    "its settings, and download the worksheet again."
)

# Moodle reads the dates as English ones; of another it believes that the grade is newer than that.
NOTE = (
    "In Moodle, allow updating records that were modified more recently: it cannot read the dates "
    "of its own file in this language."
)


def read_worksheet(sheet: Sheet) -> GradeFile | None:
    """Return the file, None if it is no worksheet."""
    rows = _participants(sheet)
    if not rows:
        return None
    width = len(sheet.rows[0])
    marked = _last_modified(sheet, rows, width)
    if marked is None or any(len(sheet.rows[row]) != width for row in rows):
        return None
    grade = _grade(sheet, rows, marked)
    columns = []
    if grade is not None:
        feedback = marked + 1 if marked + 1 < width else None
        maximum = number_in(sheet.text(rows[0], grade + 1))
        columns = [GradeColumn(grade, sheet.text(0, grade), maximum, maximum, feedback)]
    people = dict(_people(sheet, rows, grade))
    return GradeFile(
        KIND,
        REPORT,
        sheet,
        tuple(people.values()),
        {one.line: row for row, one in people.items()},
        tuple(columns),
        advice=ADVICE,
        note="" if _moodle_reads(sheet, rows, marked) else NOTE,
    )


def _participants(sheet: Sheet) -> list[int]:
    """Return the rows with an identifier; those without one are nobody's, and stay as they are."""
    said = {row: PARTICIPANT.fullmatch(sheet.text(row, 0)) for row in range(1, len(sheet.rows))}
    words = {one["word"] for one in said.values() if one}
    return [row for row, one in said.items() if one] if len(words) == 1 else []


def _last_modified(sheet: Sheet, rows: list[int], width: int) -> int | None:
    """Return the last column of dates: before it is what was handed in, behind it is feedback."""
    heads = [sheet.text(0, column).casefold() for column in range(width)]
    if MODIFIED in heads:
        return heads.index(MODIFIED)
    for column in range(width - 1, 3, -1):
        if is_every(sheet.column(column, rows), _is_date):
            return column
    return None


def _moodle_reads(sheet: Sheet, rows: list[int], marked: int) -> bool:
    dates = set(sheet.column(marked, rows)) - {NEVER}
    return not dates or sheet.text(0, marked).casefold() == MODIFIED


def _is_date(text: str) -> bool:
    """Return whether a text is a date and a time of day, in some language, or says never."""
    return text == NEVER or bool(len(text) < LONGEST_DATE and DATE.search(text))


def _grade(sheet: Sheet, rows: list[int], marked: int) -> int | None:
    """Return the column of the grade: the maximum, equal in all rows, is right behind it."""
    for column in range(marked - 2, 1, -1):
        maxima = {number_in(text) for text in sheet.column(column, rows)}
        most = maxima.pop()
        if maxima or most is None or most <= 0:
            continue
        if all(_is_grade(text, most) for text in sheet.column(column - 1, rows)):
            return column - 1
    return None


def _is_grade(text: str, most: float) -> bool:
    value = number_in(text)
    return text == "" or (value is not None and 0 <= value <= most)


def _people(sheet: Sheet, rows: list[int], grade: int | None) -> Iterator[tuple[int, Enrolled]]:
    described = range(1, len(sheet.rows[0]) if grade is None else grade)
    has_names = _has_names(sheet, rows, grade)
    own = [] if grade is None else key_columns(sheet, rows, described[int(has_names) :])
    for row in rows:
        said = PARTICIPANT.fullmatch(sheet.text(row, 0))
        number = said["number"] if said else ""
        name = name_in(sheet, row, 1) if has_names else ""
        yield (
            row,
            Enrolled(
                shown(name or f"Participant {number}"),
                sheet.lines[row],
                keys_in(sheet, row, own),
                {"moodle_id": number},
            ),
        )


def _has_names(sheet: Sheet, rows: list[int], grade: int | None) -> bool:
    """Return whether the second column has names: where marking is blind, the status stands there.

    Then there is no address, and what follows, such as the team, differs more than the status.
    """
    heading = sheet.text(0, 1).casefold()
    if heading in ("full name", "status"):
        return heading == "full name"
    if grade is None or grade == 2:
        return grade is None
    between = [sheet.column(column, rows) for column in range(1, grade)]
    if any("@" in text for texts in between for text in texts):
        return True
    first, second = (len(set(texts)) for texts in between[:2])
    return first >= second or first > 0.6 * len(rows)
