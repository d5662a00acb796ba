"""Small batches for chapter 5: four examples on a line, so that all distances are whole."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ...grading.check import Inputs
from ...grading.comparison import VALUE
from .small_batch import SmallBatch, call_lines, on_a_line

LABELS = ([3, 3, 3, 7], [3, 3, 7, 7])
MOST_DIGITS = ([1, 1, 2, 2], [1, 1, 1, 2], [1, 1, 2, 3], [1, 1, 1, 2, 2], [1, 1, 2, 2, 3])


def few_labels(random: np.random.Generator) -> Inputs:
    return {"labels": random.permutation(MOST_DIGITS[random.integers(len(MOST_DIGITS))])}


def how_many(inputs: Inputs) -> list[str]:
    what = "How many entries of the result are True?"
    return call_lines("valid_triplets", what, labels=inputs["labels"])


def count_of(value: Any) -> Any:
    return np.asarray(value[VALUE]).sum()


def four_examples(random: np.random.Generator) -> Inputs:
    one = {
        "embeddings": on_a_line(random, 4),
        "labels": random.permutation(LABELS[random.integers(len(LABELS))]),
        "margin": float(random.integers(2, 5)),
    }
    return {"cases": {"": one}}


def of_loss(name: str, what: str = "What does it return?") -> Callable[[Inputs], list[str]]:
    return lambda inputs: call_lines(name, what, **inputs["cases"][""])


def loss_of(value: Any) -> Any:
    return value[""][VALUE]


BATCHES = (
    SmallBatch(
        "valid_triplets",
        "random labels",
        few_labels,
        how_many,
        count_of,
        (
            "mask-diagonal",
            "mask-negative-any-other",
            "mask-negative-anyone",
            "mask-half-of-the-pairs",
            "mask-of-pairs",
            "mask-either-condition",
        ),
    ),
    SmallBatch(
        "batch_all_triplet_loss",
        "a random batch: loss and active share",
        four_examples,
        of_loss("batch_all_triplet_loss", "What is the first of its two results, the loss?"),
        loss_of,
        (
            "all-mean-over-valid",
            "all-sum",
            "all-no-cut-off",
            "all-swapped",
            "all-diagonal",
            "all-no-margin",
            "all-mean-over-anchors",
        ),
    ),
    SmallBatch(
        "semi_hard_triplet_loss",
        "the six points",
        four_examples,
        of_loss("semi_hard_triplet_loss"),
        loss_of,
        (
            "semi-hard-ones-included",
            "semi-no-upper-bound",
            "semi-hard-ones-only",
            "semi-mean-over-valid",
            "semi-sum",
            "semi-loss-without-margin",
        ),
    ),
    SmallBatch(
        "batch_hard_triplet_loss",
        "the six points",
        four_examples,
        of_loss("batch_hard_triplet_loss"),
        loss_of,
        (
            "hard-negative-farthest",
            "hard-no-margin",
            "hard-positive-nearest",
            "hard-sum",
            "hard-swapped",
            "hard-no-cut-off",
            "hard-negative-any-other",
        ),
    ),
)
