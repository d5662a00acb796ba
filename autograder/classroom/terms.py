"""On what terms a class's records become points, kept beside them: every command reports alike."""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from exercises.given.errors import CourseError
from exercises.given.files import replacing

from .grade_files.canvas_grades import REPORT as CANVAS
from .grade_files.cells import Sheet
from .grade_files.grade_file import GradeColumn, GradeFile, chosen_column
from .grade_files.known import recognised
from .grade_files.worksheet import REPORT as WORKSHEET
from .intake.roster import Roster
from .intake.students import Source
from .rubric import Rubric

FILE = "terms.json"
REPORTS = (WORKSHEET, CANVAS)  # what the files that come back are called


@dataclass(frozen=True)
class Terms:
    """What an instructor said in the last run, and whose the rows of the roster are.

    chapters: the stems that count; all where there are none. roster: a platform's file as it was
    handed over; title: its column for the grades. students: for a line of the roster, the student
    whose work of this run it is; absent: for every other line, the row of the absent person.
    absent_is_zero: who handed in nothing has 0 points, not an unknown number. feedback: whether the
    platform's column of feedback is ours to fill.
    """

    chapters: tuple[str, ...] = ()
    roster_name: str = ""
    roster: bytes = b""
    title: str = ""
    students: dict[int, str] = field(default_factory=dict)
    absent: dict[int, str] = field(default_factory=dict)
    absent_is_zero: bool = False
    feedback: bool = False

    def with_roster(
        self, roster: Roster, wanted: str | None, students: Sequence[Source]
    ) -> "Terms":
        """Return the terms with a roster and whose its lines are. Raises CourseError.

        wanted: which column of a platform's file is for the grades.
        """
        column = chosen_column(roster.file, roster.name, wanted) if roster.file else None
        lines = [(line, one) for one in students for line in one.lines]
        return replace(
            self,
            roster_name=roster.name,
            roster=roster.file.sheet.content if roster.file else b"",
            title=column.title if column else "",
            students={line: one.student for line, one in lines if one.handed_in},
            absent={line: one.student for line, one in lines if not one.handed_in},
        )

    def counted(self, rubric: Rubric) -> Rubric:
        """Return the rubric of the chapters that count."""
        return rubric.of(self.chapters) if self.chapters else rubric

    def file(self) -> tuple[GradeFile, GradeColumn] | None:
        """Return the platform's file and its column for the grades, None if there is no file."""
        file = recognised(Sheet(self.roster)) if self.roster else None
        fitting = [one for one in file.columns if one.title == self.title] if file else []
        return (file, fitting[0]) if file and fitting else None


def require_elsewhere(roster: Path, folder: Path) -> None:
    """Raise CourseError if a roster is one of the files that the reports are written over."""
    ours = [folder / name for name in REPORTS]
    if any(one.exists() and roster.exists() and one.samefile(roster) for one in ours):
        raise CourseError(
            f"{roster}: would be written over. Name the file that the platform exported, and keep "
            f"it outside of {folder}."
        )


def keep_terms(folder: Path, terms: Terms) -> None:
    """Keep terms in the folder of a gradebook."""
    plain = asdict(replace(terms, roster=base64.b64encode(terms.roster)))
    plain["roster"] = plain["roster"].decode()
    content = {"digest": _digest(plain), "terms": plain}
    with replacing(folder / FILE) as temporary:
        temporary.write_text(json.dumps(content), encoding="utf-8")


def kept_terms(folder: Path) -> tuple[Terms, list[str]]:
    """Return the terms of a folder, those of a new one if there are none, and what is damaged."""
    path = folder / FILE
    if not path.exists():
        return Terms(), []
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        plain = content["terms"]
        if content["digest"] == _digest(plain):
            return _terms(plain), []
    except (OSError, ValueError, TypeError, KeyError, AttributeError, binascii.Error):
        pass
    return Terms(), [f"{FILE}: run triplet grade again, which says anew what counts"]


def _terms(plain: dict[str, Any]) -> Terms:
    return Terms(
        **{
            **plain,
            "chapters": tuple(plain["chapters"]),
            "roster": base64.b64decode(plain["roster"]),
            "students": {int(line): one for line, one in plain["students"].items()},
            "absent": {int(line): one for line, one in plain["absent"].items()},
        }
    )


def _digest(plain: object) -> str:
    # A key of a dictionary is a text in JSON, whatever it was.
    same = json.loads(json.dumps(plain))
    return hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()
