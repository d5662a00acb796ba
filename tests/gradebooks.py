"""Gradebooks to damage: what is in them, and how a file is changed behind SQLite's back."""

from pathlib import Path

from autograder.classroom.gradebook import FILE, Gradebook, Student
from tests.test_gradebook import GRADE, changed

STUDENTS = [Student(f"s{number:02}", f"Name {number}", True) for number in range(30)]
GRADES = [
    changed(
        GRADE, student=student.student, check=f"ch02:Digits:{number}", observed="o" * 7 * number
    )
    for student in STUDENTS
    for number in range(40)
]
WRITTEN = {*STUDENTS, *GRADES}
PAGE = 4096
LOG = f"{FILE}-wal"


def fill(book: Gradebook) -> None:
    book.put([*STUDENTS, *GRADES])
    book.set_fact("seed", "77")
    for number in range(5):
        book.adjust(
            f"s{number:02}", GRADES[number].record.check, 0.5 * number, "close", "teacher", "now"
        )


def content_of(folder: Path) -> str:
    with Gradebook(folder) as book:
        return book.content()


def files_of(folder: Path) -> dict[str, bytes]:
    """Return what is in the gradebook and its log; looking at one that is closed makes an empty log."""
    paths = [path for path in (folder / FILE, folder / LOG) if path.exists()]
    return {path.name: path.read_bytes() for path in paths if path.stat().st_size}


def overwrite(folder: Path, start: int, content: bytes) -> None:
    with (folder / FILE).open("rb+") as file:
        file.seek(start)
        file.write(content)
