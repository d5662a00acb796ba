"""How platforms give out a class: the name of each file, and the list of who is enrolled.

Moodle: `get_student_prefix` in mod/assign/classes/downloader.php names the folders, PARAM_FILE of
`clean_param` in lib/moodlelib.php says what is taken out of a name, and
mod/assign/gradingtable.php writes the worksheet. Canvas: `get_filename` and `sanitize_user_name` in
lib/content_zipper.rb name the files, and lib/gradebook_exporter.rb writes the gradebook.
"""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Protocol

from ..intake.display import safe_key
from .made_up_people import MadeUpPerson
from .made_up_work import ABSENT, LATE, MadeUpWork

Row = tuple[str, ...]
POINTS = "100.00"


class GivenOut(Protocol):
    """A way to give out a class.

    roster: the name of the list of who is enrolled. mark: what that file begins with.
    """

    roster: str
    mark: str

    def head(self) -> Iterator[Row]:
        """Yield the rows before the first person."""

    def row(self, work: MadeUpWork) -> Row:
        """Return the row of a person."""

    def tail(self) -> Iterator[Row]:
        """Yield the rows behind the last person."""

    def key(self, person: MadeUpPerson) -> str:
        """Return what the grader's tables call the work of a person."""

    def path(self, work: MadeUpWork, place: int, file: str) -> PurePosixPath:
        """Return where a file lies among the submissions; place counts the person's files."""


class MoodleGivesOut:
    """The archive of all submissions of an assignment, unpacked, and the grading worksheet."""

    roster = "worksheet.csv"
    mark = "\ufeff"

    def head(self) -> Iterator[Row]:
        yield (
            *("Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade"),
            *("Grade can be changed", "Last modified (submission)", "Last modified (grade)"),
            "Feedback comments",
        )

    def row(self, work: MadeUpWork) -> Row:
        person, absent = work.person, work.has(ABSENT)
        handed_in = "Monday, 7 September 2026, 9:30 AM"
        if work.has(LATE):
            handed_in = "Wednesday, 9 September 2026, 11:05 PM"
        return (
            *(f"Participant {_number(person)}", person.name, _email(person)),
            "No submission" if absent else "Submitted for grading",
            *("", POINTS, "Yes", "-" if absent else handed_in, "-", ""),
        )

    def tail(self) -> Iterator[Row]:
        yield from ()

    def key(self, person: MadeUpPerson) -> str:
        return safe_key(self._prefix(person))

    def path(self, work: MadeUpWork, place: int, file: str) -> PurePosixPath:
        return PurePosixPath(f"{self._prefix(work.person)}_assignsubmission_file", file)

    @staticmethod
    def _prefix(person: MadeUpPerson) -> str:
        return _without_signs(f"{person.name.replace('_', ' ')}_{_number(person)}")


class CanvasGivesOut:
    """The download of all submissions of an assignment, unpacked, and the gradebook's export."""

    roster = "gradebook.csv"
    mark = ""

    def head(self) -> Iterator[Row]:
        own = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
        yield *own, "Metric learning (17)", "Current Score", "Final Score"
        yield "    Points Possible", *("" for _ in own[1:]), POINTS, "(read only)", "(read only)"

    def row(self, work: MadeUpWork) -> Row:
        person = work.person
        ids = (str(_number(person)), f"sis-{_number(person)}", person.login)
        return person.sortable, *ids, "Metric learning", "", "", ""

    def tail(self) -> Iterator[Row]:
        yield "Student, Test", "1", "", "0123abcd", "Metric learning", "", "", ""

    def key(self, person: MadeUpPerson) -> str:
        return safe_key(f"{self._name(person)}_{_number(person)}")

    def path(self, work: MadeUpWork, place: int, file: str) -> PurePosixPath:
        person = work.person
        late = "_LATE" if work.has(LATE) else ""
        upload = 100 * (person.place + 10_000) + place
        return PurePosixPath(f"{self._name(person)}{late}_{_number(person)}_{upload}_{file}")

    @staticmethod
    def _name(person: MadeUpPerson) -> str:
        joined = re.sub(r"_([0-9]+)_", r"\1", person.sortable).lower()
        return "".join(one for one in joined if _is_word(one))


class InFolders:
    """A folder for each, named by the login, and a list of who is enrolled."""

    roster = "roster.csv"
    mark = ""

    def head(self) -> Iterator[Row]:
        yield "name", "login", "email"

    def row(self, work: MadeUpWork) -> Row:
        return work.person.name, work.person.login, _email(work.person)

    def tail(self) -> Iterator[Row]:
        yield from ()

    def key(self, person: MadeUpPerson) -> str:
        return safe_key(person.login)

    def path(self, work: MadeUpWork, place: int, file: str) -> PurePosixPath:
        return PurePosixPath(work.person.login, file)


LAYOUTS: dict[str, GivenOut] = {
    "folders": InFolders(),
    "moodle": MoodleGivesOut(),
    "canvas": CanvasGivesOut(),
}


def _number(person: MadeUpPerson) -> int:
    return 40_001 + 3 * person.place


def _email(person: MadeUpPerson) -> str:
    return f"{person.login}@example.org"


def _without_signs(text: str) -> str:
    """Return a file name without what Moodle takes out of it."""
    return re.sub(r"[\x00-\x1f\x7f]|[&<>\"`|':\\/]", "", text)


def _is_word(character: str) -> bool:
    """Return whether Canvas keeps a character of a name: what Ruby calls [[:word:]]."""
    category = unicodedata.category(character)
    return category[0] in "LM" or category in ("Nd", "Nl", "Pc")
