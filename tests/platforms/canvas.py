"""Canvas: what it exports of a gradebook, and what it changes when that file is imported.

The rules, not the code, are those of lib/gradebook_exporter.rb (`csv_data`) and of
lib/gradebook_importer.rb (`check_for_non_student_row`, `update_column_count`,
`strip_non_assignment_columns`, `process_student`, `process_submissions`, `no_change_to_value?`,
`identify_delimiter`, the converter `decimal_comma_to_period`) of canvas-lms, 2025.
"""

import csv
import io
import re
from dataclasses import dataclass, field

COMPUTED = re.compile("|".join(
    f"{kind} {what}"
    for kind, whats in {
        "Current": ("Score", "Points", "Grade"),
        "Final": ("Score", "Points", "Grade"),
        "Override": ("Score", "Grade", "Status"),
    }.items()
    for what in whats
))  # fmt: skip
EXCUSED = "EX"
Grade = float | str | None


@dataclass
class Person:
    """A user of a course; sortable is what the export calls them."""

    id: int
    sortable: str
    login: str = ""
    sis: str = ""
    grades: dict[int, Grade] = field(default_factory=dict)
    assigned: set[int] | None = None

    def has(self, assignment: int) -> bool:
        return self.assigned is None or assignment in self.assigned


@dataclass
class Course:
    """A course: its assignments by id, each with a title and the points that are possible."""

    people: list[Person]
    assignments: dict[int, tuple[str, float]]
    posted_by_hand: bool = False
    is_split: bool = False
    has_sis: bool = True
    has_integration: bool = False
    delimiter: str = ","
    has_mark: bool = False
    decimal: str = "."

    def exported(self) -> bytes:
        """Return the file of Export > Export entire gradebook."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=self.delimiter, lineterminator="\n")
        head = ["LastName", "FirstName"] if self.is_split else ["Student"]
        head += ["ID", *(["SIS User ID"] if self.has_sis else []), "SIS Login ID"]
        head += ["Integration ID"] if self.has_integration else []
        head.append("Section")
        own = len(head)
        titles = [f"{title} ({number})" for number, (title, _) in self.assignments.items()]
        totals = ["Assignments Current Score", "Current Score", "Final Score", "Final Grade"]
        writer.writerow([*head, "Notes", *titles, *totals])
        if self.posted_by_hand:
            hidden = ["Manual Posting" for _ in titles]
            writer.writerow(["" for _ in range(own + 1)] + hidden + ["" for _ in totals])
        worth = [self._number(points) for _, points in self.assignments.values()]
        blank = ["" for _ in range(own - 1)]
        writer.writerow(
            ["    Points Possible", *blank, "", *worth, *["(read only)" for _ in totals]]
        )
        for one in [*self.people, Person(999_999, "Student, Test", "0123abcd")]:
            last, _, first = one.sortable.partition(", ")
            names = [last, first] if self.is_split else [one.sortable]
            names = [f'="{name}"' if name.lstrip().startswith("=") else name for name in names]
            row = [*names, one.id, *([one.sis] if self.has_sis else []), one.login]
            row += [f"int-{one.id}"] if self.has_integration else []
            cells = [self._cell(one, number) for number in self.assignments]
            writer.writerow([*row, "One and Two", "a note", *cells, "50", "50", "50", "F"])
        mark = b"\xef\xbb\xbf" if self.has_mark else b""
        return mark + text.getvalue().encode()

    def imported(self, content: bytes) -> dict[tuple[int, int], Grade]:
        """Take in an export, and return what it changed: by person and assignment, None cleared."""
        text = content.decode("utf-8-sig")
        delimiter = self._delimiter(text)
        rows = [
            row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row
        ]
        rows = [row for row in rows if not all(cell.strip(" ;,") == "" for cell in row)]
        head, *rest = rows
        columns = {}
        for index in range(head.index("Section") + 1, len(head)):
            said = re.fullmatch(r"(.*)\s\((\d+)\)", head[index], re.DOTALL)
            if said and not COMPUTED.search(head[index]):
                columns[int(said[2])] = index
        read_only: set[int] = set()
        changes: dict[tuple[int, int], Grade] = {}
        for row in rest:
            if "Points Possible" in row[0]:
                for number, index in columns.items():
                    if re.search(r"read\s+only", row[index]):
                        read_only.add(number)
                continue
            if all(re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", one, re.I) for one in row):
                continue
            person = self._person(row, head)
            for number, index in columns.items():
                if person and number not in read_only:
                    self._grade(person, number, self._converted(row[index].strip()), changes)
        return changes

    def _grade(
        self, person: Person, number: int, text: str, changes: dict[tuple[int, int], Grade]
    ) -> None:
        before = person.grades.get(number)
        text = text if person.has(number) else ""
        new: Grade = EXCUSED if text.upper() == EXCUSED else None
        if re.fullmatch(r"-?\d+(\.\d+)?", text):
            new = float(text)
        same = new == before or (text in ("", "-") and before is None)
        if isinstance(new, float) and isinstance(before, float):
            same = f"{new:.2f}" == f"{before:.2f}"
        if not same:
            person.grades[number] = changes[person.id, number] = new

    def _person(self, row: list[str], head: list[str]) -> Person | None:
        number = row[2 if head[0] == "LastName" else 1]
        login = row[head.index("SIS Login ID")]
        for one in self.people:
            if str(one.id) == number:
                return one
        fitting = [one for one in self.people if login and one.login == login]
        return fitting[0] if fitting else None

    def _cell(self, one: Person, number: int) -> str:
        if not one.has(number):
            return "N/A"
        grade = one.grades.get(number)
        return grade if isinstance(grade, str) else "" if grade is None else self._number(grade)

    def _number(self, value: float) -> str:
        return f"{value:.2f}".replace(".", self.decimal)

    @staticmethod
    def _converted(text: str) -> str:
        if not re.fullmatch(r"-?[0-9.,]+%?", text):
            return text
        *whole, last = re.split(r"[.,]", text)
        return f"{''.join(whole)}.{last}" if whole else last

    @staticmethod
    def _delimiter(text: str) -> str:
        counts = {}
        for one in ";,":
            found = {len(next(csv.reader([line], delimiter=one))) for line in text.splitlines()[:3]}
            counts[one] = found.pop() if len(found) == 1 else 0
        return ";" if counts[";"] > counts[","] else ","
