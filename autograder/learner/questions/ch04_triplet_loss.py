"""Small batches for chapter 4: distances and triplets in the plane, mostly of whole lengths."""

from typing import Any

import numpy as np

from ...grading.check import Inputs
from ...grading.comparison import VALUE
from .small_batch import SmallBatch, call_lines, entry, grid, whole_step


def two_and_two(random: np.random.Generator) -> Inputs:
    x, y = np.split(grid(random, 4), 2)  # (2, 2) each
    return {"x": x, "y": y, "weights": np.ones((2, 2), np.float32)}


def two_triplets(random: np.random.Generator) -> Inputs:
    anchor = random.integers(0, 4, (2, 2))
    positive, negative = (anchor + [whole_step(random) for _ in anchor] for _ in range(2))
    points = {"anchor": anchor, "positive": positive, "negative": negative}
    return {
        **{name: each.astype(np.float32) for name, each in points.items()},
        "margin": float(random.integers(1, 4)),
    }


def of_distances(inputs: Inputs) -> list[str]:
    return call_lines("pairwise_distances", x=inputs["x"], y=inputs["y"])


def of_loss(inputs: Inputs) -> list[str]:
    return call_lines("triplet_loss", **inputs)


def of_gradient(inputs: Inputs) -> list[str]:
    what = "What is the second of the three results, the gradient by positive?"
    return call_lines("triplet_loss_gradient", what, **inputs)


def by_positive(value: Any) -> Any:
    return value[1]


BATCHES = (
    SmallBatch(
        "pairwise_distances",
        "random rows, and gradients",
        two_and_two,
        of_distances,
        entry(VALUE),
        (
            "distances-squared",
            "distances-city-block",
            "distances-transposed",
            "distances-row-by-row",
            "distances-product-once",
            "distances-mean-of-squares",
        ),
    ),
    SmallBatch(
        "triplet_loss",
        "random triplets, and gradients",
        two_triplets,
        of_loss,
        entry(VALUE),
        (
            "loss-swapped",
            "loss-no-cut-off",
            "loss-sum",
            "loss-no-margin",
            "loss-squared-distance",
            "loss-mean-of-active",
            "loss-margin-subtracted",
            "loss-not-reduced",
        ),
    ),
    SmallBatch(
        "triplet_loss_gradient",
        "random triplets",
        two_triplets,
        of_gradient,
        by_positive,
        (
            "gradient-positive-sign",
            "gradient-missing-1-over-n",
            "gradient-of-easy-triplets",
            "gradient-not-unit-length",
            "gradient-over-active",
            "gradient-of-easy-triplets-only",
        ),
    ),
)
