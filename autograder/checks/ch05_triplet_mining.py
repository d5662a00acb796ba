"""Checks of chapter 5: which triplets are chosen, and their loss."""

from types import ModuleType
from typing import Any

import numpy as np
import torch

from exercises.given import toy

from ..check import Check, Inputs
from ..comparison import Mismatch
from ..probing import value_and_gradients

MASK, ALL, SEMI, HARD, EMPTY = (
    "The mask of valid triplets",
    "Batch-all",
    "Semi-hard",
    "Batch-hard",
    "When a batch has no triplet",
)
SCALAR = np.ones((), np.float32)


def toy_labels(_: np.random.Generator) -> Inputs:
    return {"labels": toy.LABELS.copy()}


def random_labels(random: np.random.Generator) -> Inputs:
    return {"labels": random.integers(0, 4, size=9)}


def mask(chapter: ModuleType, labels: np.ndarray) -> Any:
    return chapter.valid_triplets(torch.from_numpy(labels))


def six_points(_: np.random.Generator) -> Inputs:
    return {"embeddings": toy.POINTS.copy(), "labels": toy.LABELS.copy(), "margin": 1.0}


def random_batch(random: np.random.Generator) -> Inputs:
    # One class is alone (an anchor without a positive), the others differ in size.
    labels = random.permutation(np.array([0, 1, 1, 1, 1, 2, 2, 3, 3, 3]))
    embeddings = random.standard_normal((len(labels), 4)).astype(np.float32)
    margin = float(random.uniform(0.3, 1.2))
    return {"embeddings": embeddings, "labels": labels, "margin": margin}


def without_margin(random: np.random.Generator) -> Inputs:
    return {**random_batch(random), "margin": None}


def six_points_without_margin(random: np.random.Generator) -> Inputs:
    return {**six_points(random), "margin": None}


def loss_of(name: str) -> Any:
    def probe(
        chapter: ModuleType, embeddings: np.ndarray, labels: np.ndarray, margin: float | None
    ) -> Any:
        function = getattr(chapter, name)
        return value_and_gradients(
            lambda rows: first(function(rows, torch.from_numpy(labels), margin)),
            {"embeddings": embeddings},
            weights=SCALAR,
        )

    return probe


def first(result: Any) -> Any:
    return result[0] if isinstance(result, tuple) else result


def loss_and_fraction(
    chapter: ModuleType, embeddings: np.ndarray, labels: np.ndarray, margin: float
) -> Any:
    result = chapter.batch_all_triplet_loss(
        torch.from_numpy(embeddings), torch.from_numpy(labels), margin
    )
    if not isinstance(result, tuple) or len(result) != 2:
        raise Mismatch(f"Returned {result!r}.", "Expected the pair (loss, active_fraction).")
    return {"loss": result[0], "active fraction": float(result[1])}


def without_triplets(random: np.random.Generator) -> Inputs:
    embeddings = random.standard_normal((4, 3)).astype(np.float32)
    return {
        "embeddings": embeddings,
        "cases": {"all the same": [2] * 4, "all different": [0, 1, 2, 3]},
    }


def empty_losses(
    chapter: ModuleType, embeddings: np.ndarray, cases: dict[str, list[int]]
) -> dict[str, Any]:
    """Return the loss and the largest entry of its gradient for every miner and case."""
    results: dict[str, Any] = {}
    for name in ("batch_all_triplet_loss", "semi_hard_triplet_loss", "batch_hard_triplet_loss"):
        for case, labels in cases.items():
            rows = torch.from_numpy(embeddings).requires_grad_()
            loss = first(getattr(chapter, name)(rows, torch.tensor(labels), 1.0))
            if not isinstance(loss, torch.Tensor) or not loss.requires_grad:
                raise Mismatch(
                    f"{name} with labels {case}: backward() is not possible.",
                    "Expected a zero that still backpropagates.",
                )
            loss.backward()
            results[f"{name}, labels {case}"] = loss.detach()
            results[f"{name}, labels {case}, gradient"] = rows.grad
    return results


ALL_NAME, SEMI_NAME, HARD_NAME = (
    "batch_all_triplet_loss",
    "semi_hard_triplet_loss",
    "batch_hard_triplet_loss",
)

CHECKS = [
    Check("valid_triplets", "the six points", 1, toy_labels, mask, MASK),
    Check("valid_triplets", "random labels", 3, random_labels, mask, MASK),
    Check(ALL_NAME, "the six points: loss and active share", 2, six_points, loss_and_fraction, ALL),
    Check(
        ALL_NAME, "a random batch: loss and active share", 2, random_batch, loss_and_fraction, ALL
    ),
    Check(ALL_NAME, "a random batch: gradients", 1, random_batch, loss_of(ALL_NAME), ALL),
    Check(SEMI_NAME, "the six points", 2, six_points, loss_of(SEMI_NAME), SEMI),
    Check(SEMI_NAME, "a random batch, and gradients", 2, random_batch, loss_of(SEMI_NAME), SEMI),
    Check(HARD_NAME, "the six points", 1, six_points, loss_of(HARD_NAME), HARD),
    Check(HARD_NAME, "a random batch, and gradients", 2, random_batch, loss_of(HARD_NAME), HARD),
    Check(
        HARD_NAME,
        "the six points with the soft margin",
        1,
        six_points_without_margin,
        loss_of(HARD_NAME),
        HARD,
    ),
    Check(
        HARD_NAME,
        "a random batch with the soft margin",
        1,
        without_margin,
        loss_of(HARD_NAME),
        HARD,
    ),
    Check(HARD_NAME, "batches without a triplet", 2, without_triplets, empty_losses, EMPTY),
]
