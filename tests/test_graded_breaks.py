"""The examples of a class in its reports: their own bar, points if the rubric says so."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.breaks.worth import Worth, worth_from
from autograder.classroom import kept_breaks as keeping
from autograder.classroom.gradebook import Gradebook, Student
from autograder.classroom.kept_breaks import FILE, BreaksFile, ReadBreaks, kept_breaks, look_at
from autograder.classroom.reports import write_reports
from autograder.classroom.rubric import (
    Rubric,
    default_rubric,
    read_rubric,
    read_rubric_of_checks,
    rubric_text,
)
from autograder.classroom.scores import score_of
from autograder.command_line.cli import cli
from exercises.given.errors import CourseError
from tests.test_class_breaks import EASY, HARD, WRONG

LOSS = "breaks:triplet_loss:examples"
PAID = Rubric({LOSS: 10})
TEXTS = {
    "ada": f"TRIPLET_LOSS = [{HARD}]",
    "ben": f"TRIPLET_LOSS = [{WRONG}]",
    "eve": "open('owned', 'w')\nTRIPLET_LOSS = [" + "[" * 300,
    "nan": "TRIPLET_LOSS = [{'anchor': float('nan')}]",
}


def file_of(text: str) -> BreaksFile:
    return BreaksFile("exercises/breaks.py", text.encode())


def written(folder: Path, rubric: Rubric) -> Path:
    """Write the reports of those with examples, of one without, of one absent; return their place."""
    with Gradebook(folder) as book, kept_breaks(folder, to_write=True) as kept:
        for name, text in TEXTS.items():
            book.put_student(Student(name, name, True))
            kept.keep(name, file_of(text))
        book.put_student(Student("dan", "dan", True))
        kept.keep("dan", None)
        book.put_student(Student("gus", "gus", True))  # handed in, and nobody has read it yet
        book.put_student(Student("zoe", "zoe", False))
        write_reports(book, folder / "out", rubric, "Course")
    return folder / "out"


def rows_of(out: Path, table: str) -> dict[str, dict[str, str]]:
    with (out / table).open(encoding="utf-8", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def test_points_are_a_share_of_what_the_best_known_examples_catch(tmp_path):
    worth = look_at(file_of(TEXTS["ada"])).worth["triplet_loss"]
    assert 0 < len(worth.caught) < worth.best
    rows = rows_of(written(tmp_path, PAID), "grades.csv")
    assert float(rows["ada"]["points"]) == pytest.approx(
        10 * len(worth.caught) / worth.best, abs=1e-3
    )


@pytest.mark.parametrize("name", ["ben", "eve", "nan", "dan"])
def test_a_wrong_expectation_a_hostile_file_and_none_earn_nothing(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    assert rows_of(written(tmp_path, PAID), "grades.csv")[name]["points"] == "0"
    assert not (tmp_path / "owned").exists()


def test_what_nobody_has_read_is_no_zero(tmp_path):
    out = written(tmp_path, PAID)
    rows = rows_of(out, "grades.csv")
    assert rows["gus"]["points"] == rows["zoe"]["points"] == ""
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "breaks.py is not read yet: grade again" in page


def test_without_points_the_class_page_says_what_nobody_tests_for(tmp_path):
    out = written(tmp_path, Rubric({}))
    page = " ".join((out / "index.html").read_text(encoding="utf-8").split())
    best = look_at(file_of(TEXTS["ada"])).worth["triplet_loss"]
    missed = len(best.countable) - len(best.caught)
    assert f"{missed} of {len(best.countable)} mistakes are caught by nobody" in page
    assert "using the margin 1 whatever margin was asked for" in page
    assert "breaks.py, line 2: no Python" in page
    own = (out / "feedback" / "ada.html").read_text(encoding="utf-8")
    assert "1 example: " in own
    assert "<meter" in own
    assert "<meter" not in (out / "feedback" / "dan.html").read_text(encoding="utf-8")


def test_the_tables_and_json_say_what_was_read(tmp_path):
    out = written(tmp_path, PAID)
    check = rows_of(out, "checks.csv")["ada"]
    assert (check["check"], check["status"]) == (LOSS, "read")
    assert check["observed"].startswith("1 example: ")
    students = json.loads((out / "grades.json").read_text(encoding="utf-8"))["students"]
    (ada,) = [one for one in students if one["student"] == "ada"]
    assert ada["breaks"]["worth"]["triplet_loss"]["examples"] == 1


def test_a_class_without_examples_has_no_section_for_them(tmp_path):
    with Gradebook(tmp_path) as book:
        book.put_student(Student("dan", "dan", True))
        write_reports(book, tmp_path / "out", default_rubric(), "Course")
    assert "triplet break" not in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")


def test_a_file_is_read_again_only_where_it_has_changed(tmp_path, monkeypatch):
    looked = []
    monkeypatch.setattr(keeping, "look_at", lambda file: looked.append(file) or ReadBreaks({}))
    with kept_breaks(tmp_path, to_write=True) as kept:
        for text in ("A = []", "A = []", "B = []"):
            kept.keep("ada", file_of(text))
        kept.keep("ada", None)
        kept.keep("ada", None)
    assert len(looked) == 3


def test_damage_is_unknown_and_no_zero(tmp_path):
    with kept_breaks(tmp_path, to_write=True) as kept:
        kept.keep("ada", file_of(TEXTS["ada"]))
    (tmp_path / FILE).write_bytes(b"no database" * 100)
    with kept_breaks(tmp_path) as kept:
        assert kept.of("ada") is None
        assert score_of([], [], PAID, breaks=kept.of("ada")).earned is None


def test_the_rubric_lists_them_at_zero_and_takes_points(tmp_path):
    text = rubric_text(default_rubric())
    assert '"triplet_loss: examples" = 0' in text
    path = tmp_path / "rubric.toml"
    path.write_text(text, encoding="utf-8")
    assert read_rubric(path) == default_rubric()
    path.write_text('[breaks]\n"triplet_loss: examples" = 2.5\n', encoding="utf-8")
    assert read_rubric(path).points[LOSS] == 2.5
    assert read_rubric(path).total == default_rubric().total + 2.5
    assert read_rubric(path).of(["ch04_triplet_loss"]).points[LOSS] == 2.5
    assert LOSS not in read_rubric(path).of(["ch05_triplet_mining"]).points
    with pytest.raises(CourseError, match="only triplet grade knows shares"):
        read_rubric_of_checks(path)


def test_what_is_kept_comes_back_as_it_was():
    worth = Worth("triplet_loss", 2, 1, 0, ("a",), ("a", "b"), 2)
    assert worth_from(json.loads(json.dumps(worth.as_dict()))) == worth
    assert worth.says == "2 examples: 1 of 2 mistakes. 1 wrong expectation."
    assert worth.share == 0.5


@pytest.mark.slow
def test_triplet_grade_reads_them(tmp_path):
    place = tmp_path / "class"
    for name, text in {"ada": TEXTS["ada"], "bob": f"TRIPLET_LOSS = [{EASY}, {HARD}]"}.items():
        (place / name).mkdir(parents=True)
        (place / name / "breaks.py").write_text(text, encoding="utf-8")
    rubric = tmp_path / "rubric.toml"
    rubric.write_text('[breaks]\n"triplet_loss: examples" = 10\n', encoding="utf-8")
    line = ["grade", str(place), "--out", str(tmp_path / "out"), "--rubric", str(rubric)]
    done = CliRunner().invoke(cli, [*line, "--yes", "--students", "2"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    rows = rows_of(tmp_path / "out", "grades.csv")
    assert 0 < float(rows["ada"]["points"]) < float(rows["bob"]["points"]) < 10
