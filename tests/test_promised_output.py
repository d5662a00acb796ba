"""What a page promises of a command ("it ends in ...") is how that command ends."""

import os
import re
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from click.testing import CliRunner

import autograder.experiments.run_unseen_class
from autograder.chapters import BOOK, EXERCISE_CHAPTERS
from autograder.command_line.cli import cli
from autograder.learner.book_links import with_pages
from tests.terminals import copy_of_course
from tests.warm_start import run_module

PROMISE = re.compile(
    r"^```console\n(?P<commands>(?:(?!```).*\n)+)```\n(?P<between>(?:(?!```).*\n)*?)"
    r"(?P<said>.*\bends? in)\n\n```text\n(?P<block>(?:(?!```).*\n)+)```",
    re.M,
)
ANY_LINES = "..."


def promises() -> list[tuple[str, str, str]]:
    """Return the page, the command, and what it ends in, of each promise in the book."""
    found = []
    for path in sorted(BOOK.glob("*.md")):
        for one in PROMISE.finditer(path.read_text(encoding="utf-8")):
            found.append((path.stem, one["commands"].splitlines()[-1], one["block"]))
    return found


CHECKED = [one for one in promises() if re.fullmatch(r"triplet check \d", one[1])]
FIRST = [one for one in promises() if one[1] == "triplet check"]
TRAINED = [one for one in promises() if one[1].startswith("triplet experiment")]


def ends_in(shown: str, block: str) -> bool:
    """Return whether the output ends in the block; a line "..." stands for any lines."""
    lines = [re.escape(re.sub(r" +", " ", line).strip()) for line in block.splitlines()]
    pattern = "\n".join(".*" if line == re.escape(ANY_LINES) else line for line in lines)
    squeezed = "\n".join(re.sub(r" +", " ", line).strip() for line in shown.splitlines())
    return re.search(rf"(?:^|\n){pattern}$", squeezed.rstrip(), re.S) is not None


def said_by(course: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(course), "PYTHONUTF8": "1"}
    return run_module("autograder", *arguments, cwd=course, env=environment, timeout=240).stdout


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what each chapter's check shows to somebody who solves one after the other."""
    course = copy_of_course(tmp_path_factory.mktemp("course"))
    for chapter in EXERCISE_CHAPTERS:
        solution = course / "solutions" / f"{chapter.stem}.py"
        (course / "exercises" / f"{chapter.stem}.py").write_bytes(solution.read_bytes())
    commands = [f"triplet check {chapter.number}" for chapter in EXERCISE_CHAPTERS]
    return {command: said_by(course, *command.split()[1:]) for command in commands}


@pytest.mark.parametrize(("page", "command", "block"), CHECKED)
def test_the_check_of_a_solved_chapter_ends_as_its_page_says(
    checked: dict[str, str], page: str, command: str, block: str
):
    assert ends_in(checked[command], block), checked[command]


def test_every_exercise_chapter_promises_how_its_check_ends_and_no_promise_is_left_out():
    assert [page for page, _, _ in CHECKED] == [one.stem for one in EXERCISE_CHAPTERS]
    shown = [path.read_text(encoding="utf-8").count("```text\n") for path in BOOK.glob("ch*.md")]
    assert sum(shown) == len(promises()) == len(CHECKED) + len(FIRST) + len(TRAINED)


@pytest.mark.parametrize(("page", "command", "block"), FIRST)
def test_the_check_of_untouched_stubs_ends_as_its_page_says(
    tmp_path: Path, page: str, command: str, block: str
):
    shown = said_by(copy_of_course(tmp_path), *command.split()[1:])
    assert ends_in(shown, block), shown


@pytest.mark.parametrize(("page", "command", "block"), TRAINED)
def test_an_experiment_ends_as_its_page_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, page: str, command: str, block: str
):
    # What it prints before, and that it trains, is held by tests/test_commands.py.
    for name in ("run_experiment", "show_findings", "write_report", "own_parts"):
        monkeypatch.setattr(autograder.experiments.run_unseen_class, name, MagicMock(name=name))
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, command.split()[1:])
    assert done.exit_code == 0, done.output
    assert ends_in(done.output, block), done.output


def test_an_output_that_goes_on_does_not_end_in_the_block():
    assert ends_in("one\ntwo  2\nthree\n", "two 2\nthree\n")
    assert ends_in("one\ntwo\nthree\nfour\n", "two\n...\nfour\n")
    assert not ends_in("one\ntwo\nthree\n", "one\ntwo\n")


def test_the_page_is_named_and_linked_once_the_book_is_built(tmp_path: Path):
    (tmp_path / "ch04_triplet_loss.html").touch()
    said = with_pages('Read "A [b] c" in book/ch04_triplet_loss.md.', tmp_path)
    place = (tmp_path / "ch04_triplet_loss.html").as_uri()
    assert f"[link={place}]book/_build/html/ch04_triplet_loss.html[/link]." in said
    assert with_pages("book/ch05_triplet_mining.md", tmp_path) == "book/ch05_triplet_mining.md"
    assert with_pages("book/ch04_triplet_loss.md", None) == "book/ch04_triplet_loss.md"


@pytest.mark.slow
def test_doctor_is_about_the_learner_and_leaves_the_attacks_to_the_instructor(tmp_path: Path):
    course = copy_of_course(tmp_path)
    learner = said_by(course, "doctor")
    assert "all stubs are there" in learner
    assert "a loop that never ends is stopped" in learner
    assert "stranger" not in learner
    instructor = said_by(course, "doctor", "--isolation")
    assert "Isolation for strangers' code" in instructor
    assert "all stubs are there" not in instructor
