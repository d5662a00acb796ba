"""`triplet break`: what is printed, how it ends, and the file that a learner fills in."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from autograder.chapters import BREAKS, EXERCISES, ROOT
from autograder.command_line import break_command
from autograder.command_line.cli import cli
from autograder.learner.reset import reset_chapter
from autograder.stubs import is_untouched, stub_of

EXAMPLE = '{"anchor": [(0, 3)], "positive": [(2, 3)], "negative": [(0, 1.5)], "gives": 1.5}'
NOTHING_RIGHT = '{"anchor": [(0, 3)], "positive": [(2, 3)], "negative": [(0, 1.5)], "gives": 9}'


@pytest.fixture
def said(tmp_path: Path, monkeypatch):
    """Return a function: what the command says of this text, with these arguments."""
    folder = tmp_path / "exercises"
    folder.mkdir()
    monkeypatch.setattr(break_command, "EXERCISES", folder)

    def run(text: str, *arguments: str) -> Result:
        (folder / "breaks.py").write_text(text, encoding="utf-8")
        return CliRunner().invoke(cli, ["break", *arguments], catch_exceptions=False)

    return run


def test_it_says_how_many_are_caught_and_asks_about_one_that_gets_away(said):
    done = said(f"TRIPLET_LOSS = [{EXAMPLE}]", "triplet_loss")
    assert done.exit_code == 1
    caught = re.search(r"^○ triplet_loss +\[#+-+\] +(\d+) of (\d+)", done.output, re.M)
    assert caught
    assert 0 < int(caught[1]) < int(caught[2])
    flowing = " ".join(done.output.split())
    assert f"Your example catches {caught[1]} of {caught[2]} mistakes." in flowing
    assert "One that gets away: " in flowing
    assert "Which triplet would make it differ? Your" in flowing
    assert "Next: TRIPLET_LOSS in exercises/breaks.py, then: triplet break triplet_loss" in flowing
    assert max(map(len, done.output.splitlines())) <= 80


def test_a_wrong_expectation_comes_first_and_is_the_next_step(said):
    done = said(f"TRIPLET_LOSS = [\n{EXAMPLE},\n{NOTHING_RIGHT}]", "4")
    assert done.exit_code == 1
    lines = done.output.splitlines()
    place = next(i for i, line in enumerate(lines) if "✗ triplet_loss" in line)
    assert lines[place + 1].startswith("  line 3, example 2: right implementations do not give 9.")
    assert "Next: mend line 3 of exercises/breaks.py." in done.output
    assert "pairwise_distances" in done.output


def test_what_cannot_be_read_is_said_with_its_line_and_the_rest_counts(said):
    done = said(f"import os\nTRIPLET_LOSS = [{EXAMPLE}, {{}}]", "triplet_loss")
    assert done.exit_code == 1
    flowing = " ".join(done.output.split())
    assert "exercises/breaks.py, line 1: only lists of examples count here" in flowing
    assert "line 2: an example needs anchor, positive, negative, gives as well." in flowing
    assert "Your example catches" in flowing
    assert "Next: mend line 1" in flowing


def test_a_file_without_examples_says_how_to_begin(said):
    done = said("", "5")
    assert done.exit_code == 1
    assert done.output.count("Write the first: ") == 4
    assert "No examples yet, and " in done.output


def test_all_names_every_mistake_once(said):
    done = said(f"TRIPLET_LOSS = [{EXAMPLE}]", "triplet_loss", "--all")
    flowing = " ".join(done.output.split())
    assert "Example 1 catches: " in flowing
    assert "- swapping d(a, p) and d(a, n)" in flowing
    assert "Get away: " in flowing
    assert "- leaving out the cut-off at zero" in flowing
    assert "Cannot be seen in such examples: " in flowing


def test_json_has_what_the_terminal_says(said):
    done = said(f"TRIPLET_LOSS = [{EXAMPLE},\n{NOTHING_RIGHT}]\nx = 1", "triplet_loss", "--json")
    found = json.loads(done.output)
    (own,) = found["exercises"]
    assert [one["verdict"] for one in own["examples"]] == ["right", "wrong"]
    assert own["caught"] == len(own["examples"][0]["caught"])
    assert own["caught"] + len(own["got_away"]) == own["countable"]
    assert [one["line"] for one in found["problems"]] == [3]


def test_a_chapter_without_breaks_says_which_have_them():
    done = CliRunner().invoke(cli, ["break", "7"])
    assert "for chapters 4, 5 and 6, and for none of '7'" in str(done.exception)


def test_the_examples_of_the_course_can_be_taken(said):
    done = said("", "triplet_loss", "--solutions", "--json")
    (own,) = json.loads(done.output)["exercises"]
    assert own["examples"]
    assert all(one["verdict"] == "right" for one in own["examples"])


# The file


def test_the_file_in_exercises_is_in_step_with_its_source():
    text = (EXERCISES / "breaks.py").read_text(encoding="utf-8", errors="replace")
    assert not is_untouched(text) or text == stub_of(BREAKS), "Run python -m autograder.stubs"


def test_a_reset_puts_a_fresh_file_in_place_and_keeps_what_was_written(tmp_path: Path):
    path = tmp_path / "breaks.py"
    path.write_text("TRIPLET_LOSS = [1]\n", encoding="utf-8")
    kept = reset_chapter(BREAKS, tmp_path, tmp_path / "kept")
    assert kept is not None
    assert kept.read_text(encoding="utf-8") == "TRIPLET_LOSS = [1]\n"
    assert path.read_text(encoding="utf-8") == stub_of(BREAKS)
    assert reset_chapter(BREAKS, tmp_path, tmp_path / "kept") is None


def test_reset_takes_its_name(monkeypatch):
    asked = []
    monkeypatch.setattr("autograder.learner.reset.reset_chapter", asked.append)
    done = CliRunner().invoke(cli, ["reset", "breaks"], catch_exceptions=False)
    assert asked == [BREAKS]
    assert "exercises/breaks.py is a fresh stub." in done.output


# What it costs


def seconds_of(*command: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, check=False)
    return time.perf_counter() - began


def cost_of_one_exercise(folder: Path) -> tuple[float, float]:
    """Return the seconds that importing torch takes, and those of the command: the best of 3."""
    run = (
        "from pathlib import Path; from autograder.command_line import break_command, cli; "
        f"break_command.EXERCISES = Path({str(folder)!r}); "
        "cli.cli(['break', 'triplet_loss'])"
    )
    (folder / "breaks.py").write_text(
        f"TRIPLET_LOSS = [{', '.join([EXAMPLE] * 3)}]", encoding="utf-8"
    )
    both = [(seconds_of("-c", "import torch"), seconds_of("-c", run)) for _ in range(3)]
    return min(one for one, _ in both), min(other for _, other in both)


@pytest.mark.slow
def test_one_exercise_costs_less_than_three_times_the_import_of_torch(tmp_path: Path):
    torch, command = cost_of_one_exercise(tmp_path)
    print(f"import torch {torch:.2f} s, the command {command:.2f} s")
    assert command < 3 * torch
