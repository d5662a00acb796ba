"""Small batches for chapter 2: six images, and which of them may be drawn for one of them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ...grading.check import Inputs
from .small_batch import SmallBatch, call_lines

NAME = "TripletMNIST"
DIGITS = ([2, 2, 2, 6, 6, 6], [2, 2, 2, 6, 6], [2, 2, 2, 2, 6, 6], [2, 2, 2, 6, 6, 6, 6])


def one_of_six(random: np.random.Generator) -> Inputs:
    """Draw labels, each digit two times at least, and an anchor that has two positives or more."""
    labels = random.permutation(DIGITS[random.integers(len(DIGITS))])
    images = np.arange(1, len(labels) + 1, dtype=np.float32)[:, None, None, None]  # (n, 1, 1, 1)
    others = np.flatnonzero(labels == 2)
    before: dict[str, list[int]] = {"sample_positive": [], "sample_negative": []}
    return {"images": images, "labels": labels, "index": int(others[0]), "before": before}


def of_draws(method: str) -> Callable[[Inputs], list[str]]:
    def asks(inputs: Inputs) -> list[str]:
        what = f"Which numbers can {method}({inputs['index']}) return?"
        return call_lines(NAME, what, labels=inputs["labels"])

    return asks


def those_drawn(value: Any) -> Any:
    drawn = sorted({int(one) for one in np.asarray(value["draws"])})
    if drawn[0] < 0:
        raise ValueError("a draw ended in an error")
    return drawn


BATCHES = (
    SmallBatch(
        NAME,
        "positives: the same digit, never the anchor, all equally likely",
        one_of_six,
        of_draws("sample_positive"),
        those_drawn,
        (
            "triplets-anchor-as-positive",
            "triplets-positive-any-other",
            "triplets-positive-place",
            "triplets-positive-skips-one",
            "triplets-positive-any-image",
        ),
    ),
    SmallBatch(
        NAME,
        "negatives: another digit, all equally likely",
        one_of_six,
        of_draws("sample_negative"),
        those_drawn,
        (
            "triplets-negative-not-anchor",
            "triplets-negative-any",
            "triplets-negative-place",
            "triplets-negative-skips-one",
            "triplets-negative-no-step",
        ),
    ),
)
