"""`triplet break --class`: what the examples of a class catch, and what nobody thinks of."""

import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.classroom.intake.naming import is_breaks
from autograder.classroom.intake.students import find_students
from autograder.command_line.cli import cli

HARD = '{"anchor": [(0, 3)], "positive": [(2, 3)], "negative": [(0, 1.5)], "gives": 1.5}'
EASY = '{"anchor": [(0, 0)], "positive": [(0, 1)], "negative": [(0, 9)], "gives": 0}'
WRONG = HARD.replace("1.5}", "7}")


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    """Return a class of five: two with examples, one hostile, one without, one in an archive."""
    place = tmp_path / "submissions"
    texts = {
        "ada": f"TRIPLET_LOSS = [{HARD}]",
        "ben": f"TRIPLET_LOSS = [{EASY}, {WRONG}]",
        "eve": "open('owned', 'w')\nTRIPLET_LOSS = [" + "[" * 300,
    }
    for name, text in texts.items():
        (place / name).mkdir(parents=True)
        (place / name / "breaks.py").write_text(text, encoding="utf-8")
    (place / "dan").mkdir()
    (place / "dan" / "ch04_triplet_loss.py").write_text("def triplet_loss(): pass\n")
    with zipfile.ZipFile(place / "fay.zip", "w") as file:
        file.writestr("exercises/breaks.py", f"TRIPLET_LOSS = [{HARD}]")
    return place


def test_it_names_what_nobody_catches_and_runs_nothing(submissions, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    line = ["break", "triplet_loss", "--class", str(submissions)]
    done = CliRunner().invoke(cli, line, catch_exceptions=False)
    assert done.exit_code == 0
    flowing = " ".join(done.output.split())
    assert "triplet_loss: 3 of 5 students wrote examples" in flowing
    assert "4 examples, 1 with a wrong expectation." in flowing
    assert "- using the margin 1 whatever margin was asked for" in flowing
    assert "- leaving out the cut-off at zero" not in flowing.partition("Caught by")[0]
    assert "eve: breaks.py, line 2: no Python: too many nested parentheses" in flowing
    assert max(map(len, done.output.splitlines())) <= 80
    assert not (tmp_path / "owned").exists()


def test_json_counts_who_catches_what(submissions):
    line = ["break", "triplet_loss", "--class", str(submissions), "--json"]
    found = json.loads(CliRunner().invoke(cli, line, catch_exceptions=False).output)
    assert found["students"] == 5
    assert [one["student"] for one in found["unread"]] == ["eve"]
    (exercise,) = found["exercises"]
    assert exercise["caught_by"]["loss-squared-distance"] == 2
    assert exercise["caught_by"]["loss-no-cut-off"] == 1
    assert exercise["caught_by"]["loss-margin-fixed"] == 0


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("breaks.py", True),
        ("Breaks (1).py", True),
        ("breaks-2.py", True),
        ("doe_breaks.py", True),
        ("breaks.txt", False),
        ("outbreaks.py", False),
        ("breaks" + "_" * 50_000 + "x.py", False),
        ("_breaks" * 8_000 + "x.py", False),
        ("breaksmith.py", False),
        ("ch04_breaks.py", False),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_copy_of_the_file_is_known_by_its_name(name, is_one):
    assert is_breaks(name) == is_one


def test_a_grading_says_that_the_file_is_not_run(submissions):
    sources = {one.name: one for one in find_students(submissions)}
    (aside,) = sources["ada"].read().left_aside
    assert aside.why == "holds examples for triplet break, which are read and never run"
