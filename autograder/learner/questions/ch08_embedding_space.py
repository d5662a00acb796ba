"""Small batches for chapter 8: four points in the form of a cross, away from the origin."""

from typing import Any

import numpy as np

from ...grading.check import Inputs
from .small_batch import SmallBatch, call_lines

ARMS = [(3, 1), (2, 1), (4, 2), (6, 2), (4, 3), (7, 1)]  # their squares have round shares


def a_cross(random: np.random.Generator) -> Inputs:
    across, up = random.permutation(ARMS[random.integers(len(ARMS))])
    around = np.array([[across, 0], [-across, 0], [0, up], [0, -up]])
    x = random.integers(8, 12, 2) + random.permutation(around)  # (4, 2)
    return {"x": x.astype(np.float32), "num_components": 2}


def of_shares(inputs: Inputs) -> list[str]:
    what = "What is the third of its results, the share of the variance that each explains?"
    return call_lines("pca", what, **inputs)


def shares(value: Any) -> Any:
    return value[2]


BATCHES = (
    SmallBatch(
        "pca",
        "random rows",
        a_cross,
        of_shares,
        shares,
        (
            "pca-ratio-not-squared",
            "pca-not-centred",
            "pca-squares",
            "pca-cumulative",
            "pca-variances",
            "pca-singular-values",
            "pca-shares-in-rising-order",
        ),
    ),
)
