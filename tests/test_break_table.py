"""The table of the best known examples of `triplet break`: current, and true."""

import json
import random
import secrets
from collections import Counter
from dataclasses import replace

import pytest

from autograder.authoring.break_search import is_example, search, write_table
from autograder.authoring.drawn_examples import drawn_inputs
from autograder.breaks.asked import ASKED, asked_of
from autograder.breaks.best_known import BestKnown, measured
from autograder.breaks.breaks_file import MOST_EXAMPLES, read_breaks, read_breaks_file
from autograder.breaks.implementations import mistakes_of
from autograder.breaks.judge import Implementations, score_of
from autograder.chapters import SOLUTIONS
from tests.slow import all_but

each_exercise = pytest.mark.parametrize("asked", ASKED, ids=lambda one: one.name)
# For which many examples take seconds.
LONG = {one.name for one in ASKED} - {"pairwise_distances", "triplet_loss_gradient"}
RENEW = "Run python -m autograder.authoring --breaks {0}"


def score_of_written(asked, examples):
    """Return what examples are worth, read as a learner's file is."""
    own = read_breaks(f"{asked.variable} = {examples!r}".encode())
    assert own.problems == {}
    return score_of(asked, own)


@each_exercise
def test_the_table_knows_the_mistakes_that_there_are(asked):
    known = {one.id for one in mistakes_of(asked)}
    found = measured()[asked.name]
    assert set(found["mistakes"]) == known, RENEW.format(asked.name)
    assert set(found["cannot_be_seen"]) < known
    assert set(found["shares"]) == known


@each_exercise
def test_the_best_examples_catch_what_the_table_says(asked):
    found = measured()[asked.name]
    assert len(found["examples"]) == len(found["caught"]) == MOST_EXAMPLES
    for examples, caught in zip(found["examples"], found["caught"], strict=True):
        score = score_of_written(asked, examples)
        assert score.is_sound
        assert sorted(score.caught) == caught, RENEW.format(asked.name)
    counts = [len(caught) for caught in found["caught"]]
    assert counts == sorted(counts)


@pytest.mark.parametrize("asked", all_but(ASKED, LONG))
def test_other_examples_do_not_show_what_cannot_be_seen(asked):
    implementations = Implementations(asked)
    drawn, cannot = random.Random(1), set(measured()[asked.name]["cannot_be_seen"])
    looked_at = 0
    for _ in range(60):
        inputs = drawn_inputs(asked, drawn)
        right = implementations.right_answer(inputs) if is_example(inputs, asked) else None
        if right is not None:
            looked_at += 1
            assert not cannot & implementations.caught(inputs, right), RENEW.format(asked.name)
    assert looked_at > 5


@each_exercise
def test_what_cannot_be_seen_is_not_counted(asked):
    found, score = measured()[asked.name], score_of(asked, read_breaks(b""))
    counted = {one.id for one in score.countable}
    assert counted == set(found["mistakes"]) - set(found["cannot_be_seen"])


def test_who_catches_what_the_search_did_not_has_it_counted():
    (asked,) = asked_of("triplet_loss")
    missed = BestKnown((3,), frozenset({"loss-swapped", "loss-sum"}), {})
    example = {"anchor": [(0, 3)], "positive": [(2, 3)], "negative": [(0, 1.5)], "gives": 1.5}
    score = replace(score_of_written(asked, [example]), best=missed)
    counted = {one.id for one in score.countable}
    assert "loss-swapped" in counted
    assert "loss-sum" not in counted


@each_exercise
def test_the_examples_of_the_course_are_as_good_as_the_best_known(asked):
    own = read_breaks_file(SOLUTIONS / "breaks.py")
    score = score_of(asked, own)
    assert score.is_as_good_as_known
    assert len(score.caught) == score.best.caught_by_most


# What an example of batch_hard_triplet_loss has to be so that these mistakes can be seen in it. No
# example is two of these at once, so three examples catch three of the four at most.
NEEDS = {
    "hard-nan-on-empty": "no triplet",
    "hard-none-as-one": "no margin",
    "hard-zero-as-none": "a margin of 0",
    "hard-no-margin": "another margin",
}


def kind_of(inputs):
    counts = Counter(inputs["labels"]).values()
    if len(counts) < 2 or max(counts) < 2:
        return "no triplet"
    margin = inputs.get("margin")
    if margin is None:
        return "no margin"
    return "a margin of 0" if margin == 0 else "another margin"


@pytest.mark.slow
def test_no_three_examples_of_batch_hard_catch_all_that_can_be_seen():
    (asked,) = asked_of("batch_hard_triplet_loss")
    seed = secrets.randbelow(10**6)
    implementations, drawn = Implementations(asked), random.Random(seed)
    seen = Counter()
    for _ in range(300):
        inputs = drawn_inputs(asked, drawn)
        right = implementations.right_answer(inputs) if is_example(inputs, asked) else None
        caught = implementations.caught(inputs, right) if right is not None else set()
        seen.update(NEEDS.keys() & caught)
        for one in NEEDS.keys() & caught:
            assert kind_of(inputs) == NEEDS[one], f"seed {seed}: {one} is seen in {inputs}"
    assert seen.keys() == NEEDS.keys(), f"seed {seed}"
    best = measured()[asked.name]
    countable = set(best["mistakes"]) - set(best["cannot_be_seen"])
    assert len(best["caught"][-1]) == len(countable) - 1


def test_a_search_finds_what_it_says_and_the_same_again():
    (asked,) = asked_of("valid_triplets")
    found = search(asked, 15, seed=3)
    assert found == search(asked, 15, seed=3)
    for examples, caught in zip(found["examples"], found["caught"], strict=True):
        assert sorted(score_of_written(asked, examples).caught) == caught


def test_a_search_of_one_exercise_leaves_the_others_of_the_table(tmp_path):
    path, said = tmp_path / "breaks.json", []
    write_table(path, asked_of("valid_triplets"), draws=5, tell=said.append)
    write_table(path, asked_of("pairwise_distances"), draws=5, tell=said.append)
    table = json.loads(path.read_text(encoding="utf-8"))["exercises"]
    assert list(table) == ["pairwise_distances", "valid_triplets"]
    assert [line.partition(":")[0] for line in said] == ["valid_triplets", "pairwise_distances"]
