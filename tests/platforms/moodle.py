"""Moodle 4.5: what it exports of an assignment and of the gradebook, and what it does on import.

The rules, not the code, are those of these files of Moodle 4.5:
mod/assign/gradingtable.php (columns of the worksheet), mod/assign/feedback/offline/importgradeslib.php
(`init`, `next`) and locallib.php (`process_import_grades`), lib/csvlib.class.php
(`load_csv_content`), lib/moodlelib.php (`unformat_float`), grade/export/txt/grade_export_txt.php
(`print_grades`), grade/import/csv/classes/load_data.php (`prepare_import_grade_data`).
"""

import csv
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime

EXPORTED_AT = 1_780_000_000


@dataclass(frozen=True)
class Language:
    """What get_string gives for the headings, and for the participant whose name is hidden."""

    identifier: str
    full_name: str
    status: str
    grade: str
    maximum: str
    changeable: str
    yes: str
    submitted: str
    modified: str
    feedback: str
    participant: str
    handed_in: str
    nothing: str
    decimal: str = "."
    date: str = "%A, %d %B %Y, %I:%M %p"


ENGLISH = Language(
    *("Identifier", "Full name", "Status", "Grade", "Maximum grade", "Grade can be changed", "Yes"),
    *("Last modified (submission)", "Last modified (grade)", "Feedback comments", "Participant "),
    *("Submitted for grading", "No submission"),
)
GERMAN = Language(
    *("ID", "Vollständiger Name", "Status", "Bewertung", "Bestwertung"),
    *("Bewertung kann geändert werden", "Ja", "Zuletzt geändert (Abgabe)"),
    *("Zuletzt geändert (Bewertung)", "Feedback als Kommentar", "Teilnehmer/in"),
    *("Zur Bewertung abgegeben", "Keine Abgabe"),
    decimal=",",
    date="%d. %B %Y, %H:%M",
)
JAPANESE = Language(
    *("ID番号", "フルネーム", "ステータス", "評点", "最大評点", "評点は変更できます", "Yes"),
    *("最終更新日時 (提出)", "最終更新日時 (評点)", "フィードバックコメント", "参加者"),
    *("評定のために提出済み", "未提出"),
    date="%Y年 %m月 %d日 %H:%M",
)
ARABIC = Language(
    *("المعرف", "الاسم الكامل", "الحالة", "العلامة", "العلامة القصوى", "يمكن تغيير العلامة", "نعم"),
    *("آخر تعديل (المهمة)", "آخر تعديل (العلامة)", "تعليقات", "مشارك "),
    *("تم التسليم للتقييم", "لا يوجد تسليم"),
)
LANGUAGES = {"en": ENGLISH, "de": GERMAN, "ja": JAPANESE, "ar": ARABIC}


@dataclass
class User:
    """A participant: number is that of this assignment, as in the names of what is handed in."""

    number: int
    name: str
    email: str = ""
    idnumber: str = ""
    handed_in: bool = True
    grade: float | None = None
    graded_at: datetime | None = None
    feedback: str = ""
    team: str = ""
    is_locked: bool = False


@dataclass
class Assignment:
    """An assignment with its participants; `imported` changes their grades and feedback."""

    users: list[User]
    maximum: float = 100.0
    language: Language = ENGLISH
    is_blind: bool = False
    has_teams: bool = False
    has_feedback: bool = True
    has_text: bool = False  # students may type their work into Moodle
    fields: tuple[str, ...] = ("email",)
    log: list[str] = field(default_factory=list)

    def worksheet(self) -> bytes:
        """Return the file of Download grading worksheet."""
        words, rows = self.language, []
        for user in self.users:
            row = {words.identifier: f"{words.participant}{user.number}"}
            if not self.is_blind:
                row[words.full_name] = user.name
                row |= {one: getattr(user, one) for one in self.fields}
            row[words.status] = words.handed_in if user.handed_in else words.nothing
            if self.has_teams:
                row["Group"] = user.team
            row[words.grade] = "" if user.grade is None else self._float(user.grade)
            row[words.maximum] = self._float(self.maximum)
            row[words.changeable] = "No" if user.is_locked else words.yes
            row[words.submitted] = self._date(EXPORTED if user.handed_in else None)
            if self.has_text:
                row["Online text"] = 'see "ch04"\nand ch05' if user.handed_in else ""
            row[words.modified] = self._date(user.graded_at)
            if self.has_feedback:
                row[words.feedback] = user.feedback
            rows.append(row)
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows(row.values() for row in rows)
        return b"\xef\xbb\xbf" + text.getvalue().encode()

    def imported(self, content: bytes, ignore_modified: bool = False) -> int:
        """Take in a worksheet, and return how many grades were changed; -1 if it is refused."""
        rows = php_rows(content.decode().removeprefix("\ufeff"), ",")
        words, head = self.language, rows[0] if rows else []
        needed = (words.identifier, words.grade, words.modified)
        if any(len(row) != len(head) for row in rows) or not set(needed) <= set(head):
            return -1
        # array keys: of several columns of one name the last is taken
        at = {name: index for index, name in enumerate(head)}
        known, changed = {str(user.number): user for user in self.users}, 0
        for row in rows[1:]:
            user = known.get(row[at[words.identifier]][len(words.participant) :])
            if user is None:
                continue
            stale = self._is_stale(user, row[at[words.modified]]) and not ignore_modified
            value = unformat_float(row[at[words.grade]], words.decimal)
            is_same = user.grade is not None and user.grade == value
            out_of_range = value is not None and not 0 <= value <= self.maximum
            if value is not None and not (is_same or stale or user.is_locked or out_of_range):
                user.grade = value
                changed += 1
            if self.has_feedback and not stale:
                user.feedback = row[at[words.feedback]]
        return changed

    def gradebook(self, delimiter: str = ",", others: tuple[str, ...] = ()) -> bytes:
        """Return the file of the gradebook's export as plain text."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
        items = ["Assignment: Loss (Real)", *others]
        fields = ["First name", "Last name", "ID number", "Institution", "Email address"]
        writer.writerow(
            [*fields, *items, "Course total (Real)", "Last downloaded from this course"]
        )
        for user in self.users:
            first, _, last = user.name.partition(" ")
            grade = "-" if user.grade is None else self._float(user.grade)
            own = [first, last, user.idnumber, "", user.email, grade]
            writer.writerow([*own, *["-" for _ in others], grade, EXPORTED_AT])
        return text.getvalue().encode()

    def gradebook_imported(self, content: bytes, delimiter: str = ",") -> bool:
        """Take in an export, mapped by the email; return whether all of it was taken."""
        rows = php_rows(content.decode(), delimiter)
        at = {name: index for index, name in enumerate(rows[0])}
        new: dict[str, float | None] = {}
        known = {user.email: user for user in self.users}
        for row in rows[1:]:
            email, text = row[at["Email address"]], row[at["Assignment: Loss (Real)"]].strip()
            value = None if text in ("", "-") else unformat_float(text, self.language.decimal)
            if email not in known or (value is not None and value > 100):
                return False
            new[email] = value
        for email, value in new.items():
            known[email].grade = value  # none at all takes a grade away
        return True

    def _float(self, value: float) -> str:
        return f"{value:.2f}".replace(".", self.language.decimal)

    def _date(self, when: datetime | None) -> str:
        return "-" if when is None else when.strftime(self.language.date)

    def _is_stale(self, user: User, text: str) -> bool:
        return user.graded_at is not None and user.graded_at.timestamp() > strtotime(text) + 60


EXPORTED = datetime(2026, 5, 28, 20, 26, tzinfo=UTC)


def strtotime(text: str) -> float:
    """Return the second of an English date; of others nothing, which counts as the year 1970."""
    try:
        return datetime.strptime(text, ENGLISH.date).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0


def unformat_float(text: str, decimal: str) -> float | None:
    """Return the number in a text of a language; what follows another mark for decimals is lost."""
    plain = text.strip().replace(" ", "").replace(decimal, ".")
    if plain == "":
        return None
    number = ""
    for one in plain:  # (float) in PHP takes the longest beginning that is a number
        if not (one.isdigit() or (one == "." and "." not in number) or (one == "-" and not number)):
            break
        number += one
    return float(number) if any(map(str.isdigit, number)) else 0.0


def php_rows(text: str, delimiter: str) -> list[list[str]]:
    """Return rows as fgetcsv reads them, with its escape: a mark behind a backslash ends no cell."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    rows, row, cell, inside, place = [], [], "", False, 0
    while place < len(text):
        one, two = text[place], text[place : place + 2]
        if inside and two == '\\"':
            cell, place = cell + two, place + 2
            continue
        if inside and two == '""':
            cell, place = cell + '"', place + 2
            continue
        if one == '"':
            inside = not inside
        elif one in (delimiter, "\n") and not inside:
            row.append(cell)
            cell = ""
            if one == "\n":
                rows.append(row)
                row = []
        else:
            cell += one
        place += 1
    rows.append([*row, cell])
    return [row for row in rows if row != [""]]
