"""The export of Canvas's gradebook: its headings are the same in every language.

lib/gradebook_importer.rb of Canvas knows the first columns by these names, and takes what is behind
them for assignments; lib/gradebook_exporter.rb writes the file.
"""

import re
from collections.abc import Iterator

from ..intake.display import shown
from ..intake.enrolled import Enrolled, keys_of
from ..intake.people import tokens
from .cells import Sheet
from .grade_file import GradeColumn, GradeFile, number_in

KIND = "Canvas's gradebook export"
REPORT = "canvas.csv"
LOGINS = ("SIS User ID", "SIS Login ID", "Integration ID")
# What the importer passes over, wherever it stands in a heading.
COMPUTED = re.compile(r"(?:Current|Final) (?:Score|Points|Grade)|Override (?:Score|Grade|Status)")
TITLE = re.compile(r".*\s\(\d+\)", re.DOTALL)
POSSIBLE = "Points Possible"
POSTING = re.compile(r"\s*(?:Muted|Manual Posting.*)?\s*", re.IGNORECASE | re.DOTALL)
READ_ONLY = re.compile(r"read\s+only")
TEST_STUDENT = frozenset(("student", "test"))
KEPT = {
    "ex": "is excused in Canvas",
    "n/a": "the assignment is not assigned to this student in Canvas",
}
ADVICE = (
    'The grades need the column of an assignment, such as "Chapter 4 (17)". Make the assignment '
    "in Canvas, and export the gradebook again."
)


def read_canvas_grades(sheet: Sheet) -> GradeFile | None:
    """Return the file, None if it is no such export."""
    head = [cell.text.strip() for cell in sheet.rows[0]]
    split = head[:2] == ["LastName", "FirstName"]
    if "ID" not in head or "Section" not in head or not (split or head[0] == "Student"):
        return None
    if not any(POSSIBLE in sheet.text(row, 0) for row in range(1, len(sheet.rows))):
        return None
    people = dict(_people(sheet, head, split))
    return GradeFile(
        KIND,
        REPORT,
        sheet,
        tuple(people.values()),
        {one.line: row for row, one in people.items()},
        tuple(_assignments(sheet, head)),
        KEPT,
        ADVICE,
    )


def _assignments(sheet: Sheet, head: list[str]) -> Iterator[GradeColumn]:
    possible = [row for row in range(1, len(sheet.rows)) if POSSIBLE in sheet.text(row, 0)]
    for column in range(head.index("Section") + 1, len(head)):
        title = head[column]
        worth = sheet.text(possible[0], column) if possible else ""
        if TITLE.fullmatch(title) and not COMPUTED.search(title) and not READ_ONLY.search(worth):
            yield GradeColumn(column, title, number_in(worth))


def _people(sheet: Sheet, head: list[str], split: bool) -> Iterator[tuple[int, Enrolled]]:
    logins = [head.index(one) for one in LOGINS if one in head]
    for row in range(1, len(sheet.rows)):
        name = _name(sheet, row, split)
        if POSSIBLE in sheet.text(row, 0) or _is_posting(sheet, row):
            continue
        number = sheet.text(row, head.index("ID"))
        keys = frozenset().union(*(keys_of(sheet.text(row, one)) for one in logins))
        if (name or number) and frozenset(tokens(name)) != TEST_STUDENT:
            known = {"canvas_id": number} if number else {}
            yield row, Enrolled(shown(name or number), sheet.lines[row], keys, known)


def _name(sheet: Sheet, row: int, split: bool) -> str:
    parts = [sheet.text(row, 1), sheet.text(row, 0)] if split else [sheet.text(row, 0)]
    # Canvas writes ="=name" for a name that a spreadsheet would compute.
    plain = [re.sub(r'^="(.*)"$', r"\1", part, flags=re.DOTALL) for part in parts]
    return " ".join(plain).strip()


def _is_posting(sheet: Sheet, row: int) -> bool:
    """Return whether a row says which assignments are posted by hand: it has nothing else."""
    return all(POSTING.fullmatch(cell.text) for cell in sheet.rows[row])
