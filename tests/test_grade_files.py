"""The files of platforms: what is recognised, and cells that change while no other byte does."""

import csv
import io
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.classroom.grade_files.cells import Sheet
from autograder.classroom.grade_files.grade_file import chosen_column, number_in
from autograder.classroom.grade_files.known import recognised
from autograder.classroom.intake.enrolment import with_roster
from autograder.classroom.intake.roster import Enrolled, open_roster
from autograder.classroom.intake.students import Source
from autograder.classroom.reports.tables import TABLES
from autograder.classroom.rubric import default_rubric
from autograder.command_line.class_list import require_matched
from exercises.given.errors import CourseError
from tests.platforms.canvas import Course
from tests.platforms.moodle import LANGUAGES, Assignment, User
from tests.test_arrivals import EXPORTS, OURS, canvas_people, moodle_users

CELL = st.text('aä,;\t:"\r\n\\ -=', max_size=6)


@given(st.lists(st.lists(CELL, min_size=2, max_size=5), min_size=1, max_size=5), st.sampled_from(",;\t:"))  # fmt: skip
def test_cells_are_those_of_the_csv_module(rows: list[list[str]], delimiter: str) -> None:
    rows = [["head"] * len(rows[0]), *rows]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    sheet = Sheet(text.getvalue().encode())
    assert [[cell.text for cell in row] for row in sheet.rows] == rows


@given(st.binary(max_size=200))
def test_any_bytes_come_back(content: bytes) -> None:
    assert Sheet(content).with_cells({}) == content


@given(st.text('aä,;"\r\n', max_size=60), st.text('7.é,;"\r\n', max_size=5), st.data())
def test_a_changed_cell_changes_no_other(text: str, new: str, data: st.DataObject) -> None:
    sheet = Sheet(text.encode())
    if not sheet.rows:
        return
    row = data.draw(st.integers(0, len(sheet.rows) - 1))
    column = data.draw(st.integers(0, len(sheet.rows[row]) - 1))
    cell = sheet.rows[row][column]
    back = sheet.with_cells({(row, column): new}).decode()
    assert back.startswith(text[: cell.start])
    assert back.endswith(text[cell.end :])
    quoted = back[cell.start : len(back) - len(text) + cell.end]
    assert quoted.removeprefix('"').removesuffix('"').replace('""', '"') == new or quoted == new


@pytest.mark.parametrize("mark", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_changed_cell_keeps_the_encoding(mark: str) -> None:
    content = "Größe;Grade\r\nÖz;\r\n".encode(mark)
    assert Sheet(content).with_cells({(1, 1): "7"}) == "Größe;Grade\r\nÖz;7\r\n".encode(mark)


def test_a_mark_that_php_leaves_undoubled_ends_no_cell() -> None:
    sheet = Sheet(b'a,b\n"say \\"hi",2\n')
    assert [sheet.text(1, 0), sheet.text(1, 1)] == ['say \\"hi', "2"]


@pytest.mark.parametrize(
    ("text", "value"),
    [("87.5", 87.5), ("87,50", 87.5), (" 100 ", 100), ("-1", -1), ("", None), ("EX", None), ("1,234.5", None), ("٣", None)],
)  # fmt: skip
def test_a_number_is_read_in_every_language(text: str, value: float | None) -> None:
    assert number_in(text) == value


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_known_and_so_are_its_people(name: str) -> None:
    file = recognised(Sheet(EXPORTS[name]))
    assert file
    assert file.kind.startswith("Canvas") == ("canvas" in name)
    assert len(file.people) == 30
    column = chosen_column(file, name, None)
    assert file.sheet.text(0, column.index) in ("Loss (17)", "Assignment: Loss (Real)") or (
        file.sheet.text(0, column.index) in {one.grade for one in LANGUAGES.values()}
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("is_blind", [False, True])
@pytest.mark.parametrize("has_feedback", [False, True])
@pytest.mark.parametrize("count", [1, 2, 30])
@pytest.mark.parametrize("fields", [(), ("email",), ("idnumber", "email")])
def test_the_columns_of_a_worksheet_are_known_by_their_places(
    language: str, is_blind: bool, has_feedback: bool, count: int, fields: tuple[str, ...]
) -> None:
    words = LANGUAGES[language]
    moodle = Assignment(
        moodle_users()[:count],
        language=words,
        is_blind=is_blind,
        has_feedback=has_feedback,
        fields=fields,
        has_text=has_feedback,
    )
    file = recognised(Sheet(moodle.worksheet()))
    assert file
    (column,) = file.columns
    heads = [cell.text for cell in file.sheet.rows[0]]
    assert (column.title, column.maximum) == (words.grade, 100)
    assert (heads[column.feedback] if column.feedback else "") == (
        words.feedback if has_feedback else ""
    )
    names = [one.name for one in file.people]
    assert names[0] == (f"Participant {moodle.users[0].number}" if is_blind else "Jane Doe")
    if fields and not is_blind and count > 1:
        assert "mail0" in file.people[0].keys


def test_a_gradebook_may_know_students_by_their_numbers_alone() -> None:
    text = (
        "Vorname,Nachname,ID-Nummer,Matrikel,Aufgabe: Loss (Punkte),Kurs gesamt (Punkte),Letzter Download\n"
        '"Jane",Doe,77001,5,-,-,1780000000\n"Ali",Öz,77002,5,"3,50","3,50",1780000000\n'
    )
    file = recognised(Sheet(text.encode()))
    assert file
    assert [one.keys for one in file.people] == [{"77001"}, {"77002"}]
    assert chosen_column(file, "x", None).index == 4
    assert chosen_column(file, "x", "kurs gesamt (punkte)").index == 5


def test_a_list_with_the_headings_of_canvas_is_a_list(tmp_path: Path) -> None:
    assert people(tmp_path, "Student,ID,Section\nJane,7,One\n")[0].keys == {"7"}


@pytest.mark.parametrize("table", TABLES)
def test_a_table_of_ours_is_no_export(table: str) -> None:
    head = next(iter(TABLES[table](default_rubric(), "").head()))
    row = ["Participant 7", "Name 7", *["100" for _ in head[2:]]]
    text = "\n".join(",".join(str(one) for one in line) for line in (head, row, row))
    assert recognised(Sheet(text.encode())) is None


def test_a_suspended_student_has_a_name_without_marks() -> None:
    user = User(7, '<span class="usersuspended">Jane Doe <img src="x" alt="Suspended"></span>')
    file = recognised(Sheet(Assignment([user]).worksheet()))
    assert file
    assert [one.name for one in file.people] == ["Jane Doe"]


def test_rows_of_canvas_that_are_no_people_are_none() -> None:
    for split in (False, True):
        course = Course(canvas_people(), {OURS: ("Loss", 1.0)}, True, split)
        file = recognised(Sheet(course.exported()))
        assert file
        assert [one.learning_platform["canvas_id"] for one in file.people] == [
            str(one.id) for one in course.people
        ]
        assert "login2" in file.people[2].keys


def people(folder: Path, text: str) -> list[Enrolled]:
    path = folder / "roster.csv"
    path.write_text(text, encoding="utf-8")
    return open_roster(path).people


ROSTERS = {
    # nbgrader 0.9.6, nbgrader/plugins/export.py: a row for each assignment of a student
    "nbgrader export": (
        "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,"
        "late_submission_penalty,score,max_score\n"
        "ps1,,,jdoe,Doe,Jane,,0.0,0.0,0.0,9.0\nps1,,,aoz,,,,0.0,0.0,0.0,9.0\n"
        "ps2,,,jdoe,Doe,Jane,,0.0,0.0,0.0,9.0\nps2,,,aoz,,,,0.0,0.0,0.0,9.0\n"
    ),
    # nbgrader/apps/dbapp.py: what `nbgrader db student import` takes, and what `list` prints
    "nbgrader students": "id,first_name,last_name,email,lms_user_id\njdoe,Jane,Doe,,\naoz,,,,\n",
    "nbgrader list": (
        "There are 2 students in the database:\njdoe (Doe, Jane) -- jd@x.org\naoz (None, None) -- None\n"
    ),
    # otter-grader, otter/grade/__init__.py: final_grades.csv has the file, or an identifier
    "otter": "file,q1,q2,percent_correct\nsubmissions/jdoe.ipynb,1,1,1.0\naoz.ipynb,0,1,0.5\n",
    "otter with identifiers": "identifier,q1,total,possible\njdoe,1,1,2\naoz,0,1,2\n",
    # Classroom 50, cli/gh-teacher (FullRosterHeader), and the roster of GitHub Classroom
    "classroom 50": (
        "username,first_name,last_name,email,section,github_id,role\n"
        "jdoe,Jane,Doe,,A,1,student\naoz,,,,B,2,student\nprof,Ada,Lovelace,,,3,teacher\n"
    ),
    "GitHub Classroom": (
        '"identifier","github_username","github_id","name"\n"7","jdoe","1","Jane Doe"\n"8","aoz","2",""\n'
    ),
    "Gradescope": (
        "First Name,Last Name,SID,Email,Role,Section\nJane,Doe,jdoe,j@x.org,Student,\n"
        ",,aoz,a@x.org,Student,\nAda,Lovelace,,ada@x.org,Instructor,\n"
    ),
    "one's own": "login,name\njdoe,Jane Doe\naoz,\n",
}  # fmt: skip


@pytest.mark.parametrize("kind", ROSTERS)
def test_a_roster_may_have_logins_without_names(tmp_path: Path, kind: str) -> None:
    enrolled = people(tmp_path, ROSTERS[kind])
    sources = [Source("jdoe", "jdoe"), Source("aoz", "aoz")]
    found = with_roster(sources, enrolled)
    assert [(one.student, one.handed_in, one.is_enrolled) for one in found] == [
        ("aoz", True, True),
        ("jdoe", True, True),
    ]
    if "otter" not in kind:
        assert found[1].name == "Jane Doe"
    assert all(one.name for one in found)


def test_a_roster_of_no_known_kind_says_what_it_has_and_what_is_known(tmp_path: Path) -> None:
    with pytest.raises(CourseError) as caught:
        people(tmp_path, "﻿Zeit;Raum;Dozent\n9;12;Öz\n")
    assert 'line 1: found "Zeit", "Raum", "Dozent". Known are: Canvas' in str(caught.value)
    assert "name,email" in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"\xff\xfe", b"\xff\xfea", b"PK\x03\x04\x00\x00", b"\x00" * 40, b'"', b",", b"name\n", b"Student,ID,Section\n"],
)  # fmt: skip
def test_what_cannot_be_a_roster_is_an_error_in_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "roster.csv").write_bytes(content)
    with pytest.raises(CourseError, match=r"roster\.csv"):
        open_roster(tmp_path / "roster.csv")


def test_a_roster_of_another_course_is_refused() -> None:
    sources = [Source("ann", "Ann"), Source("bob", "Bob")]
    other = [Enrolled("Carl", 2), Enrolled("Dora", 3)]
    with pytest.raises(CourseError, match=r"2 of 2 .* r.csv: Ann, Bob. .* Carl, Dora"):
        require_matched(with_roster(sources, other), "r.csv")
    require_matched(with_roster(sources, [Enrolled("Ann", 4), Enrolled("Bob", 5)]), "r.csv")
    require_matched(with_roster([], other), "r.csv")


def test_a_large_class_is_matched_in_seconds() -> None:
    count = 20_000
    enrolled = [
        Enrolled(f"First{one} Last{one}", one + 2, frozenset({f"l{one}"})) for one in range(count)
    ]
    sources = [Source(f"last{one}first{one}_{one}", f"last{one}first{one}") for one in range(count)]
    begun = time.perf_counter()
    found = with_roster(sources, enrolled)
    assert time.perf_counter() - begun < 20
    assert all(one.is_enrolled and one.handed_in for one in found)
    assert len(found) == count


def test_no_two_kinds_claim_one_file() -> None:
    from autograder.classroom.grade_files.known import KINDS

    for name, content in EXPORTS.items():
        claims = [kind for kind, read in KINDS.items() if read(Sheet(content))]
        assert len(claims) == 1, name
        assert re.match(r"Canvas|Moodle", claims[0])
