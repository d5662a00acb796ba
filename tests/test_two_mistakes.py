"""Two mistakes in one function, as a learner writes them: both are named, and never a third."""

import itertools
from pathlib import Path

import pytest

from autograder.chapters import SOLUTIONS, find_chapter
from autograder.grading.grade import Grader, Known
from autograder.grading.record import Status
from autograder.isolation.in_process import InProcess
from autograder.publishing.assemblies.assembly import Assembly
from autograder.publishing.assemblies.kept_words import read_words
from tests.assembled import ASSEMBLIES, may_be_named, mistakes_in
from tests.slow import first_of

SEEDS = range(3)

# Readers put 17 exercises together in the pages of the book, and what the grader says of each
# combination is kept. The templates here have decisions that the pages leave out.
# For each exercise, a way to write it with a slot for each decision; in every slot the right text
# stands first, and then each mistake as (id, text). Two mistakes come from two different slots.
LOSS = """
import torch

def triplet_loss(anchor, positive, negative, margin=1.0):
    {margin}
    to_positive = {distance}(anchor - positive)
    to_negative = {distance}({from_where} - negative)
    gap = {gap}
    losses = {cut}
    return losses{reduced}

def length(difference):
    return torch.linalg.vector_norm(difference, dim=1)

def squared(difference):
    return difference.square().sum(dim=1)

def over_all(difference):
    return torch.linalg.vector_norm(difference)[None]

def bare(difference):
    return difference.square().sum(dim=1).sqrt()
"""
LOSS_SLOTS = {
    "margin": ["pass", ("loss-margin-fixed", "margin = 1.0"), ("loss-no-margin", "margin = 0.0"),
               ("loss-margin-subtracted", "margin = -margin")],
    "distance": ["length", ("loss-squared-distance", "squared"), ("loss-norm-over-batch", "over_all"),
                 ("loss-nan-gradient", "bare")],
    "gap": ["to_positive - to_negative", ("loss-swapped", "to_negative - to_positive")],
    "from_where": ["anchor", ("loss-from-positive", "positive")],
    "cut": ["torch.relu(gap + margin)",
            ("loss-no-cut-off", "gap + margin"),
            ("loss-cut-off-after-mean", "torch.relu((gap + margin).mean())")],
    "reduced": [".mean()", ("loss-sum", ".sum()"), ("loss-detached", ".mean().detach()"),
                ("loss-not-reduced", "")],
}  # fmt: skip

GRADIENT = """
import numpy as np

def triplet_loss_gradient(anchor, positive, negative, margin=1.0):
    {margin}
    u, to_positive = unit(anchor - positive)
    v, to_negative = unit(anchor - negative)
    active = to_positive - to_negative + margin > 0
    share = {active} / {count}
    sign = {sign}
    by_anchor = sign * share * ({anchor})
    by_positive = -sign * share * u
    by_negative = sign * share * v
    return {order}

def unit(difference):
    length = np.linalg.norm(difference, axis=1, keepdims=True)
    return difference / {divisor}, length
"""
GRADIENT_SLOTS = {
    "margin": ["pass", ("gradient-no-margin", "margin = 0.0")],
    "active": ["active", ("gradient-of-easy-triplets", "np.ones_like(active)")],
    "count": ["len(anchor)", ("gradient-missing-1-over-n", "1"),
              ("gradient-over-active", "max(1, active.sum())")],
    "sign": ["1", ("gradient-sign", "-1")],
    "anchor": ["u - v", ("gradient-anchor-half", "u")],
    "order": ["by_anchor, by_positive, by_negative",
              ("gradient-positive-and-negative-exchanged", "by_anchor, by_negative, by_positive")],
    "divisor": ["np.where(length == 0, 1, length)", ("gradient-not-unit-length", "1"),
                ("gradient-nan-at-zero", "length")],
}  # fmt: skip

DISTANCES = """
import torch

def pairwise_distances(x, y):
    {order}
    squared = x.square().sum(1)[:, None] + y.square().sum(1)[None] {product} x @ y.T
    return {root}{graph}
"""
DISTANCES_SLOTS = {
    "order": ["pass", ("distances-transposed", "x, y = y, x")],
    "product": ["- 2 *", ("distances-product-added", "+ 2 *")],
    "root": ["squared.clamp(min=1e-12).sqrt()", ("distances-squared", "squared.clamp(min=1e-12)"),
             ("distances-nan-gradient", "squared.clamp(min=0).sqrt()")],
    "graph": ["", ("distances-detached", ".detach()")],
}  # fmt: skip

HARD = """
import torch
from torch.nn import functional as F
from .ch04_triplet_loss import pairwise_distances

def batch_hard_triplet_loss(embeddings, labels, margin=None):
    d = pairwise_distances(embeddings, embeddings){distance}
    same = labels[:, None] == labels[None]
    positives = same & ~torch.eye(len(labels), dtype=torch.bool)
    negatives = ~same
    hardest_positive = {positive}
    hardest_negative = {negative}
    has = {has}
    gaps = (hardest_positive - hardest_negative)[has]
    if len(gaps) == 0:
        return {empty}
    losses = F.softplus(gaps) if margin is None else F.relu(gaps {margin})
    return losses.{reduced}()
"""
HARD_SLOTS = {
    "distance": ["", ("hard-", ".square()")],
    "positive": ["d.masked_fill(~positives, -torch.inf).amax(1)",
                 ("hard-", "d.masked_fill(~positives, torch.inf).amin(1)")],
    "negative": ["d.masked_fill(~negatives, torch.inf).amin(1)",
                 ("hard-", "d.masked_fill(~negatives, -torch.inf).amax(1)")],
    "has": ["positives.any(1) & negatives.any(1)"],
    "empty": ["embeddings.sum() * 0.0", ("hard-", "torch.zeros(())")],
    "margin": ["+ margin", ("hard-", "- margin"), ("hard-", "")],
    "reduced": ["mean", ("hard-", "sum")],
}  # fmt: skip

PCA = """
import torch

def pca(x, num_components):
    centred = x{centre}
    u, s, vh = torch.linalg.svd(centred, full_matrices=False)
    components = vh[:num_components]
    projection = {projection}
    variance = {variance}
    ratio = {ratio}
    return projection, {directions}, ratio[:num_components]
"""
PCA_SLOTS = {
    "centre": [" - x.mean(dim=0)", ("pca-", "")],
    "projection": ["centred @ components.T", ("pca-", "u[:, :num_components]")],
    "variance": ["s.square()", ("pca-", "s")],
    "ratio": ["variance / variance.sum()", ("pca-", "variance / variance[:num_components].sum()")],
    "directions": ["components", ("pca-", "components.T")],
}  # fmt: skip

TRAIN = """
def train_epoch(network, batches, loss_fn, optimizer):
    {mode}
    total, examples, count = 0.0, 0, 0
    for images, labels in batches:
        {zero}
        loss = loss_fn(network(images), labels)
        {backward}
        {step}
        total += loss.item() * {weight}
        examples += {weight}
    return total / examples
"""
TRAIN_SLOTS = {
    "mode": ["network.train()", ("train-", "network.eval()"), ("train-", "pass")],
    "zero": ["optimizer.zero_grad()", ("train-", "pass")],
    "backward": ["loss.backward()", ("train-", "pass")],
    "step": ["optimizer.step()", ("train-", "pass")],
    "weight": ["len(labels)", ("train-", "1")],
}  # fmt: skip

# A mistake that hides another: with both, the code gives what it gives with the first alone. A root
# is taken of zero only where equal rows are subtracted, and its gradient is lost with the graph.
HIDES = {
    ("distances-product-added", "distances-nan-gradient"),
    ("distances-detached", "distances-nan-gradient"),
    ("loss-detached", "loss-nan-gradient"),
}

EXERCISES = [
    ("triplet_loss", "4", LOSS, LOSS_SLOTS),
    ("triplet_loss_gradient", "4", GRADIENT, GRADIENT_SLOTS),
    ("pairwise_distances", "4", DISTANCES, DISTANCES_SLOTS),
    ("batch_hard_triplet_loss", "5", HARD, HARD_SLOTS),
    ("pca", "8", PCA, PCA_SLOTS),
    ("train_epoch", "7", TRAIN, TRAIN_SLOTS),
]


def written(template: str, slots: dict, *mistakes: tuple[str, str, str]) -> str:
    """Return the source with the given (slot, id, text) mistakes, and all other slots right."""
    texts = {slot: choices[0] for slot, choices in slots.items()}
    return template.format(**texts | {slot: text for slot, _, text in mistakes})


def mistakes_of(slots: dict) -> list[tuple[str, str, str]]:
    return [(slot, *mistake) for slot, choices in slots.items() for mistake in choices[1:]]


# What known mistakes give is the same for all that is graded with the same seed.
KNOWN = {seed: Known() for seed in SEEDS}


def named(folder: Path, number: str, name: str, source: str, seed: int) -> set[str]:
    """Return the ids in the records of the exercise; {"passed"} if nothing failed.

    What waits for its companion is right, so no mistake is to be found in it.
    """
    chapter = find_chapter(number)
    distances = "ch04_triplet_loss.py"
    (folder / distances).write_text((SOLUTIONS / distances).read_text(encoding="utf-8"))
    (folder / f"{chapter.stem}.py").write_text(source, encoding="utf-8")
    records = Grader(InProcess(folder), seed, KNOWN[seed]).grade_name(chapter, name)
    failed = [record for record in records if record.status is not Status.PASSED]
    wrong = [record for record in failed if record.status is not Status.HELD_BACK]
    ids = {one for record in wrong for one in record.mistakes}
    return ids or ({""} if wrong else {"passed"})


@pytest.mark.parametrize(
    ("name", "number", "template", "slots"), EXERCISES, ids=lambda v: str(v)[:24]
)
def test_the_template_without_a_mistake_passes(tmp_path, name, number, template, slots):
    assert named(tmp_path, number, name, written(template, slots), 0) == {"passed"}


# These have the most pairs.
LONG = ("batch_hard_triplet_loss", "train_epoch")


@pytest.mark.parametrize("seed", first_of(SEEDS, 1))
@pytest.mark.parametrize(
    ("name", "number", "template", "slots"),
    [pytest.param(*one, marks=pytest.mark.slow) if one[0] in LONG else one for one in EXERCISES],
    ids=lambda v: str(v)[:24],
)
def test_two_mistakes_are_both_named_or_one_of_them_and_never_a_third(
    tmp_path, name, number, template, slots, seed
):
    alone = {}
    for mistake in mistakes_of(slots):
        folder = tmp_path / f"alone{len(alone)}"
        folder.mkdir()
        alone[mistake] = named(folder, number, name, written(template, slots, mistake), seed)
    pairs = list(itertools.combinations(mistakes_of(slots), 2))
    pairs = [(one, other) for one, other in pairs if one[0] != other[0]]
    whole = 0
    for place, (one, other) in enumerate(pairs):
        folder = tmp_path / f"pair{place}"
        folder.mkdir()
        source = written(template, slots, one, other)
        found = named(folder, number, name, source, seed)
        seen = alone[one] | alone[other]
        seen -= {hidden for hiding, hidden in HIDES if {hiding, hidden} == seen}
        assert found <= seen | {"", "passed"}, (one, other, found, source)
        whole += found == seen
    assert whole >= 0.9 * len(pairs)


@pytest.mark.parametrize(
    ("name", "number", "template", "slots"), EXERCISES, ids=lambda v: str(v)[:24]
)
def test_one_mistake_written_in_another_way_is_named(tmp_path, name, number, template, slots):
    for place, mistake in enumerate(mistakes_of(slots)):
        folder = tmp_path / str(place)
        folder.mkdir()
        found = named(folder, number, name, written(template, slots, mistake), 1)
        assert len(found) == 1
        (only,) = found
        assert only.startswith(mistake[1]), (mistake, found)


# How many of the pairs in a page are named whole, at least: all exercises together, and each alone.
# Many a mistake hides another there: a root of what is wrong already, a mean of no losses.
WHOLE, WHOLE_EACH = 0.8, 0.6


def pairs_in(assembly: Assembly) -> list[tuple[set[str], set[str]]]:
    """Return the two mistakes and those that are named, of each pair that a page can show."""
    pairs = []
    for chosen, said in read_words(assembly).said.items():
        if sum(number > 0 for number in chosen) == 2:
            there = mistakes_in(assembly, chosen)
            pairs += [(there, set(said.named))] if len(there) == 2 else []
    return pairs


@pytest.mark.parametrize("assembly", ASSEMBLIES, ids=lambda one: one.name)
def test_two_mistakes_that_a_page_can_show_are_named_and_never_a_third(assembly: Assembly):
    pairs = pairs_in(assembly)
    assert [(there, named) for there, named in pairs if not named <= may_be_named(there)] == []
    whole = [named for there, named in pairs if named == there]
    assert len(whole) >= WHOLE_EACH * len(pairs)


def test_nearly_all_pairs_that_the_pages_can_show_are_named_whole():
    pairs = [pair for assembly in ASSEMBLIES for pair in pairs_in(assembly)]
    assert len(pairs) > 300
    assert sum(there == named for there, named in pairs) >= WHOLE * len(pairs)
