"""Chapter 5: every kind of mining against three nested loops; and what the checks rest on."""

import math
from itertools import combinations, product
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from autograder.authoring.kill_matrix import Prepared
from autograder.chapters import find_chapter
from autograder.grading.checks import checks_of, names_of
from autograder.grading.grade import Grader, reference
from autograder.grading.misconception import can_be_together, code_of
from autograder.grading.misconceptions import exercises_of
from autograder.grading.outcome import Ending, call_probe
from exercises.given import toy
from solutions.ch04_triplet_loss import pairwise_distances
from solutions.ch05_triplet_mining import (
    batch_all_triplet_loss,
    batch_hard_triplet_loss,
    semi_hard_triplet_loss,
    valid_triplets,
)

SEEDS = range(6)
MARGINS = (0.2, 1.0)
# Every loss as a function of embeddings and labels alone.
LOSSES = {
    "batch-all": lambda x, labels: batch_all_triplet_loss(x, labels, 1.0)[0],
    "semi-hard": lambda x, labels: semi_hard_triplet_loss(x, labels, 1.0),
    "batch-hard": lambda x, labels: batch_hard_triplet_loss(x, labels, 1.0),
    "batch-hard, soft margin": batch_hard_triplet_loss,
}
WITHOUT_TRIPLET = {
    "one image": [3],
    "one digit": [3, 3, 3],
    "no digit twice": [1, 2, 3, 4],
}
each_loss = pytest.mark.parametrize("loss_fn", LOSSES.values(), ids=LOSSES.keys())


def is_valid(labels, a, p, n):
    return a != p and labels[a] == labels[p] and labels[a] != labels[n]


def triplet_distances(x, labels):
    """Yield (anchor, d(a, p), d(a, n)) of every valid triplet."""
    for a, p, n in product(range(len(labels)), repeat=3):
        if is_valid(labels, a, p, n):
            yield a, np.linalg.norm(x[a] - x[p]), np.linalg.norm(x[a] - x[n])


def mean(values):
    return sum(values) / len(values) if values else 0.0


def batch_all_by_loops(x, labels, margin):
    losses = [max(0.0, to_p - to_n + margin) for _, to_p, to_n in triplet_distances(x, labels)]
    active = [loss for loss in losses if loss > 0]
    return mean(active), len(active) / max(1, len(losses))


def semi_hard_by_loops(x, labels, margin):
    return mean(
        [
            to_p - to_n + margin
            for _, to_p, to_n in triplet_distances(x, labels)
            if to_p < to_n < to_p + margin
        ]
    )


def batch_hard_by_loops(x, labels, margin):
    losses = []
    for anchor in range(len(labels)):
        own = [(to_p, to_n) for a, to_p, to_n in triplet_distances(x, labels) if a == anchor]
        if own:
            gap = max(to_p for to_p, _ in own) - min(to_n for _, to_n in own)
            soft = margin is None
            losses.append(math.log(1 + math.exp(gap)) if soft else max(0.0, gap + margin))
    return mean(losses)


def draw_batch(seed, n=9, dim=3):
    """Draw a batch in which some digits may stand alone."""
    random = np.random.default_rng(seed)
    return random.standard_normal((n, dim)), random.integers(0, 4, n)


def as_tensors(x, labels):
    return torch.tensor(x, dtype=torch.float64, requires_grad=True), torch.tensor(labels)


@pytest.mark.parametrize("seed", SEEDS)
def test_valid_triplets_equal_the_loops(seed):
    _, labels = draw_batch(seed)
    found = valid_triplets(torch.tensor(labels))
    assert found.shape == (9, 9, 9)
    assert found.dtype == torch.bool
    for a, p, n in product(range(9), repeat=3):
        assert bool(found[a, p, n]) == is_valid(labels, a, p, n), (a, p, n)


@pytest.mark.parametrize("margin", MARGINS)
@pytest.mark.parametrize("seed", SEEDS)
def test_batch_all_equals_the_loops(seed, margin):
    x, labels = draw_batch(seed)
    loss, fraction = batch_all_triplet_loss(*as_tensors(x, labels), margin)
    expected_loss, expected_fraction = batch_all_by_loops(x, labels, margin)
    assert loss.item() == pytest.approx(expected_loss, abs=1e-9)
    assert fraction.item() == pytest.approx(expected_fraction)


@pytest.mark.parametrize("margin", MARGINS)
@pytest.mark.parametrize("seed", SEEDS)
def test_semi_hard_equals_the_loops(seed, margin):
    x, labels = draw_batch(seed)
    loss = semi_hard_triplet_loss(*as_tensors(x, labels), margin)
    assert loss.item() == pytest.approx(semi_hard_by_loops(x, labels, margin), abs=1e-9)


@pytest.mark.parametrize("margin", [*MARGINS, None])
@pytest.mark.parametrize("seed", SEEDS)
def test_batch_hard_equals_the_loops(seed, margin):
    x, labels = draw_batch(seed)
    loss = batch_hard_triplet_loss(*as_tensors(x, labels), margin)
    assert loss.item() == pytest.approx(batch_hard_by_loops(x, labels, margin), abs=1e-9)


def test_the_six_points_equal_the_loops():
    x, labels = as_tensors(toy.POINTS, toy.LABELS)
    loss, fraction = batch_all_triplet_loss(x, labels, 1.0)
    assert (loss.item(), fraction.item()) == pytest.approx(
        batch_all_by_loops(toy.POINTS, toy.LABELS, 1.0), abs=1e-6
    )
    for margin in (1.0, None):
        expected = batch_hard_by_loops(toy.POINTS, toy.LABELS, margin)
        assert batch_hard_triplet_loss(x, labels, margin).item() == pytest.approx(
            expected, abs=1e-6
        )


@each_loss
@pytest.mark.parametrize("seed", SEEDS)
def test_the_gradient_equals_finite_differences(loss_fn, seed):
    x, labels = as_tensors(*draw_batch(seed))
    assert torch.autograd.gradcheck(lambda x: loss_fn(x, labels), (x,))


@each_loss
@pytest.mark.parametrize("labels", WITHOUT_TRIPLET.values(), ids=WITHOUT_TRIPLET.keys())
def test_a_batch_without_a_triplet_backpropagates_a_zero(loss_fn, labels):
    x, labels = as_tensors(np.random.default_rng(0).standard_normal((len(labels), 3)), labels)
    loss = loss_fn(x, labels)
    assert loss.shape == ()
    assert loss.item() == 0
    loss.backward()
    assert x.grad is not None
    assert torch.equal(x.grad, torch.zeros_like(x))


@pytest.mark.parametrize("labels", WITHOUT_TRIPLET.values(), ids=WITHOUT_TRIPLET.keys())
def test_without_a_valid_triplet_the_active_share_is_zero(labels):
    x, labels = as_tensors(np.zeros((len(labels), 3)), labels)
    assert batch_all_triplet_loss(x, labels, 1.0)[1].item() == 0


def test_a_batch_of_easy_triplets_backpropagates_a_zero():
    x, labels = as_tensors([[0.0], [0.1], [50.0], [50.1]], [0, 0, 1, 1])
    for name in ("batch-all", "semi-hard", "batch-hard"):
        x.grad = None
        loss = LOSSES[name](x, labels)
        assert loss.item() == 0, name
        loss.backward()
        assert x.grad is not None
        assert torch.equal(x.grad, torch.zeros_like(x)), name


@each_loss
@pytest.mark.parametrize("case", ["a copy", "a negative that is a copy", "all equal"])
def test_distance_zero_gives_a_finite_gradient(loss_fn, case):
    x, labels = np.random.default_rng(1).standard_normal((6, 3)), [0, 0, 0, 1, 1, 1]
    if case == "a copy":
        x[1] = x[0]
    elif case == "a negative that is a copy":
        x[3] = x[0]
    else:
        x[:] = x[0]
    tensor, labels = as_tensors(x, labels)
    loss = loss_fn(tensor, labels)
    loss.backward()
    assert loss.isfinite()
    assert tensor.grad is not None
    assert tensor.grad.isfinite().all()


def test_a_collapsed_batch_has_the_margin_as_its_loss():
    x, labels = as_tensors(np.ones((6, 3)), [0, 0, 0, 1, 1, 1])
    assert batch_all_triplet_loss(x, labels, 0.7)[0].item() == pytest.approx(0.7)
    assert batch_hard_triplet_loss(x, labels, 0.7).item() == pytest.approx(0.7)
    assert batch_hard_triplet_loss(x, labels).item() == pytest.approx(math.log(2))


@each_loss
@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_the_batch_does_not_matter(loss_fn, seed):
    x, labels = as_tensors(*draw_batch(seed))
    order = torch.from_numpy(np.random.default_rng(seed + 1).permutation(len(labels)))
    assert loss_fn(x[order], labels[order]).item() == pytest.approx(loss_fn(x, labels).item())


# The checks, and the mistakes that are named

CHAPTER = find_chapter("5")
each_name = pytest.mark.parametrize("name", names_of(CHAPTER))


@each_name
@pytest.mark.parametrize("seed", SEEDS)
def test_the_family_without_a_mistake_passes_every_check(name, seed):
    right = exercises_of(CHAPTER)[name].right
    code = SimpleNamespace(**vars(reference(CHAPTER)) | {name: right()})
    records = Grader(Prepared(code), seed).grade_name(CHAPTER, name)
    assert [record for record in records if not record.passed] == []


@pytest.mark.slow
@each_name
def test_no_two_mistakes_crash_that_do_not_crash_alone(name):
    """Otherwise whatever else crashes would be called by their names."""
    exercise = exercises_of(CHAPTER)[name]
    every = [*exercise.mistakes, *exercise.variants]
    check = next(one for one in checks_of(CHAPTER) if one.name == name and not one.companion)
    inputs = check.draw(np.random.default_rng(0))
    crashing = [one for one in every if ending_of([one], check, inputs) is Ending.RAISED]
    pairs = filter(can_be_together, combinations([one for one in every if one not in crashing], 2))
    assert [
        [one.id for one in pair]
        for pair in pairs
        if ending_of(pair, check, inputs) is Ending.RAISED
    ] == []


def ending_of(mistakes, check, inputs):
    return call_probe(check, code_of(mistakes, reference(CHAPTER)), inputs, 0).ending


@pytest.mark.parametrize("seed", range(20))
def test_in_drawn_batches_an_example_is_at_no_distance_from_itself_however_it_is_computed(seed):
    """Rounding in |x|^2 + |y|^2 - 2 xy would tell two ways to write one mistake apart."""
    for check in checks_of(CHAPTER):
        for given in check.draw(np.random.default_rng(seed)).get("cases", {}).values():
            x = torch.from_numpy(given["embeddings"])
            assert pairwise_distances(x, x).diagonal().max() <= 1.01e-6, check.title
