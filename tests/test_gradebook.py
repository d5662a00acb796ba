"""The gradebook keeps every grade that was told, and says which rows it cannot vouch for."""

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.classroom.gradebook import (
    FILE,
    Adjustment,
    DamagedError,
    Grade,
    Gradebook,
    GradebookError,
    Student,
)
from autograder.classroom.gradebook.columns import columns_of, row_of, values_of
from autograder.classroom.submission import LeftAside
from autograder.grading.record import Record, Status

KILLS = 20
GRADE = Grade(
    student="ada",
    record=Record(
        check="ch02:Digits:the length",
        stem="ch02",
        name="Digits",
        title="the length",
        status=Status.WRONG,
        points=3,
        seed=7,
        section="Length",
        observed="len() is 3.",
        expected="It should be 4.",
        misconception="off-by-one",
        says="One is missing.",
        hint="Count again.",
        printed="hello",
    ),
    key="abc",
    level="process",
    seconds=1.5,
    made_at="2026-01-01T00:00:00Z",
)
STUDENT = Student(
    "ada", "Ada <b>", True, (LeftAside("x", "no chapter"),), {"ch02": "no"}, {"late": "yes"}
)
# What a child does until it is killed: write, and say so only when the call has returned.
WRITER = """
import sys
from pathlib import Path
from autograder.classroom.gradebook import Gradebook
from tests.test_gradebook import GRADE, changed
with Gradebook(Path(sys.argv[1])) as book:
    for number in range(int(sys.argv[2]), 10**9):
        both = [changed(GRADE, student=f"s{number}", check=check) for check in ("one", "two")]
        book.put_grades(both)
        print(number, flush=True)
"""


def changed(grade: Grade, **changes: Any) -> Grade:
    """Return a grade of which some fields, or some of its record's, are other ones."""
    own = {name: changes.pop(name) for name in set(changes) & set(Grade.__dataclass_fields__)}
    return replace(grade, record=replace(grade.record, **changes), **own)


def _edit(folder: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(folder / FILE)) as connection, connection:
        assert connection.execute(statement, values).rowcount == 1


def test_grade_put_twice_is_there_once(tmp_path: Path) -> None:
    with Gradebook(tmp_path) as book:
        book.put_grades([GRADE])
        book.put_grades([changed(GRADE, status=Status.PASSED)])
        assert book.grades_of("ada") == [changed(GRADE, status=Status.PASSED)]
        assert len(list(book.grades())) == 1


def test_order_of_rows_is_kept_when_one_is_graded_again(tmp_path: Path) -> None:
    rows = [changed(GRADE, check=check) for check in ("z", "a", "m")]
    with Gradebook(tmp_path) as book:
        book.put_grades(rows)
        book.put_grades([changed(rows[0], status=Status.PASSED)])
        assert [row.record.check for row in book.grades_of("ada")] == ["z", "a", "m"]


def test_grades_come_student_by_student(tmp_path: Path) -> None:
    rows = [changed(GRADE, student=student, check=check) for check in "zam" for student in "ba"]
    with Gradebook(tmp_path) as book:
        book.put_grades(rows)
        found = [(row.student, row.record.check) for row in book.grades()]
    assert found == [(student, check) for student in "ab" for check in "zam"]


def test_everything_is_there_after_reopening(tmp_path: Path) -> None:
    student = STUDENT
    with Gradebook(tmp_path) as book:
        book.put_student(student)
        book.put_grades([GRADE])
        book.set_fact("seed", "7")
        made = book.adjust("ada", GRADE.record.check, 2.5, "close", "teacher", "now")
        content = book.content()
    with Gradebook(tmp_path) as book:
        assert list(book.students()) == [student]
        assert list(book.grades()) == [GRADE]
        assert book.adjustments() == [made]
        assert book.fact("seed") == "7"
        assert book.content() == content
        assert book.damaged == []


def test_fact_can_be_forgotten(tmp_path: Path) -> None:
    with Gradebook(tmp_path) as book:
        book.set_fact("seed", "7")
        book.set_fact("seed", None)
        assert book.fact("seed") is None


def test_dropped_grade_is_gone_and_the_others_stay(tmp_path: Path) -> None:
    rows = [changed(GRADE, check=check) for check in "abc"]
    with Gradebook(tmp_path) as book:
        book.put_grades(rows)
        book.drop_grades("ada", ["b"])
        assert [row.record.check for row in book.grades()] == ["a", "c"]


def test_grades_are_written_all_or_none(tmp_path: Path) -> None:
    with Gradebook(tmp_path) as book:
        bad = changed(GRADE, check="two", observed=object())  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            book.put_grades([GRADE, bad])
        assert list(book.grades()) == []
        book.put_grades([GRADE])
        assert list(book.grades()) == [GRADE]


@pytest.mark.parametrize("row", [GRADE, STUDENT, Adjustment(1, "ada", "", None, "no", "me", "now")])
def test_a_row_comes_back_as_it_was_stored(row: Student | Grade | Adjustment) -> None:
    # What is stored is text and numbers: SQLite knows no truth values.
    stored = [int(one) if isinstance(one, bool) else one for one in values_of(row)]
    assert {type(one) for one in stored} <= {str, Status, int, float, type(None)}
    again = row_of(type(row), stored)
    assert again == row
    assert [type(one) for one in vars(again).values()] == [type(one) for one in vars(row).values()]


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("grades", "status", "passed"),
        ("grades", "points", 4),
        ("grades", "observed", "len() is 4."),
        ("grades", "digest", "0" * 64),
        ("students", "name", "Adb"),
        ("adjustments", "points", 9.0),
    ],
)
def test_changed_row_is_reported_and_not_yielded(
    tmp_path: Path, table: str, column: str, value: object
) -> None:
    with Gradebook(tmp_path) as book:
        for student in ("ada", "bob"):
            book.put_student(Student(student, student, True))
            book.put_grades([replace(GRADE, student=student)])
            book.adjust(student, GRADE.record.check, 1.0, "", "teacher", "now")
    _edit(tmp_path, f"UPDATE {table} SET {column} = ? WHERE student = 'ada'", value)  # noqa: S608
    with Gradebook(tmp_path) as book:
        rows = {"grades": book.grades, "students": book.students, "adjustments": book.adjustments}
        assert [row.student for row in rows[table]()] == ["bob"]  # type: ignore[operator]
        assert len(book.damaged) == 1
        assert book.damaged[0].startswith(f"{table}: ")
        assert "ada" in book.damaged[0]


def test_whole_rows_are_not_called_damaged(tmp_path: Path) -> None:
    texts = ["", "\x00", "é ü 字 \ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16")]
    with Gradebook(tmp_path) as book:
        book.put_grades([changed(GRADE, check=text, observed=text) for text in texts])
        assert [row.record.observed for row in book.grades()] == texts
        assert book.damaged == []


def test_adjustments_keep_history_and_the_newest_is_last(tmp_path: Path) -> None:
    with Gradebook(tmp_path) as book:
        first = book.adjust("ada", GRADE.record.check, 2.0, "close", "teacher", "monday")
        other = book.adjust("bob", GRADE.record.check, 1.0, "", "teacher", "monday")
        second = book.adjust("ada", GRADE.record.check, None, "no, after all", "teacher", "tuesday")
        assert book.adjustments() == [first, other, second]
        assert book.adjustments("ada") == [first, second]
        assert [one.number for one in book.adjustments()] == [1, 2, 3]
        assert book.adjustments("ada")[-1].points is None
        book.put_adjustment(first)
        assert book.adjustments() == [first, other, second]


def _content(folder: Path, grade: Grade) -> str:
    with Gradebook(folder) as book:
        book.put_grades([grade])
        return book.content()


def test_content_ignores_what_is_incidental(tmp_path: Path) -> None:
    other = replace(GRADE, seconds=99.0, made_at="another day")
    assert _content(tmp_path / "a", GRADE) == _content(tmp_path / "b", other)


@pytest.mark.parametrize("name", sorted(set(columns_of(Grade)) - {"seconds", "made_at"}))
def test_content_ignores_nothing_else(tmp_path: Path, name: str) -> None:
    value = dict(zip(columns_of(Grade), values_of(GRADE), strict=True))[name]
    another = value + 1 if isinstance(value, int) else value + "x"
    other = changed(GRADE, **{name: Status.PASSED if name == "status" else another})
    assert _content(tmp_path / "a", GRADE) != _content(tmp_path / "b", other)


def test_content_does_not_depend_on_the_order_of_writing(tmp_path: Path) -> None:
    rows = [replace(GRADE, student=student) for student in "abc"]
    with Gradebook(tmp_path / "a") as one, Gradebook(tmp_path / "b") as two:
        one.put_grades(rows)
        two.put_grades(rows[::-1])
        assert one.content() == two.content()


def _acknowledged_until_killed(folder: Path, first: int, seconds: float) -> list[int]:
    """Let a child write for a while, kill it, and return the rows that it said it had written."""
    command = [sys.executable, "-c", WRITER, str(folder), str(first)]
    root = Path(__file__).parent.parent
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline()]
        time.sleep(seconds)
        child.kill()
        lines += child.stdout.read().splitlines(keepends=True)
    assert child.returncode == -signal.SIGKILL
    # A line that was cut off was not told.
    return [int(line) for line in lines if line.endswith("\n")]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_no_acknowledged_grade_is_lost_when_the_writer_is_killed(tmp_path: Path) -> None:
    told: list[int] = []
    for seed in range(KILLS):
        seconds = float(np.random.default_rng(seed).uniform(0, 0.15))
        told += _acknowledged_until_killed(tmp_path, 10**6 * seed, seconds)
        with Gradebook(tmp_path) as book:
            found = [(row.student, row.record.check) for row in book.grades()]
            damaged = book.damaged
        print(f"kill with seed {seed} after {seconds:.3f} s: {len(told)} told, {len(found)} found")
        assert damaged == []
        assert len(found) == len(set(found))
        assert {(f"s{number}", check) for number in told for check in ("one", "two")} <= set(found)
        assert len(found) % 2 == 0  # both of a student's grades or none


@pytest.mark.parametrize("content", [b"no database\n" * 200, b"x", bytes(range(256)) * 32])
def test_file_that_is_no_database_is_said_to_be_damaged(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(DamagedError, match=FILE):
        Gradebook(tmp_path)
    assert (tmp_path / FILE).read_bytes() == content


def test_another_version_is_refused(tmp_path: Path) -> None:
    with Gradebook(tmp_path) as book:
        book.set_fact("version", "999")
    with pytest.raises(GradebookError, match=r"another version.*999") as caught:
        Gradebook(tmp_path)
    assert not isinstance(caught.value, DamagedError)


def test_folder_that_is_a_file_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(GradebookError, match="file"):
        Gradebook(tmp_path / "file")
