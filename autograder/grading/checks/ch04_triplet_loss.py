"""Checks of chapter 4: the distance, the loss, and its gradient by hand."""

from types import ModuleType
from typing import Any

import numpy as np
import torch

from exercises.given import toy

from ..check import Check, Inputs
from ..comparison import VALUE, Mismatch, Tolerance, compare
from ..probing import leaving_unchanged, value_and_gradients

EXAMPLE, DISTANCE, GRADIENT = "A worked example", "Definition", "The gradient by hand"


def floats(random: np.random.Generator, *shape: int) -> np.ndarray:
    return random.standard_normal(shape).astype(np.float32)


def six_points(_: np.random.Generator) -> Inputs:
    x, y = toy.POINTS[:3].copy(), toy.POINTS[3:].copy()
    return {"x": x, "y": y, "weights": np.arange(9, dtype=np.float32).reshape(3, 3)}


def random_points(random: np.random.Generator) -> Inputs:
    return {"x": floats(random, 5, 7), "y": floats(random, 3, 7), "weights": floats(random, 5, 3)}


def distances(code: ModuleType, x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> Any:
    return value_and_gradients(code.pairwise_distances, {"x": x, "y": y}, weights=weights)


def equal_rows(random: np.random.Generator) -> Inputs:
    row, direction = floats(random, 1, 6), floats(random, 1, 6)
    # At distance 1, the square of a distance is the distance.
    other = row + 3 * direction / np.linalg.norm(direction)
    return {"x": np.concatenate([row, row, other])}


def distances_at_zero(code: ModuleType, x: np.ndarray) -> Any:
    points = torch.from_numpy(x).requires_grad_()
    value = code.pairwise_distances(points, points)
    if value.requires_grad:
        value.sum().backward()
    return {"value": value.detach(), "gradient": points.grad}


# |x|^2 + |y|^2 - 2 xy in float32 is off by about 1e-6, so its square root by about 1e-3.
NEAR_ZERO = Tolerance(absolute=5e-3)


def judge_finite(observed: dict[str, Any], expected: dict[str, Any], inputs: Inputs) -> None:
    compare({"value": observed["value"]}, {"value": expected["value"]}, NEAR_ZERO)
    require_finite(observed["gradient"], inputs["x"], "the distance of two equal rows")


def require_finite(gradient: Any, by: np.ndarray, of: str) -> None:
    if gradient is None:
        raise Mismatch(f"No gradient flows back from {of}.", "Expected finite numbers.")
    if not np.isfinite(np.asarray(gradient)).all():
        raise Mismatch(f"The gradient of {of} has NaN or infinity.", "Expected finite numbers.")
    if np.shape(gradient) != by.shape:
        raise Mismatch(
            f"The gradient of {of} has shape {np.shape(gradient)}.", f"Expected {by.shape}."
        )


def alike_at_zero(one: dict[str, Any], other: dict[str, Any], _: Inputs) -> bool:
    """Compare the finite values, whether there are gradients, and whether NaN is anywhere.

    At distance zero there is no one right gradient: any length up to one is. And whether a root
    without a guard meets zero or a tiny negative number is a matter of rounding.
    """
    first, second = np.asarray(one[VALUE]), np.asarray(other[VALUE])
    if first.shape != second.shape or missing(one) != missing(other):
        return False
    finite = np.isfinite(first) & np.isfinite(second)
    values_agree = np.allclose(first[finite], second[finite], atol=NEAR_ZERO.absolute)
    return values_agree and is_finite(one) == is_finite(other)


def missing(result: dict[str, Any]) -> set[str]:
    return {name for name in result if result[name] is None}


def is_finite(result: dict[str, Any]) -> bool:
    present = [part for part in result.values() if part is not None]
    return all(np.isfinite(np.asarray(part)).all() for part in present)


def worked_triplets(_: np.random.Generator) -> Inputs:
    """Return the worked triplets without a margin: the default is 1."""
    anchor, positive, negative = toy.triplets()
    return {"anchor": anchor, "positive": positive, "negative": negative}


def random_triplets(random: np.random.Generator) -> Inputs:
    """Draw easy, semi-hard, hard and very hard triplets, by their distances and by their angles.

    None is near a border. Their mean is above zero before the cut-off, with or without a margin,
    so that this check can tell one mistake from another where the worked example gives zero.
    The default margin has other triplets active than the margin that is asked for.
    """
    margin = float(random.uniform(0.4, 0.6))
    while True:
        anchor, positive, negative = (floats(random, 24, 5) for _ in range(3))
        positive *= 1.5
        gaps = gaps_between(anchor, positive, negative)
        angles = gaps_between(*(unit(points) for points in (anchor, positive, negative)))
        is_positive = (gaps - margin).mean() > 0.1
        of_all_kinds = all(has_all(each, margin) for each in (gaps, angles))
        if is_positive and of_all_kinds and tells_margin(gaps, margin):
            return {"anchor": anchor, "positive": positive, "negative": negative, "margin": margin}


def gaps_between(anchor: np.ndarray, positive: np.ndarray, negative: np.ndarray) -> np.ndarray:
    """Return the distance of each anchor to its positive minus that to its negative, (n,)."""
    to_positive = np.linalg.norm(anchor - positive, axis=1)
    return to_positive - np.linalg.norm(anchor - negative, axis=1)


def unit(points: np.ndarray) -> np.ndarray:
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def has_all(gaps: np.ndarray, margin: float) -> bool:
    """Return whether two triplets at least are of each kind, and none is near a border."""
    counts = np.histogram(gaps, [-np.inf, -margin, 0, margin, np.inf])[0]
    to_border = np.abs([gaps - margin, gaps, gaps + margin]).min()
    return bool(counts.min() >= 2 and to_border > 1e-3)


def tells_margin(gaps: np.ndarray, margin: float) -> bool:
    """Return whether some of the easy triplets, not all, are active where the margin is 1."""
    counts = np.histogram(gaps, [-np.inf, -1, -margin])[0]
    return bool(counts.min() >= 1 and np.abs(gaps + 1).min() > 1e-3)


def loss(
    code: ModuleType,
    anchor: np.ndarray,
    positive: np.ndarray,
    negative: np.ndarray,
    **margin: float,
) -> Any:
    return value_and_gradients(
        lambda *batch: code.triplet_loss(*batch, **margin),
        {"anchor": anchor, "positive": positive, "negative": negative},
        weights=np.ones((), np.float32),
    )


def easy_triplets(random: np.random.Generator) -> Inputs:
    """Draw triplets whose mean before the cut-off at zero is negative.

    The first is active, with its negative nearer to the positive than to the anchor.
    """
    anchor = floats(random, 6, 5)
    positive = anchor + 0.1 * floats(random, 6, 5)
    negative = anchor + 3 * floats(random, 6, 5)
    negative[0] = anchor[0] + 0.1
    positive[0] = anchor[0] + random.uniform(0.02, 0.09, 5)
    return {"anchor": anchor, "positive": positive, "negative": negative, "margin": 0.5}


def equal_triplets(random: np.random.Generator) -> Inputs:
    anchor = floats(random, 3, 4)
    return {"anchor": anchor, "positive": anchor.copy(), "negative": anchor.copy(), "margin": 1.0}


def partly_equal_triplets(random: np.random.Generator) -> Inputs:
    """Draw active triplets with distances of zero: both, to the positive only, to the negative."""
    anchor, direction = floats(random, 3, 4), floats(random, 3, 4)
    other = anchor + 0.5 * unit(direction)
    positive = np.stack([anchor[0], anchor[1], other[2]])
    negative = np.stack([anchor[0], other[1], anchor[2]])
    return {"anchor": anchor, "positive": positive, "negative": negative, "margin": 1.0}


def judge_loss_at_zero(observed: dict[str, Any], expected: dict[str, Any], inputs: Inputs) -> None:
    compare({"value": observed["value"]}, {"value": expected["value"]}, NEAR_ZERO)
    for name in ("anchor", "positive", "negative"):
        gradient = observed[f"gradient by {name}"]
        require_finite(gradient, inputs[name], "the loss of three equal points")


def gradient(
    code: ModuleType,
    anchor: np.ndarray,
    positive: np.ndarray,
    negative: np.ndarray,
    **margin: float,
) -> Any:
    with leaving_unchanged(anchor=anchor, positive=positive, negative=negative):
        return code.triplet_loss_gradient(anchor, positive, negative, **margin)


DISTANCES, LOSS, BY_HAND = "pairwise_distances", "triplet_loss", "triplet_loss_gradient"
RANDOM_ROWS, RANDOM_TRIPLETS = "random rows, and gradients", "random triplets, and gradients"
RANDOM_BY_HAND = "random triplets"
WORKED = "the four triplets of the worked example"
AT_ZERO = "a finite gradient at distance zero"

CHECKS = [
    Check(
        DISTANCES,
        "the six points",
        2,
        six_points,
        distances,
        DISTANCE,
        companion=RANDOM_ROWS,
        worked=True,
    ),
    Check(DISTANCES, RANDOM_ROWS, 3, random_points, distances, DISTANCE),
    Check(
        DISTANCES,
        AT_ZERO,
        2,
        equal_rows,
        distances_at_zero,
        GRADIENT,
        judge=judge_finite,
        alike=alike_at_zero,
        companion=RANDOM_ROWS,
    ),
    Check(LOSS, WORKED, 2, worked_triplets, loss, EXAMPLE, companion=RANDOM_TRIPLETS, worked=True),
    Check(LOSS, RANDOM_TRIPLETS, 3, random_triplets, loss, DISTANCE),
    Check(LOSS, "mostly easy triplets", 1, easy_triplets, loss, DISTANCE),
    Check(
        LOSS,
        AT_ZERO,
        1,
        equal_triplets,
        loss,
        GRADIENT,
        judge=judge_loss_at_zero,
        alike=alike_at_zero,
        companion=RANDOM_TRIPLETS,
    ),
    Check(
        BY_HAND,
        WORKED,
        2,
        worked_triplets,
        gradient,
        GRADIENT,
        companion=RANDOM_BY_HAND,
        worked=True,
    ),
    Check(BY_HAND, RANDOM_BY_HAND, 3, random_triplets, gradient, GRADIENT),
    Check(
        BY_HAND,
        "equal points have a finite gradient",
        1,
        partly_equal_triplets,
        gradient,
        GRADIENT,
        companion=RANDOM_BY_HAND,
    ),
]
