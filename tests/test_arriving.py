"""The command from what Moodle gave out to what Moodle takes back."""

import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.chapters import ROOT, SOLUTIONS, find_chapter
from autograder.command_line.class_commands import grade
from autograder.grading.checks import checks_of
from exercises.given.errors import CourseError
from tests.platforms.canvas import Course
from tests.platforms.moodle import JAPANESE, Assignment, User
from tests.test_arrivals import canvas_people
from tests.warm_start import run_module

CHAPTER = find_chapter("8")
RIGHT = (SOLUTIONS / f"{CHAPTER.stem}.py").read_bytes()
CHECK = checks_of(CHAPTER)[0]


def handed_in(folder: Path, users: list[User]) -> Path:
    """Write the folders of Moodle's archive of all submissions, for those who handed in."""
    for one in users:
        if one.handed_in:
            place = folder / f"{one.name}_{one.number}_assignsubmission_file"
            place.mkdir(parents=True)
            (place / f"{CHAPTER.stem}.py").write_bytes(RIGHT)
    return folder


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the layers are there on Linux only")
def test_a_class_of_moodle_gets_its_grades_and_a_decision_changes_them(tmp_path: Path) -> None:
    users = [User(11, "アリス 田中"), User(12, "Öz, Ali"), User(13, "Jane Doe", handed_in=False)]
    users[2].grade, users[2].feedback = 3.0, "ill"
    moodle = Assignment(users, 50.0, JAPANESE)
    place = handed_in(tmp_path / "class", users)
    roster, report = tmp_path / "評点.csv", tmp_path / "report"
    roster.write_bytes(moodle.worksheet())
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def run(*command: str) -> str:
        done = run_module("autograder", *command, cwd=ROOT, env=environment, timeout=240)
        assert done.returncode == 0, done
        return done.stdout

    out = ("--out", str(report))
    said = run("grade", str(place), "--roster", str(roster), "--chapter", "8", *out)
    assert 'moodle.csv: 2 grades for "評点", scaled from 5 points to 50' in said
    assert roster.read_bytes() == moodle.worksheet()
    moodle.imported((report / "moodle.csv").read_bytes())
    assert [(one.grade, one.feedback) for one in users] == [(50, ""), (50, ""), (3, "ill")]
    check = CHECK.identity(CHAPTER.stem)
    found = (report / "grades.csv").read_text(encoding="utf-8")
    key = next(line.split(",")[0] for line in found.splitlines() if "Öz" in line)
    run("adjust", key, check, "--points", "0", *out)
    moodle.imported((report / "moodle.csv").read_bytes())
    assert users[1].grade == 50 - 10 * CHECK.points
    assert users[0].grade == 50


def test_what_cannot_arrive_is_refused_before_anything_is_graded(tmp_path: Path) -> None:
    place = handed_in(tmp_path / "class", [User(102, "Ali Öz")])
    roster = tmp_path / "roster.csv"
    arguments = [str(place), "--out", str(tmp_path / "report"), "--roster", str(roster)]

    def refused(*more: str) -> str:
        result = CliRunner().invoke(grade, [*arguments, *more])
        assert isinstance(result.exception, CourseError)
        return str(result.exception)

    roster.write_bytes(Course(canvas_people(), {1: ("A", 1.0), 2: ("B", 1.0)}).exported())
    assert '--assignment: "A (1)", "B (2)"' in refused()
    assert 'no column is called "C"' in refused("--assignment", "C")
    roster.write_text("name\nSomebody Else\n")
    assert "of another course" in refused()
    roster.write_text("time,place\n9,12\n")
    assert 'found "time", "place"' in refused()
    (tmp_path / "report").mkdir()
    own = roster.rename(tmp_path / "report" / "canvas.csv")
    arguments[-1] = str(own)
    assert "written over" in refused()
    assert own.read_text() == "time,place\n9,12\n"
    assert list((tmp_path / "report").iterdir()) == [own]
