"""Small batches for chapter 7: two or three batches, and the loss of each."""

import numpy as np

from ...grading.check import Inputs
from .small_batch import SmallBatch, entry


def batches_and_losses(random: np.random.Generator) -> Inputs:
    """Draw batches of different sizes, none of one example, and a whole loss for each."""
    sizes = random.choice(np.arange(2, 9), random.integers(2, 4), replace=False).tolist()
    batches = [
        (random.standard_normal((n, 1, 2, 2)).astype(np.float32), random.integers(0, 3, n))
        for n in sizes
    ]
    losses = dict(zip(sizes, random.choice(np.arange(1.0, 10.0), len(sizes)).tolist(), strict=True))
    weight = random.standard_normal((3, 4)).astype(np.float32)
    return {"batches": batches, "weight": weight, "losses": losses}


def of_epoch(inputs: Inputs) -> list[str]:
    given = [
        f"  a batch of {size} images, whose mean loss is {loss:g}"
        for size, loss in inputs["losses"].items()
    ]
    return ["Your train_epoch is called with these batches, in this order:", *given, RETURNS]


RETURNS = "What does it return?"

BATCHES = (
    SmallBatch(
        "train_epoch",
        "the mean loss per example",
        batches_and_losses,
        of_epoch,
        entry("mean loss"),
        (
            "train-mean-of-means",
            "train-loss-of-the-last-batch",
            "train-sum-over-batches",
            "train-sum-over-examples",
            "train-divided-by-the-batches",
            "train-divided-by-the-last-batch",
        ),
    ),
)
