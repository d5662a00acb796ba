"""Three questions about a learner's own file: each has one right answer, found by running it."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from autograder.authoring.submissions import right_folders
from autograder.chapters import EXERCISE_CHAPTERS, SOLUTIONS, Chapter, find_chapter
from autograder.grading.checks import names_of
from autograder.grading.edits import longer_numbers_of, rewritings_of
from autograder.grading.misconceptions import exercises_of
from autograder.grading.survey import own_code
from autograder.isolation.launchers import Launcher, best_launcher
from autograder.learner.keys import awaited_keys
from autograder.learner.questions import batches_of, three_questions
from autograder.learner.questions.asking import NO_DETECTOR, Answered, ask_all, show_end
from autograder.learner.questions.line_edits import line_edits
from autograder.learner.questions.question import Choice, Question
from autograder.learner.questions.small_batch import shown
from autograder.learner.questions.three_questions import HOW_MANY, Questions
from autograder.learner.questions.which_mistake import may_include
from autograder.learner.questions.which_value import check_of, draw_telling
from tests.question_oracle import Oracle
from tests.terminals import Terminal, copy_of_course
from tests.warm_start import run_module

KINDS = ["value", "passes", "mistake"]
BATCHES = [
    (chapter, batch)
    for chapter in EXERCISE_CHAPTERS
    for name in names_of(chapter)
    for batch in batches_of(chapter, name)
]
each_batch = pytest.mark.parametrize(
    ("chapter", "batch"), BATCHES, ids=[f"{one.name}-{one.title}" for _, one in BATCHES]
)
# The reference once more, as Python prints it: without comments, in lines of another length.
PRINTED = Path("printed")
# The chapters, written in seven ways, that are right; of these, some are asked about each time.
FILES = [
    (folder, chapter) for folder in (*right_folders(), PRINTED) for chapter in EXERCISE_CHAPTERS
]
QUICK = {("modules", 8)}
SEEDS = (0, 1)


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    with best_launcher() as launcher:
        yield launcher


def asked(launcher: Launcher, folder: Path, chapter: Chapter, seed: int) -> list[Question]:
    return Questions(launcher, folder, chapter, names_of(chapter), seed).three()


def as_cases() -> Iterator[object]:
    for folder, chapter in FILES:
        for seed in SEEDS:
            is_quick = (folder.name, chapter.number) in QUICK and seed == 0
            marks = [] if is_quick else [pytest.mark.slow]
            case = f"{folder.name}-{chapter.stem}-{seed}"
            yield pytest.param(folder, chapter, seed, marks=marks, id=case)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("printed")
    for chapter in EXERCISE_CHAPTERS:
        text = (SOLUTIONS / f"{chapter.stem}.py").read_text(encoding="utf-8")
        same = ast.unparse(ast.parse(text))
        (folder / f"{chapter.stem}.py").write_text(same, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("folder", "chapter", "seed"), list(as_cases()))
def test_every_question_has_exactly_one_right_answer(launcher, printed, folder, chapter, seed):
    folder = printed if folder == PRINTED else folder
    questions = asked(launcher, folder, chapter, seed)
    assert len(questions) == HOW_MANY
    oracle = Oracle(launcher, folder, chapter, seed=9_000 + seed)
    for question in questions:
        assert len({one.text for one in question.choices}) == len(question.choices) == 4
        assert oracle.right(question) == [question.right], question.as_dict()


def test_at_least_forty_right_files_are_asked_about():
    assert len(FILES) == 7 * 7 >= 40


def test_the_oracle_sees_a_question_with_two_right_answers(launcher):
    chapter = find_chapter("4")
    oracle = Oracle(launcher, SOLUTIONS, chapter, seed=9)
    for question in asked(launcher, SOLUTIONS, chapter, 0):
        wrong = next(one for one in question.choices if not one.is_right)
        twice = replace(question.right, text=question.right.text, is_right=False)
        doubled = [twice if one is wrong else one for one in question.choices]
        assert len(oracle.right(replace(question, choices=tuple(doubled)))) == 2, question.kind


def test_one_seed_asks_the_same_and_another_asks_something_else(launcher):
    chapter = find_chapter("8")
    first, again, other = (
        [one.as_dict() for one in asked(launcher, SOLUTIONS, chapter, seed)] for seed in (3, 3, 4)
    )
    assert first == again
    assert first != other
    assert [one["kind"] for one in first] == KINDS


def test_one_exercise_alone_can_be_asked_about(launcher):
    chapter = find_chapter("4")
    questions = Questions(launcher, SOLUTIONS, chapter, ["triplet_loss"], 1).three()
    assert [one.exercise for one in questions] == ["triplet_loss"] * HOW_MANY


def test_a_file_that_allows_no_edit_is_asked_for_values(launcher, tmp_path):
    chapter = find_chapter("8")
    source = "from .elsewhere import project as pca\n"
    (tmp_path / f"{chapter.stem}.py").write_text(source, encoding="utf-8")
    right = (SOLUTIONS / f"{chapter.stem}.py").read_text(encoding="utf-8")
    (tmp_path / "elsewhere.py").write_text(right.replace("def pca", "def project"))
    questions = asked(launcher, tmp_path, chapter, 0)
    assert {one.kind for one in questions} == {"value"}
    assert len({one.asks for one in questions}) == len(questions) == HOW_MANY


def test_when_the_time_is_up_no_more_edits_are_graded(launcher, monkeypatch):
    monkeypatch.setattr(three_questions, "MOST_SECONDS", 0.0)
    graded = []
    chapter = find_chapter("4")
    names = names_of(chapter)
    questions = Questions(launcher, SOLUTIONS, chapter, names, 0, lambda: graded.append(1)).three()
    assert [one.kind for one in questions] == ["value"] * HOW_MANY
    assert not graded


def test_a_mistake_that_may_include_the_right_one_is_no_choice():
    chapter = find_chapter("2")
    known = {one.id: one for one in exercises_of(chapter)["TripletMNIST"].mistakes}
    all_sets, one_digit, empty = (
        known[f"triplets-{name}"]
        for name in ("errors-missing", "only-digit-accepted", "empty-accepted")
    )
    assert may_include(all_sets, one_digit)
    assert not may_include(empty, one_digit)


# small batches


@each_batch
def test_a_small_batch_belongs_to_a_check_and_names_mistakes_of_its_exercise(chapter, batch):
    assert check_of(chapter, batch).name == batch.name
    known = {one.id for one in exercises_of(chapter)[batch.name].mistakes}
    assert set(batch.likely) <= known
    assert len(batch.likely) >= 4


@each_batch
@pytest.mark.parametrize("seed", range(3))
def test_the_likeliest_mistakes_show_in_a_small_batch(chapter, batch, seed):
    drawn = draw_telling(chapter, batch, np.random.default_rng(seed))
    assert [one.id for one, _ in drawn.wrong[:2]] == list(batch.likely[:2])
    values = [shown(drawn.right), *(shown(value) for _, value in drawn.wrong)]
    assert len(set(values)) == 4
    assert max(map(len, batch.asks(drawn.inputs))) < 90


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0, "2"),
        (-1.254, "-1.25"),
        (-0.001, "0"),
        (np.array([[0.5, 3]]), "[[0.5, 3]]"),
        (np.array([True, False]), "[1, 0]"),
    ],
)
def test_a_value_is_written_as_a_person_writes_it(value, text):
    assert shown(value) == text


# edits


def test_line_edits_change_one_line_and_are_all_different():
    # Of the two abs, whichever is dropped, the same is left.
    source = (
        "def scaled(x):\n    y = (abs(abs(x)) - 1) * 2\n    return y.clamp(\n        min=0\n    )\n"
    )
    edits = line_edits(source, ["scaled"])
    assert {(one.before, one.after) for one in edits} > {
        ("y = (abs(abs(x)) - 1) * 2", "y = (abs(abs(x)) - 1) * 3")
    }
    for one in edits:
        before, after = source.splitlines(), one.source.splitlines()
        changed = [place for place in range(5) if before[place] != after[place]]
        assert changed == [one.number - 1]
    meanings = [ast.dump(ast.parse(one.source)) for one in edits]
    assert len(set(meanings)) == len(meanings)


def test_rewritings_change_no_value():
    source = (
        "def f(a, b, c):\n"
        "    d = (a - b) * (b + c) - 2 * a\n"
        "    e = d - (a - c)\n"
        "    return (d > e, d * e + a**2, -(a - b), a * 3 - b)\n"
    )
    for edits_of in (rewritings_of, longer_numbers_of):
        edits = line_edits(source, ["f"], edits_of)
        assert len(edits) >= 3
        for one in edits:
            values = []
            for text in (source, one.source):
                names: dict[str, object] = {}
                exec(text, names)  # noqa: S102  the two lines above, and edits of them
                values.append(names["f"](3, 5, 11))
            assert values[0] == values[1], one.text


def test_helpers_that_only_one_exercise_needs_are_its_own():
    source = (SOLUTIONS / "ch06_nearest_neighbours.py").read_text(encoding="utf-8")
    own = own_code(source, "ch06_nearest_neighbours", "knn_classify")
    assert own == {"knn_classify", "_vote"}


# asking


def a_question(kind: str = "value") -> Question:
    choices = [Choice(f"choice {n}\nline [two]", f"why {n}", is_right=n == 1) for n in range(4)]
    return Question(kind, "triplet_loss", ("What?", "  x = [1]"), tuple(choices), "Definition")


def said_and_answered(*keys: str) -> tuple[str, list[Answered]]:
    console, left = Console(file=StringIO(), width=80), iter(keys)
    answered = ask_all(console, [a_question(), a_question("passes")], lambda: next(left))
    show_end(console, find_chapter("4"), answered, 7)
    return console.file.getvalue(), answered


def test_each_answer_is_explained_and_counted():
    said, answered = said_and_answered("b", "c")
    assert [one.is_right for one in answered] == [True, False]
    assert "Right." in said and "No: b is right." in said
    assert said.count("why 3") == 2
    assert "1 of 2 right." in said
    assert 'Read "Definition" in book/ch04_triplet_loss.md again.' in said
    assert "triplet explain 4 --seed 7" in said
    assert NO_DETECTOR in " ".join(said.split())


def test_other_keys_are_passed_over():
    _, answered = said_and_answered("x", "", "e", "\r", "b", "b")
    assert [one.key for one in answered] == ["b", "b"]


def test_whoever_quits_keeps_what_was_answered():
    said, answered = said_and_answered("b", "q")
    assert [(one.key, one.is_right) for one in answered] == [("b", True), ("", False)]
    assert "1 of 1 right." in said


def test_without_a_terminal_the_lines_are_the_keys(monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO("B\n c \n\n"))
    with awaited_keys() as next_key:
        assert [next_key() for _ in range(5)] == ["b", "c", "", "q", "q"]


# the command


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course in which chapter 8 is solved, and chapter 4 all but the cut-off."""
    place = copy_of_course(tmp_path_factory.mktemp("course"))
    for stem, old, new in (
        ("ch08_embedding_space", "", ""),
        ("ch04_triplet_loss", "torch.relu(to_positive", "torch.abs(to_positive"),
    ):
        text = (SOLUTIONS / f"{stem}.py").read_text(encoding="utf-8")
        assert old in text
        (place / "exercises" / f"{stem}.py").write_text(text.replace(old, new), encoding="utf-8")
    return place


def explain(course: Path, *arguments: str, keys: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "autograder", "explain", *arguments],
        cwd=course,
        env={**os.environ, "PYTHONPATH": str(course), "PYTHONUTF8": "1"},
        input=keys,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        pytest.param(
            ("4",),
            'Error: First finish triplet_loss, "the four triplets of the worked example"',
            marks=pytest.mark.slow,
        ),
        (("5",), 'Error: First finish valid_triplets, "the six points" (not started)'),
        (("4", "--exercise", "nothing"), "Error: Chapter 4 has no exercise 'nothing'. It has: "),
        (("9",), "Error: No exercise belongs to '9'"),
    ],
)
def test_what_cannot_be_asked_about_is_one_line(course, arguments, line):
    environment = {**os.environ, "PYTHONPATH": str(course), "PYTHONUTF8": "1"}
    given = {"cwd": course, "env": environment, "timeout": 180}
    finished = run_module("autograder", "explain", *arguments, **given)
    assert finished.returncode == 2
    assert finished.stderr.startswith(line)
    assert finished.stderr.count("\n") == 1 and finished.stdout == ""


def test_answers_are_recorded_as_json(course):
    finished = explain(course, "8", "--seed", "1", "--json", keys="a\na\na\n")
    record = json.loads(finished.stdout)
    assert [one["kind"] for one in record["questions"]] == KINDS
    assert [one["answer"] for one in record["questions"]] == ["a", "a", "a"]
    assert record["right"] == sum(one["right"] == "a" for one in record["questions"])
    assert record["seed"] == 1 and record["note"] == NO_DETECTOR
    assert "Question 3 of 3: pca" in finished.stderr
    assert finished.returncode == 0


def test_in_a_terminal_one_key_is_an_answer(course):
    terminal = Terminal(course, "explain", "8", "--seed", "1")
    try:
        terminal.wait_for("a b c d, or q to quit")
        terminal.press("\x1b[A")  # an arrow is no answer
        terminal.press("a")
        terminal.wait_for("Question 2 of 3")
        terminal.wait_for("a b c d, or q to quit")
        terminal.press("q")
        shown_at_last = terminal.wait_for("cannot tell.")
    finally:
        code = terminal.end()
    assert "of 1 right." in shown_at_last
    assert code == 0
