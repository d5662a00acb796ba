"""What a learner meets between two checks: progress, hints, a fresh start, watching, a notebook."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from autograder import load_ipython_extension
from autograder.chapters import EXERCISE_CHAPTERS, SOLUTIONS, find_chapter
from autograder.grading.checks import checks_of, full_marks
from autograder.grading.grade import grade_chapters
from autograder.grading.record import Status
from autograder.isolation.in_process import InProcess
from autograder.isolation.launchers import best_launcher
from autograder.isolation.workers import Workers
from autograder.learner.hints import RUNGS, next_hint
from autograder.learner.journal import Journal
from autograder.learner.reset import reset_chapter
from autograder.learner.terminal import what_next
from autograder.learner.watch import Watch
from autograder.stubs import is_untouched, write_stub
from tests.terminals import Terminal, copy_of_course


@pytest.fixture
def exercises(tmp_path: Path) -> Path:
    """A folder of untouched stubs."""
    folder = tmp_path / "exercises"
    folder.mkdir()
    for chapter in EXERCISE_CHAPTERS:
        write_stub(chapter, folder)
    return folder


def solve(folder: Path, stem: str, old: str = "", new: str = "") -> None:
    text = (SOLUTIONS / f"{stem}.py").read_text(encoding="utf-8")
    assert old in text
    # In one piece: whoever watches reads no half of it.
    (folder / f"{stem}.py").write_bytes((text.replace(old, new) if old else text).encode())


def check(folder: Path, *numbers: str):
    chapters = [find_chapter(number) for number in numbers] or list(EXERCISE_CHAPTERS)
    return grade_chapters(InProcess(folder), 0, chapters)


# progress


def test_progress_is_kept_and_a_regressed_chapter_falls_back(exercises, tmp_path):
    journal = Journal.read(tmp_path / "kept" / "progress.json")
    solve(exercises, "ch08_embedding_space")
    assert journal.note(check(exercises, "8")) == []
    journal.write()
    again = Journal.read(journal.place)
    assert again.is_done("ch08_embedding_space")
    assert again.earned() == 5
    solve(exercises, "ch08_embedding_space", "centred = x - x.mean(dim=0)", "centred = x")
    assert again.note(check(exercises, "8")) == ["ch08_embedding_space"]
    assert not again.is_done("ch08_embedding_space")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"chapters": 3, "hints": {}}', "\x00"])
def test_a_broken_journal_is_an_empty_one(tmp_path, text):
    place = tmp_path / "progress.json"
    place.write_text(text, encoding="utf-8")
    assert Journal.read(place).earned() == 0


def test_at_full_marks_the_next_command_is_the_learner_s_own_experiment(tmp_path):
    journal = Journal(tmp_path / "progress.json")
    journal.note(check(SOLUTIONS))
    assert journal.earned() == full_marks()
    assert "triplet experiment --mine" in what_next(journal)


# hints


def test_hints_climb_a_ladder_that_fits_the_mistake(exercises, tmp_path):
    journal = Journal(tmp_path / "progress.json")
    solve(exercises, "ch04_triplet_loss", "+ margin).mean()", "+ margin).sum()")
    records = check(exercises, "4")
    chapter = find_chapter("4")
    hints = [next_hint(chapter, records, journal) for _ in range(4)]
    assert [hint.number for hint in hints] == [1, 2, 3, 3]
    assert "twice" in hints[0].text
    assert "mean()" in hints[2].text
    assert len(RUNGS) == 3


def test_a_chapter_that_passes_needs_no_hint(tmp_path):
    chapter = find_chapter("8")
    assert next_hint(chapter, check(SOLUTIONS, "8"), Journal(tmp_path / "p.json")) is None


# reset


def test_reset_keeps_what_was_written(exercises, tmp_path):
    chapter = find_chapter("4")
    path = exercises / f"{chapter.stem}.py"
    path.write_text("my = 'work'\n", encoding="utf-8")
    first = reset_chapter(chapter, exercises, tmp_path / "kept")
    assert first.read_text(encoding="utf-8") == "my = 'work'\n"
    assert is_untouched(path.read_text(encoding="utf-8"))
    assert reset_chapter(chapter, exercises, tmp_path / "kept") is None
    path.write_text("my = 'second'\n", encoding="utf-8")
    second = reset_chapter(chapter, exercises, tmp_path / "kept")
    assert second != first
    assert first.read_text(encoding="utf-8") == "my = 'work'\n"


# watch, in a real terminal


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of the course whose exercises are untouched, to write in."""
    return copy_of_course(tmp_path)


FOOTER = "q quit"


def test_watch_checks_on_save_only_what_changed_and_what_builds_on_it(course):
    solved = [find_chapter(number) for number in "45"]
    both = sum(check.points for chapter in solved for check in checks_of(chapter))
    terminal = Terminal(course, "watch", "4")
    try:
        terminal.wait_for(FOOTER)
        assert "not started" in terminal.shown

        terminal.shown = ""
        wrong = ("squared.clamp(min=1e-12).sqrt()", "squared.clamp(min=1e-12)")
        solve(course / "exercises", "ch04_triplet_loss", *wrong)
        shown = terminal.wait_for(FOOTER)
        assert "Leaving out the square root" in shown
        assert "Chapter 5" not in shown

        terminal.shown = ""
        solve(course / "exercises", "ch05_triplet_mining")
        shown = terminal.wait_for(FOOTER)
        assert "aiting for pairwise_distances (chapter 4)" in shown
        assert "✓ valid_triplets" in shown

        terminal.shown = ""
        solve(course / "exercises", "ch04_triplet_loss")
        shown = terminal.wait_for(FOOTER)
        assert "Chapter 5 builds on it: 20 of 20 points" in shown
        assert f"{both} of {full_marks()} points" in shown

        terminal.press("l")
        assert f"{both - 20} / {both - 20}" in terminal.wait_for(FOOTER)
        terminal.press("n")
        assert "Chapter 2: Triplets" in terminal.wait_for(FOOTER)
        terminal.press("h")
        assert "Hint 1 of 3" in terminal.wait_for(FOOTER)
        terminal.press("a")
        assert f"{both} of {full_marks()} points" in terminal.wait_for(FOOTER)
        terminal.press("q")
    finally:
        code = terminal.end()
    assert code == 0


def test_watch_checks_the_bytes_that_it_read(exercises, tmp_path):
    """A file that is saved again before the worker opens it is not checked by halves."""
    solve(
        exercises, "ch08_embedding_space", "import torch\n", "import torch\n\nfrom . import own\n"
    )
    (exercises / "own.py").write_text("", encoding="utf-8")  # what is no chapter lies where it lies
    chapter = find_chapter("8")
    with best_launcher() as launcher, Workers(launcher, exercises) as workers:
        watch = Watch(Console(file=StringIO()), exercises, workers, Journal(tmp_path / "p"), seed=0)
        (exercises / "ch08_embedding_space.py").write_text("pca = None", encoding="utf-8")
        assert {record.status for record in watch.grade(chapter)} == {Status.PASSED}
        watch.saved([chapter.stem])
        assert Status.PASSED not in {record.status for record in watch.records[chapter.stem]}
        shown = watch.records[chapter.stem]
        (exercises / "ch08_embedding_space.py").write_text("", encoding="utf-8")
        watch.saved([chapter.stem])  # an editor may be about to write
        assert watch.records[chapter.stem] is shown
        watch.saved([])  # none was
        assert watch.records[chapter.stem] is not shown
        (exercises / "ch08_embedding_space.py").unlink()
        watch.saved([chapter.stem])
        assert "ch08_embedding_space.py" in watch.records[chapter.stem][0].observed


def test_watch_ends_in_order_on_control_c(course):
    terminal = Terminal(course, "watch", "8")
    try:
        terminal.wait_for(FOOTER)
        terminal.press("\x03")
        terminal.wait_for("Stopped", seconds=20)
    finally:
        code = terminal.end()
    assert code == 130


def test_check_on_the_learner_s_own_stubs_prints_json_without_colour(course):
    solve(course / "exercises", "ch08_embedding_space")
    finished = subprocess.run(
        [sys.executable, "-m", "autograder", "check", "8", "--json"],
        cwd=course,
        env={**os.environ, "PYTHONPATH": str(course)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    assert [record["status"] for record in json.loads(finished.stdout)] == ["passed"] * 2
    assert (course / ".triplet" / "progress.json").exists()


# Jupyter


def test_the_magic_command_prints_plain_text(capsys, monkeypatch, tmp_path):
    journal = Journal(tmp_path / "progress.json")
    monkeypatch.setattr("autograder.learner.magic.Journal.read", lambda: journal)
    registered = {}

    class Shell:
        def register_magic_function(self, function, kind, name):
            registered[name] = (function, kind)

    load_ipython_extension(Shell())
    function, kind = registered["check"]
    assert kind == "line"
    function("ch08")
    shown = capsys.readouterr().out
    assert "Chapter 8" in shown
    assert "\x1b" not in shown
