"""The examples of `triplet break`: how they are read, what is right, and what they catch."""

import random
import sys

import numpy as np
import pytest

from autograder.authoring.break_search import is_example
from autograder.authoring.drawn_examples import drawn_inputs
from autograder.breaks import slow_rights
from autograder.breaks.answers import difference
from autograder.breaks.asked import ASKED, asked_of
from autograder.breaks.breaks_file import MOST_BYTES, read_breaks, read_breaks_file
from autograder.breaks.implementations import rights_of, run, run_slow
from autograder.breaks.judge import Expectation, Implementations, score_of
from autograder.breaks.sayings import complaint, way_out
from autograder.chapters import SOLUTIONS
from exercises.given.errors import CourseError
from exercises.given.toy import LABELS, POINTS
from tests.slow import all_but

each_exercise = pytest.mark.parametrize("asked", ASKED, ids=lambda one: one.name)
# Whose implementations take seconds together.
LONG = {one.name for one in ASKED} - {"pairwise_distances", "triplet_loss_gradient"}
LOSS = asked_of("triplet_loss")[0]
HARD = '{"anchor": [(0, 3)], "positive": [(2, 3)], "negative": [(0, 1.5)], "gives": 1.5}'
# An easy triplet beside a hard one, and a margin of its own.
TWO = """{"anchor": [(0, 3), (0, 0)], "positive": [(2, 3), (0, 1)], "negative": [(0, 1.5), (0, 9)],
    "margin": 2, "gives": 1.25}"""


def read(text):
    return read_breaks(text.encode())


def loss_score(*examples):
    return score_of(LOSS, read(f"TRIPLET_LOSS = [{', '.join(examples)}]"))


def problems(text):
    return [str(one) for own in read(text).problems.values() for one in own]


# Reading


def test_sums_are_read_as_they_would_be_worked_out():
    own = read('PAIRWISE_DISTANCES = [{"x": [(0, 0)], "y": [(1, 1)], "gives": [[2 ** 0.5]]}]')
    assert own.problems == {}
    assert own.examples["pairwise_distances"][0].gives[0] == pytest.approx(2**0.5)
    for text, value in [("-1", -1), ("1 / 3", 1 / 3), ("2 * (3 - 1) + 1", 5), ("+2", 2)]:
        own = read(f"TRIPLET_LOSS = [{HARD[:-4]}{text}}}]")
        assert own.examples["triplet_loss"][0].gives[0] == pytest.approx(value)


def test_the_file_of_the_course_is_read_without_a_complaint():
    assert read_breaks_file(SOLUTIONS / "breaks.py").problems == {}


HOSTILE = {
    "a call": "__import__('os').system('touch owned')",
    "an attribute": "(1).__class__",
    "a name": "exit",
    "a lambda": "lambda: 1",
    "a comprehension": "[1 for _ in range(10**9)]",
    "text with values": "f'{1}'",
    "a name that is given": "(x := 1)",
    "bytes": "b'1'",
    "an imaginary number": "1j",
    "an ellipsis": "...",
    "a large power": "9 ** 9 ** 9",
    "a larger power": "10 ** 400",
    "infinity": "1e999",
    "not a number": "1e999 - 1e999",
    "a root of a negative": "(-1) ** 0.5",
    "a division by zero": "1 / 0",
    "a shift": "1 << 10",
    "a text": "'1.5'",
    "a truth": "True",
    "nothing": "None",
    "a list": "[1.5]",
    "a sum of lists": "[1] * 10 ** 6",
    "deep signs": "-" * 40 + "1",
    "deep brackets": "[" * 60 + "1" + "]" * 60,
    "a star": "[*[1]]",
}


@pytest.mark.parametrize("how", HOSTILE)
def test_what_is_no_plain_value_is_one_line_and_never_run(how, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = f"TRIPLET_LOSS = [\n{HARD[:-4]}{HOSTILE[how]}}},\n{HARD}]"
    own = read(text)
    (problem,) = own.problems_of("triplet_loss")
    assert problem.line == 2
    assert "\n" not in problem.says
    assert len(problem.says) < 250
    # What else is written counts all the same.
    assert [one.number for one in own.examples["triplet_loss"]] == [2]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "statement",
    [
        "import os",
        "from math import sqrt",
        "print(1)",
        "def f(): pass",
        "class A: pass",
        "while True: pass",
        "TRIPLET_LOSS += [1]",
        "a = b = 1",
        "open('owned', 'w')",
        "del TRIPLET_LOSS",
    ],
)
def test_a_statement_is_one_line_and_never_run(statement, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own = read(f"{statement}\nTRIPLET_LOSS = [{HARD}]\n")
    (problem,) = own.problems_of("")
    assert problem.line == 1
    assert "never run" in problem.says or "name of no exercise" in problem.says
    assert len(own.examples["triplet_loss"]) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"x" * (MOST_BYTES + 1),
        b"TRIPLET_LOSS = " + b"[" * 30_000,
        b"TRIPLET_LOSS = " + b"-" * 60_000 + b"1",
        b"TRIPLET_LOSS = " + b"(" * 150 + b"1" + b")" * 149,
        b"TRIPLET_LOSS = " + b"1" * 20_000,
        b"TRIPLET_LOSS = " + b"+".join([b"1"] * 30_000),
        b"TRIPLET_LOSS = " + b"a." * 25_000 + b"a",
        b"\xff\xfe\x00\x01",
        b"TRIPLET_LOSS = [\x00]",
        b"TRIPLET_LOSS = [",
        b"  TRIPLET_LOSS = []",
        "TRIPLET_LOSS = []".encode("utf-16"),
        b"# -*- coding: rot13 -*-\nimport os",
    ],
    ids=lambda raw: f"{len(raw)}-{raw[:18]!r}",
)
def test_a_file_that_cannot_be_read_is_one_line(raw):
    try:
        said = [str(one) for own in read_breaks(raw).problems.values() for one in own]
    except CourseError as error:
        said = [str(error)]
    assert len(said) == 1
    assert "\n" not in said[0]
    assert len(said[0]) < 250


def test_what_the_file_says_of_its_encoding_is_not_obeyed():
    own = read_breaks(f"# -*- coding: utf-7 -*-\nTRIPLET_LOSS = [{HARD}]".encode())
    assert len(own.examples["triplet_loss"]) == 1


def test_a_missing_file_says_how_to_get_one(tmp_path):
    with pytest.raises(CourseError, match="triplet reset breaks"):
        read_breaks_file(tmp_path / "breaks.py")
    (tmp_path / "breaks.py").mkdir()
    with pytest.raises(CourseError, match="is a folder"):
        read_breaks_file(tmp_path / "breaks.py")


@pytest.mark.parametrize(
    ("example", "says"),
    [
        ("1", "is a dictionary of anchor, positive"),
        ('{"anchor": [(0, 0)]}', "needs positive, negative, gives as well"),
        (HARD.replace("(0, 3)", "(0, 3, 1)"), "found 3 coordinates"),
        (HARD.replace("(0, 3)", "0"), "a point in the plane"),
        (HARD.replace("[(0, 3)]", "[]"), "and found none"),
        (HARD.replace("(0, 3)", "(0, 3), (1, 1)"), "have to be of one length"),
        (HARD.replace("(0, 3)", "(0, 101)"), "coordinates go from -100 to 100"),
        (HARD.replace("(0, 3)", "(0, '3')"), "and found '3'"),
        (HARD.replace("}", ', "margin": -1}'), "a margin from 0"),
        (HARD.replace("}", ', "margin": "x"}'), "a margin from 0"),
        (HARD.replace("}", ', "weight": 1}'), "'weight' is no entry"),
        (HARD.replace("}", ', "gives": 1}'), "'gives' is written twice"),
        (HARD.replace('"anchor"', "3"), "begins with its name"),
        (HARD.replace('"anchor": ', "**"), "begins with its name"),
    ],
)
def test_what_is_wrong_with_an_example_is_said_with_its_line(example, says):
    (problem,) = problems(f"\nTRIPLET_LOSS = [{example}]")
    assert problem.startswith("line 2: ")
    assert says in problem


def test_what_is_repeated_moves_no_cursor():
    ugly = "a\\x1b[2J\\n\\u202e"
    for text in (
        f"TRIPLET_LOSS = [{{'{ugly}': 1}}]",
        f"TRIPLET_LOSS = [{{'{ugly}': 1, '{ugly}': 1}}]",
        f"TRIPLET_LOSS = ['{ugly}']",
        f"TRIPLET_LOSS = [{HARD[:-4]}'{ugly}'}}]",
        f"VALID_TRIPLETS = [{{'labels': ['{ugly}'], 'gives': []}}]",
    ):
        (problem,) = problems(text)
        assert problem.isprintable()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('VALID_TRIPLETS = [{"labels": [0, 0.5], "gives": []}]', "and found 0.5"),
        ('VALID_TRIPLETS = [{"labels": [0, 10], "gives": []}]', "from 0 to 9"),
        ('VALID_TRIPLETS = [{"labels": [0] * 7, "gives": []}]', "only numbers can be"),
        ('VALID_TRIPLETS = [{"labels": [0, 0, 0, 0, 0, 0, 1], "gives": []}]', "6 points at most"),
        ('VALID_TRIPLETS = [{"labels": [0, 0, 1], "gives": [(0, 1, 3)]}]', "go from 0 to 2"),
        ('VALID_TRIPLETS = [{"labels": [0, 0, 1], "gives": [(0, 1)]}]', "triplets of indices"),
        ('PAIRWISE_DISTANCES = [{"x": [(0, 0)], "y": [(1, 1)], "gives": [[1, 2]]}]', "give 1 x 1"),
        ('PAIRWISE_DISTANCES = [{"x": [(0, 0)], "y": [(1, 1)], "gives": [[1], []]}]', "as long as"),
        ('RECALL_AT_K = [{"embeddings": [(0, 0)], "labels": [0], "gives": 1}]', "two or more"),
        ('RECALL_AT_K = [{"embeddings": [(0, 0), (1, 1)], "labels": [0], "gives": 1}]', "length"),
        (
            'KNN_CLASSIFY = [{"gallery": [(0, 0)], "gallery_labels": [0], "queries": [(1, 1)], "gives": [0]}]',
            "which is 5 where it is left out",
        ),
        (
            'RECALL_AT_K = [{"embeddings": [(0, 0), (1, 1)], "labels": [0, 0], "k": 2, "gives": 1}]',
            "as many as a point has others",
        ),
        ("TRIPLET_LOS = []", "Do you mean TRIPLET_LOSS?"),
        ("ELSE = []", "Known are PAIRWISE_DISTANCES"),
        ("TRIPLET_LOSS = 1", "is a list of examples"),
        (f"TRIPLET_LOSS = [{', '.join([HARD] * 4)}]", "3 examples count"),
        ("TRIPLET_LOSS = []\nTRIPLET_LOSS = []", "written twice"),
        (
            "PAIRWISE_DISTANCES = [{'x': [(0, 0)] * 4, 'y': [], 'gives': [[1]]}]",
            "only numbers can be",
        ),
        (
            "PAIRWISE_DISTANCES = [{'x': [(0, 0), (0, 1), (0, 2), (0, 3)], 'y': [(0, 1), (0, 2), (0, 3)], 'gives': [[1]]}]",
            "all inputs together",
        ),
        ('TRIPLET_LOSS = [{"anchor": [(0, 0)], "positive": [(0, 0)], "negative": [(0, 0)], "gives": "ValueError"}]', "expected numbers"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(text, says):
    (problem,) = problems(text)
    assert says in problem


# Right implementations


@each_exercise
def test_right_implementations_agree_unless_two_values_are_equal(asked):
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    drawn = random.Random(seed)
    agreed = 0
    for _ in range(60):
        inputs = drawn_inputs(asked, drawn)
        if not is_example(inputs, asked):
            continue
        # Far from each other, on no grid: then nothing is equal, nor as good as equal.
        for value in inputs.values():
            if isinstance(value, list) and isinstance(value[0], tuple):
                value[:] = [(drawn.uniform(-9, 9), drawn.uniform(-9, 9)) for _ in value]
        slow = run_slow(inputs, asked)
        for right in rights_of(asked):
            assert difference(slow, run(right, inputs, asked)) is None, inputs
        agreed += 1
    assert agreed > 5


def test_the_slow_ones_give_what_the_book_works_out_by_hand():
    points, labels = [tuple(map(float, point)) for point in POINTS], LABELS.tolist()
    a1, a2, a3, b1, b2, b3 = points
    triplets = (a1, a1, b2, b3), (a3, a2, b3, b2), (b1, b1, a2, a3)
    assert slow_rights.triplet_loss(*triplets) == 0.5
    assert sum(np.ravel(slow_rights.valid_triplets(labels))) == 36
    assert slow_rights.knn_classify(points, labels, [(0, 1.6)], k=2) == [1]
    assert slow_rights.mean_average_precision_at_r(points, labels) == 0.625


def test_where_right_implementations_differ_the_example_is_unclear():
    text = """KNN_CLASSIFY = [{"gallery": [(0, 1), (0, -1)], "gallery_labels": [0, 1],
        "queries": [(0, 0)], "k": 1, "gives": [0]}]"""
    (asked,) = asked_of("knn_classify")
    score = score_of(asked, read(text))
    assert [one.verdict for one in score.judged] == [Expectation.UNCLEAR]
    assert "differ from each other" in complaint(score.judged[0], score)
    assert score.caught == frozenset()


# What is caught


def test_a_right_example_catches_what_gives_something_else():
    score = loss_score(HARD)
    assert {"loss-swapped", "loss-squared-distance"} <= score.caught
    assert not {"loss-no-cut-off", "loss-sum", "loss-margin-fixed"} & score.caught
    both = loss_score(HARD, TWO)
    assert {"loss-no-cut-off", "loss-sum", "loss-margin-fixed"} <= both.caught
    assert both.is_sound


def test_a_wrong_expectation_catches_nothing_and_the_right_value_is_not_told():
    score = loss_score(HARD.replace("1.5}", "2.5}"), TWO)
    assert [one.verdict for one in score.judged] == [Expectation.WRONG, Expectation.RIGHT]
    assert score.judged[0].caught == frozenset()
    said = complaint(score.judged[0], score)
    assert said == ("line 1, example 1: right implementations do not give 2.5. Work it out again.")
    assert not score.is_sound


def test_the_place_of_a_wrong_value_is_told():
    text = 'PAIRWISE_DISTANCES = [{"x": [(0, 0)], "y": [(0, 1), (0, 2)], "gives": [[1, 3]]}]'
    score = score_of(asked_of("pairwise_distances")[0], read(text))
    assert "do not give 3 at [0][1]." in complaint(score.judged[0], score)
    text = 'VALID_TRIPLETS = [{"labels": [0, 0, 1], "gives": [(0, 1, 2)]}]'
    score = score_of(asked_of("valid_triplets")[0], read(text))
    assert "do not give a list without (1, 0, 2)." in complaint(score.judged[0], score)
    text = """BATCH_ALL_TRIPLET_LOSS = [{"embeddings": [(0, 3), (2, 3), (0, 1.5)],
        "labels": [0, 0, 1], "margin": 1, "gives": (1, 0.5)}]"""
    score = score_of(asked_of("batch_all_triplet_loss")[0], read(text))
    assert "do not give 0.5 for active fraction." in complaint(score.judged[0], score)


@pytest.mark.parametrize(("gives", "verdict"), [(1.5009, "right"), (1.502, "wrong")])
def test_three_decimals_are_enough(gives, verdict):
    score = loss_score(HARD.replace("1.5}", f"{gives}}}"))
    assert score.judged[0].verdict == verdict


def test_an_error_can_be_what_must_come_back():
    example = """NEAREST_MEAN_CLASSIFY = [{"gallery": [(0, 3), (0, 2)], "gallery_labels": [0, 2],
        "queries": [(0, 1)], "gives": %s}]"""
    (asked,) = asked_of("nearest_mean_classify")
    right = score_of(asked, read(example % "'ValueError'"))
    assert [one.verdict for one in right.judged] == [Expectation.RIGHT]
    assert right.caught
    wrong = score_of(asked, read(example % "[0]"))
    assert [one.verdict for one in wrong.judged] == [Expectation.WRONG]
    assert "they raise an error" in complaint(wrong.judged[0], wrong)


def test_one_that_gets_away_is_told_with_a_question():
    score = loss_score(HARD)
    cut_off = next(one for one in score.got_away if one.id == "loss-no-cut-off")
    assert way_out(cut_off, score) == (
        "One that gets away: leaving out the cut-off at zero. It returns 1.5 for your example 1, "
        "as is right. Which triplet would make it differ?"
    )


@pytest.mark.parametrize("asked", all_but(ASKED, LONG))
def test_no_implementation_sees_what_another_has_left_of_the_inputs(asked):
    drawn = random.Random(1)
    implementations = Implementations(asked)
    for _ in range(40):
        inputs = drawn_inputs(asked, drawn)
        before = repr(inputs)
        right = implementations.right_answer(inputs)
        if right is not None:
            first = implementations.caught(inputs, right)
            assert implementations.caught(inputs, right) == first
            assert repr(inputs) == before


@each_exercise
def test_every_way_out_is_a_sentence(asked):
    score = score_of(asked, read(""))
    for one in score.mistakes:
        said = way_out(one, score)
        assert said.startswith("One that gets away: ")
        assert said.endswith("would make it differ?")


def test_the_limit_of_recursion_is_left_as_it_is():
    before = sys.getrecursionlimit()
    problems("TRIPLET_LOSS = " + "-" * 50 + "1")
    assert sys.getrecursionlimit() == before
