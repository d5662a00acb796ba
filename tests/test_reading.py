"""What looks wrong is said before anything is graded: no download becomes one student unasked."""

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.classroom.intake.reading import readings_of_place
from autograder.classroom.intake.roster import open_roster
from autograder.command_line import class_list as listing
from autograder.command_line.class_commands import grade
from autograder.command_line.class_list import Handed, class_list
from exercises.given.errors import CourseError
from tests.platform_rules import CanvasFile, moodle_folder
from tests.test_whose import NUMBERED, canvas_export, laid_out, moodle_export, work

STEM = "ch04_triplet_loss"
FILE = f"{STEM}.py"
OTHER = "ch05_triplet_mining.py"


def written(folder: Path, *paths: str) -> Path:
    """Write a file, an archive or a folder (where the path ends in "/") for each path."""
    for path in paths:
        place = folder / path
        (place if path.endswith("/") else place.parent).mkdir(parents=True, exist_ok=True)
        if path.endswith(".zip"):
            with zipfile.ZipFile(place, "w") as archive:
                archive.writestr(f"work/{FILE}", path)
        elif not path.endswith("/"):
            place.write_text(path)
    return folder


def moodle_files() -> dict[str, bytes]:
    return {
        f"{moodle_folder(f'{first} {last}', number)}/{FILE}": str(number).encode()
        for number, last, first in NUMBERED[:6]
    }


def names(place: Path) -> list[list[str]]:
    return [[one.name for one in reading.students] for reading in readings_of_place(place, {})]


@pytest.mark.parametrize("wrapping", ["", "downloads/"])
def test_a_folder_with_the_download_of_a_class_is_the_class(tmp_path: Path, wrapping: str) -> None:
    place = tmp_path / "here"
    (place / wrapping).mkdir(parents=True)
    laid_out(moodle_files(), "zip", place / wrapping)
    students = class_list(Handed(place))
    assert {work(one) for one in students} == {str(one).encode() for one, _, _ in NUMBERED[:6]}


def test_an_archive_that_may_be_a_class_or_a_students_is_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    laid_out({f"ann/{FILE}": b"1", f"bob/{FILE}": b"2"}, "zip", tmp_path)
    with pytest.raises(CourseError) as stopped:
        class_list(Handed(tmp_path))
    assert "1 student by an archive for each: class" in str(stopped.value)
    assert "2 students by what class.zip holds: ann, bob" in str(stopped.value)
    assert "--students 1 or --students 2" in str(stopped.value)
    assert [one.name for one in class_list(Handed(tmp_path, students=2))] == ["ann", "bob"]
    assert [one.name for one in class_list(Handed(tmp_path, students=1))] == ["class"]
    assert [one.name for one in class_list(Handed(tmp_path / "class.zip"))] == ["ann", "bob"]
    monkeypatch.setattr(listing, "can_ask", lambda: True)
    monkeypatch.setattr(listing.click, "prompt", lambda *_, **__: 2)
    assert [one.name for one in class_list(Handed(tmp_path))] == ["ann", "bob"]
    assert "can be read in two ways" in capsys.readouterr().err
    with pytest.raises(CourseError, match="in two ways"):
        class_list(Handed(tmp_path, yes=True))


def test_archives_of_one_stem_are_no_single_student(tmp_path: Path) -> None:
    people = ["alice", "bob", "carl"]
    same = written(tmp_path / "same", *(f"ps1_2026_11_{one}.zip" for one in people))
    assert names(same) == [[f"ps1_2026_11_{one}" for one in people]]
    counted = [f"ps1_2026_{number}_{one}.zip" for number, one in enumerate(people, start=1)]
    assert names(written(tmp_path / "loose", *counted)) == [["ps1"], people]
    written(tmp_path / "wrapped" / "class", *counted)
    assert [len(one) for one in names(tmp_path / "wrapped")] == [1, 3]
    dated = [f"ps1_2026_11_{28 + number}_{one}.zip" for number, one in enumerate(people)]
    assert names(written(tmp_path / "dated", *dated))[1:] == [people]
    files = [f"ps1_2026_{number}_{one}_{FILE}" for number, one in enumerate(people, start=1)]
    assert [len(one) for one in names(written(tmp_path / "files", *files))] == [1, 3]


def test_what_is_clear_is_not_asked_about(tmp_path: Path) -> None:
    for number, paths in enumerate(
        [
            [f"ann/{FILE}", f"bob/{FILE}"],
            [f"ann/exercises/{FILE}", "ann/solutions/x.py"],
            ["ann.zip", "bob.zip"],
            ["ann.zip"],
            [f"ann/week1/{FILE}", f"ann/week2/{OTHER}", f"bob/week1/{FILE}", f"bob/week2/{OTHER}"],
            [CanvasFile("Doe, Jane", 101, 5, FILE).name(), CanvasFile("Doe, Jane", 101, 6, OTHER).name()],
        ]
    ):  # fmt: skip
        assert len(names(written(tmp_path / str(number), *paths))) == 1


@pytest.mark.parametrize(
    ("paths", "error"),
    [
        ([f"submitted/ann/ps1/{FILE}", "source/", "release/", "nbgrader_config.py"],
         "is a course of nbgrader.*submitted"),
        ([f"submitted/ann/ps1/{FILE}", "nbgrader_config.py"], "is a course of nbgrader"),
        (["inbound/", "outbound/"], "nbgrader's exchange"),
        ([f"ann+ps1+2026-11-03 10:00:00.000000 UTC+x{one}/{FILE}" for one in "ab"],
         "inbound folder of nbgrader's exchange"),
        ([f"ps{week}/{moodle_folder('Jane Doe', one)}/{FILE}" for one in (1, 2) for week in (1, 2)],
         "holds whole downloads"),
        ([f"{student}/ps{one}/{FILE}" for student in ("ann", "bob") for one in (1, 2)],
         "in ps1 and in ps2, and so have 1 others.*--within ps1"),
    ],
)  # fmt: skip
def test_what_is_no_class_is_named_as_what_it_is(
    tmp_path: Path, paths: list[str], error: str
) -> None:
    with pytest.raises(CourseError, match=error):
        class_list(Handed(written(tmp_path, *paths)))


def test_several_assignments_in_an_archive_are_named_too(tmp_path: Path) -> None:
    files = {f"{one}/ps{n}/{FILE}": b"" for one in ("ann", "bob") for n in (1, 2)}
    with pytest.raises(CourseError, match="--within ps1"):
        class_list(Handed(laid_out(files, "zip", tmp_path)))


@pytest.mark.parametrize("form", ["zip", "folder"])
def test_within_reads_one_assignment_of_each_student(tmp_path: Path, form: str) -> None:
    files = {f"{one}/ps{n}/{FILE}": f"{one}{n}".encode() for one in ("ann", "bob") for n in (1, 2)}
    files["carl/ps1/x.txt"] = b""
    found = class_list(Handed(laid_out(files, form, tmp_path), within="ps2"))
    assert {one.name: work(one) for one in found} == {"ann": b"ann2", "bob": b"bob2"}
    with pytest.raises(CourseError, match="no student has"):
        class_list(Handed(laid_out(files, form, tmp_path), within="ps3"))


def test_a_file_without_a_name_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = written(tmp_path, f"ann_{FILE}", f"bob_{FILE}", f"{STEM}_carl.py")
    class_list(Handed(place))
    said = capsys.readouterr().err
    assert "Read as 2 students by the name in front of each file: ann, bob" in said
    assert f"{STEM}_carl.py" in said


def with_roster_of(tmp_path: Path, export: str, files: dict[str, bytes]) -> Handed:
    (tmp_path / "roster.csv").write_text(export, encoding="utf-8")
    return Handed(laid_out(files, "zip", tmp_path), roster=open_roster(tmp_path / "roster.csv"))


def test_a_third_that_is_nobodys_stops_the_run_and_less_does_not(tmp_path: Path) -> None:
    handed = with_roster_of(tmp_path, moodle_export(NUMBERED[2:]), moodle_files())
    with pytest.raises(CourseError, match="2 of 6 submissions are nobody's"):
        class_list(handed)
    handed = with_roster_of(tmp_path, moodle_export(NUMBERED[1:]), moodle_files())
    assert sum(not one.is_enrolled for one in class_list(handed)) == 1


def test_the_worksheet_of_another_assignment_is_known_as_such(tmp_path: Path) -> None:
    shifted = [(number + 1, last, first) for number, last, first in NUMBERED]
    handed = with_roster_of(tmp_path, moodle_export(shifted), moodle_files())
    with pytest.raises(CourseError, match="numbers are those of another assignment"):
        class_list(handed)


def test_hidden_names_of_canvas_are_known_as_such(tmp_path: Path) -> None:
    file = CanvasFile("", 101, 9, FILE, anonymous_id="aB3xY").name()
    handed = with_roster_of(tmp_path, canvas_export(NUMBERED), {file: b"1"})
    with pytest.raises(CourseError, match="Canvas has hidden the names"):
        class_list(handed)


def test_teams_are_said_and_do_not_stop_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {CanvasFile("Losses", 101, 9, FILE).name(): b"1"}
    class_list(with_roster_of(tmp_path, canvas_export(NUMBERED), files))
    assert "get no points before --teams FILE says them: losses (team)" in capsys.readouterr().err


def test_a_team_without_work_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {CanvasFile("Losses", 101, 9, FILE).name(): b"1"}
    (tmp_path / "teams.csv").write_text("team,member\nLosses,102\nGains,103\n", encoding="utf-8")
    handed = with_roster_of(tmp_path, canvas_export(NUMBERED), files)
    found = class_list(replace(handed, teams=tmp_path / "teams.csv"))
    assert [one.learning_platform["canvas_id"] for one in found if one.handed_in] == ["102"]
    assert "No work is named after these teams: Gains" in capsys.readouterr().err


def test_the_command_stops_before_it_grades(tmp_path: Path) -> None:
    laid_out({f"ann/{FILE}": b"1", f"bob/{FILE}": b"2"}, "zip", tmp_path)
    out = tmp_path / "report"
    result = CliRunner().invoke(grade, [str(tmp_path), "--out", str(out), "--yes"])
    assert isinstance(result.exception, CourseError)
    assert not out.exists()
