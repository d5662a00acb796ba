"""Checks of chapter 5: which triplets are chosen, and their loss."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import torch

from exercises.given import toy

from ..check import Check, Inputs
from ..comparison import GRADIENT, Mismatch, compare, equal
from ..probing import value_and_gradients

MASK, ALL, SEMI, HARD, EMPTY = (
    "The mask of valid triplets",
    "Batch-all",
    "Semi-hard",
    "Batch-hard",
    "When a batch has no triplet",
)
MASK_NAME, ALL_NAME, SEMI_NAME, HARD_NAME = (
    "valid_triplets",
    "batch_all_triplet_loss",
    "semi_hard_triplet_loss",
    "batch_hard_triplet_loss",
)
SCALAR = np.ones((), np.float32)
SHARE = "share of active triplets"


# The mask


def toy_labels(_: np.random.Generator) -> Inputs:
    return {"labels": toy.LABELS.copy()}


def random_labels(random: np.random.Generator) -> Inputs:
    digits = random.choice(10, size=4, replace=False)
    return {"labels": random.permutation(np.repeat(digits, [1, 2, 3, 4]))}


def mask(code: ModuleType, labels: np.ndarray) -> Any:
    return code.valid_triplets(torch.from_numpy(labels))


def alike_masks(one: Any, other: Any, _: Inputs) -> bool:
    """Compare the entries as numbers; of the dtype only whether it is bool."""
    if not isinstance(one, torch.Tensor) or not isinstance(other, torch.Tensor):
        return equal(one, other)
    same_kind = (one.dtype == torch.bool) == (other.dtype == torch.bool)
    return same_kind and equal(one.double(), other.double())


# The losses


def six_points(_: np.random.Generator) -> Inputs:
    return {"embeddings": toy.POINTS.copy(), "labels": toy.LABELS.copy(), "margin": 1.0}


def random_batch(random: np.random.Generator) -> Inputs:
    """Draw classes of 1, 2, 3 and 4 examples, the class of two far away from all others.

    So one anchor has no positive, and two have a hardest triplet that is easy. Two examples of
    different classes are nearer to each other than the margin.
    """
    labels = random.permutation(np.repeat([0, 1, 2, 3], [1, 4, 2, 3]))
    margin = float(random.uniform(0.4, 0.9))
    while True:
        embeddings = random.standard_normal((len(labels), 4))
        near, far = (length * unit(random) for length in (0.3, 6))
        embeddings[labels.tolist().index(3)] = embeddings[labels.tolist().index(1)] + near
        embeddings[labels == 2] = far + 0.3 * embeddings[labels == 2]
        if is_telling(embeddings, labels, margin) and not has_close_calls(embeddings, margin):
            return {
                "embeddings": embeddings.astype(np.float32),
                "labels": labels,
                "margin": margin,
            }


def unit(random: np.random.Generator) -> np.ndarray:
    direction = random.standard_normal(4)
    return direction / np.linalg.norm(direction)


def is_telling(embeddings: np.ndarray, labels: np.ndarray, margin: float) -> bool:
    """Return whether some pair has two semi-hard negatives, and active triplets are not one half.

    Otherwise the nearest of them would be all, or the share of the others the same.
    """
    distances = np.linalg.norm(embeddings[:, None] - embeddings[None], axis=2)  # (n, n)
    same = labels[:, None] == labels[None]  # (n, n)
    valid = (same & ~np.eye(len(labels), dtype=bool))[:, :, None] & ~same[:, None, :]  # (n, n, n)
    gaps = distances[:, :, None] - distances[:, None, :]  # (n, n, n)
    semi_hard = valid & (gaps < 0) & (gaps > -margin)  # (n, n, n)
    share = float((gaps[valid] > -margin).mean())
    return bool(semi_hard.sum(axis=2).max() > 1) and abs(share - 0.5) > 0.02


def has_close_calls(embeddings: np.ndarray, margin: float) -> bool:
    """Return whether rounding could decide which triplet is active, semi-hard or hardest."""
    distances = np.linalg.norm(embeddings[:, None] - embeddings[None], axis=2)  # (n, n)
    gaps = distances[:, :, None] - distances[:, None, :]  # (n, n, n)
    n = len(embeddings)
    i, j, k = np.ogrid[:n, :n, :n]
    gaps = gaps[(i != j) & (i != k) & (j != k)]
    closest = [np.abs(gaps + bound).min() for bound in (0, margin, -margin)]
    return bool(min(closest) < 5e-4)


def without_margin(random: np.random.Generator) -> Inputs:
    return {**random_batch(random), "margin": None}


def without_margin_far_apart(random: np.random.Generator) -> Inputs:
    """Draw distances of some hundreds: exp() of them is infinite in float32.

    No hardest triplet is near zero, so that the soft margin and a hard one at zero are the same.
    """
    while True:
        inputs = random_batch(random)
        embeddings = 200 * inputs["embeddings"]
        if np.abs(hardest_gaps(embeddings, inputs["labels"])).min() > 30:
            return {**inputs, "embeddings": embeddings, "margin": None}


def hardest_gaps(embeddings: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return d(a, p) - d(a, n) of the hardest triplet of each anchor that has one."""
    distances = np.linalg.norm(embeddings[:, None] - embeddings[None], axis=2)  # (n, n)
    same = labels[:, None] == labels[None]  # (n, n)
    farthest = np.where(same, distances, -np.inf).max(axis=1)
    nearest = np.where(same, np.inf, distances).min(axis=1)
    return (farthest - nearest)[same.sum(axis=1) > 1]


def six_points_without_margin(random: np.random.Generator) -> Inputs:
    """Return the six points and no margin: the default is the soft one."""
    inputs = six_points(random)
    del inputs["margin"]
    return inputs


def random_batch_and_margin_zero(random: np.random.Generator) -> Inputs:
    inputs = random_batch(random)
    margin = inputs.pop("margin")
    return {**inputs, "margins": [margin, 0.0]}


def loss_of(name: str) -> Callable[..., Any]:
    """Return a probe of the loss and its gradient, at a margin or without one."""

    def probe(
        code: ModuleType, embeddings: np.ndarray, labels: np.ndarray, **margin: float | None
    ) -> Any:
        function = getattr(code, name)
        return value_and_gradients(
            lambda rows: first(function(rows, torch.from_numpy(labels), *margin.values())),
            {"embeddings": embeddings},
            weights=SCALAR,
        )

    return probe


def value_of(name: str) -> Callable[..., Any]:
    """Return a probe of the loss only: where distances are equal, the gradient is not unique."""

    def probe(
        code: ModuleType, embeddings: np.ndarray, labels: np.ndarray, **margin: float | None
    ) -> Any:
        function = getattr(code, name)
        return function(torch.from_numpy(embeddings), torch.from_numpy(labels), *margin.values())

    return probe


def hard_losses(
    code: ModuleType, embeddings: np.ndarray, labels: np.ndarray, margins: list[float]
) -> Any:
    """Return the loss and its gradient at the first margin, and the loss at the second."""
    result = loss_of(HARD_NAME)(code, embeddings, labels, margin=margins[0])
    at_zero = value_of(HARD_NAME)(code, embeddings, labels, margin=margins[1])
    return {**result, f"with margin {margins[1]}": at_zero}


def first(result: Any) -> Any:
    return result[0] if isinstance(result, tuple | list) and result else result


def loss_and_share(
    code: ModuleType, embeddings: np.ndarray, labels: np.ndarray, margin: float
) -> Any:
    result = code.batch_all_triplet_loss(
        torch.from_numpy(embeddings), torch.from_numpy(labels), margin
    )
    if not isinstance(result, tuple | list) or len(result) != 2:
        count = len(result) if isinstance(result, tuple | list) else 1
        raise Mismatch(
            f"Returned {count} result{'s' * (count != 1)}.",
            "Expected the pair (loss, active_fraction).",
        )
    return {"loss": result[0], SHARE: number(result[1], SHARE)}


def number(value: Any, what: str) -> float:
    """Return one number as a float, whether it comes as a tensor, an array or a plain number."""
    found = number_or_none(value)
    if found is None:
        shape = f"shape {tuple(value.shape)}" if hasattr(value, "shape") else type(value).__name__
        raise Mismatch(f"{what}: Returned {shape}.", "Expected one number.")
    return found


def number_or_none(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError, RuntimeError):
        return None


def judge_six_points_of_all(observed: Any, expected: Any, _: Inputs) -> None:
    """Accept the triplet (a3, a1, b3), whose loss is exactly 0, as active too.

    With distances that are off in the last digit, as a guard in the square root makes them, its
    loss may be just above zero.
    """
    active = round(36 * expected[SHARE])
    scale = active / (active + 1)
    either = {"loss": expected["loss"] * scale, SHARE: (active + 1) / 36}
    if not equal(observed, either):
        compare(observed, expected)


def judge_six_points_of_semi_hard(observed: Any, expected: Any, _: Inputs) -> None:
    """Accept (a3, a1, b3), with loss exactly 0, and (b1, b3, a3), with equal distances, as well.

    The second has the loss 1. Of all 36 triplets these two lie on a border, and 14 between.
    """
    either = (14 * expected / 15, (14 * expected + 1) / 15)
    if not any(equal(observed, value) for value in either):
        compare(observed, expected)


def alike_losses(one: Any, other: Any, _: Inputs) -> bool:
    """Compare as usual, but of a gradient that is not finite only that it is not.

    Which of its entries are NaN depends on how the distances were written.
    """
    if not isinstance(one, dict) or not isinstance(other, dict):
        return equal(one, other)
    return one.keys() == other.keys() and all(
        alike_gradients(one[key], other[key])
        if key.startswith(GRADIENT)
        else equal(one[key], other[key])
        for key in one
    )


def alike_gradients(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    finite = [bool(torch.isfinite(gradient).all()) for gradient in (one, other)]
    return equal(one, other) if all(finite) else not any(finite)


# Batches without a triplet


def without_triplets(random: np.random.Generator) -> Inputs:
    """Draw four examples so near to each other that whatever counts as a triplet is active."""
    embeddings = (0.1 * random.standard_normal((4, 3))).astype(np.float32)
    cases = {"all labels equal": [2] * 4, "all labels different": [0, 1, 2, 3]}
    return {"cases": {case: (embeddings, np.array(labels)) for case, labels in cases.items()}}


def without_triplets_to_choose(random: np.random.Generator) -> Inputs:
    """Draw the same, and a batch with valid triplets that are all easy."""
    inputs = without_triplets(random)
    labels = np.array([0, 0, 1, 1])
    embeddings = random.standard_normal((4, 3)) + 50 * labels[:, None]
    easy = (embeddings.astype(np.float32), labels)
    return {"cases": {**inputs["cases"], "easy triplets only": easy}}


def empty_batches(name: str) -> Callable[..., Any]:
    """Return a probe of the loss, its gradient and, if there is one, the share of each case."""

    def probe(code: ModuleType, cases: dict[str, tuple[np.ndarray, np.ndarray]]) -> Any:
        results: dict[str, Any] = {}
        for case, (embeddings, labels) in cases.items():
            rows = torch.from_numpy(embeddings).requires_grad_()
            result = getattr(code, name)(rows, torch.from_numpy(labels), 1.0)
            loss = first(result)
            if isinstance(loss, torch.Tensor) and loss.requires_grad and loss.numel() == 1:
                loss.backward()
            results[f"{case}: loss"] = loss.detach() if isinstance(loss, torch.Tensor) else loss
            if name == ALL_NAME and isinstance(result, tuple | list) and len(result) == 2:
                results[f"{case}: {SHARE}"] = number(result[1], SHARE)
            elif name == ALL_NAME:
                results[f"{case}: {SHARE}"] = None
            results[f"{GRADIENT}embeddings, {case}"] = rows.grad
        return results

    return probe


def judge_empty(observed: dict[str, Any], expected: dict[str, Any], _: Inputs) -> None:
    for key in expected:
        if key.startswith(GRADIENT) and observed[key] is None:
            case = key.rpartition(", ")[2]
            raise Mismatch(
                f"{case}: the loss does not hang on the embeddings.",
                "Expected a zero that still backpropagates.",
            )
        compare({key: observed[key]}, {key: expected[key]})


def alike_when_empty(one: dict[str, Any], other: dict[str, Any], inputs: Inputs) -> bool:
    """Compare the losses as numbers, then the shares and gradients.

    Where the loss is NaN, the share and the gradient follow from how it came about. The type of
    the zero does not matter: a plain 0.0 carries no gradient, and neither does a new tensor.
    """
    for key in one:
        case = key.removeprefix(f"{GRADIENT}embeddings, ").partition(":")[0]
        loss, same_loss = (number_or_none(result[f"{case}: loss"]) for result in (one, other))
        if loss is None or same_loss is None:
            return alike_losses(one, other, inputs)
        if not np.isclose(loss, same_loss, atol=1e-5, equal_nan=True):
            return False
        if np.isnan(loss) or key.endswith("loss"):
            continue
        same = alike_gradients if key.startswith(GRADIENT) else equal
        if not same(one[key], other[key]):
            return False
    return True


# The checks with inputs that nobody knows beforehand, for which those with known answers wait.
RANDOM_LABELS = "random labels"
RANDOM_SHARE = "a random batch: loss and active share"
RANDOM_GRADIENTS = "a random batch: gradients"
RANDOM_BATCH = "a random batch, and gradients"
RANDOM_SOFT = "a random batch with the soft margin"


def check_of_mask(
    title: str, points: int, draw: Callable[[np.random.Generator], Inputs], companion: str = ""
) -> Check:
    return Check(MASK_NAME, title, points, draw, mask, MASK, alike=alike_masks, companion=companion)


def check_of_value(
    name: str, title: str, draw: Callable[[np.random.Generator], Inputs], companion: str
) -> Check:
    return Check(name, title, 1, draw, value_of(name), HARD, companion=companion)


def check_of_loss(
    name: str,
    title: str,
    points: int,
    draw: Callable[[np.random.Generator], Inputs],
    probe: Callable[..., Any],
    section: str,
) -> Check:
    return Check(name, title, points, draw, probe, section, alike=alike_losses)


def check_of_empty(
    name: str, points: int, draw: Callable[[np.random.Generator], Inputs], companion: str
) -> Check:
    return Check(
        name,
        "batches without a triplet",
        points,
        draw,
        empty_batches(name),
        EMPTY,
        judge=judge_empty,
        alike=alike_when_empty,
        companion=companion,
    )


CHECKS = [
    check_of_mask("the six points", 1, toy_labels, companion=RANDOM_LABELS),
    check_of_mask(RANDOM_LABELS, 3, random_labels),
    Check(
        ALL_NAME,
        "the six points: loss and active share",
        1,
        six_points,
        loss_and_share,
        ALL,
        judge=judge_six_points_of_all,
        companion=RANDOM_SHARE,
    ),
    Check(ALL_NAME, RANDOM_SHARE, 2, random_batch, loss_and_share, ALL),
    check_of_loss(ALL_NAME, RANDOM_GRADIENTS, 1, random_batch, loss_of(ALL_NAME), ALL),
    check_of_empty(ALL_NAME, 1, without_triplets_to_choose, companion=RANDOM_GRADIENTS),
    Check(
        SEMI_NAME,
        "the six points",
        1,
        six_points,
        value_of(SEMI_NAME),
        SEMI,
        judge=judge_six_points_of_semi_hard,
        companion=RANDOM_BATCH,
    ),
    check_of_loss(SEMI_NAME, RANDOM_BATCH, 2, random_batch, loss_of(SEMI_NAME), SEMI),
    check_of_empty(SEMI_NAME, 1, without_triplets_to_choose, companion=RANDOM_BATCH),
    check_of_value(HARD_NAME, "the six points", six_points, companion=RANDOM_BATCH),
    check_of_loss(HARD_NAME, RANDOM_BATCH, 1, random_batch_and_margin_zero, hard_losses, HARD),
    check_of_value(
        HARD_NAME,
        "the six points with the soft margin",
        six_points_without_margin,
        companion=RANDOM_SOFT,
    ),
    check_of_loss(HARD_NAME, RANDOM_SOFT, 1, without_margin, loss_of(HARD_NAME), HARD),
    check_of_loss(
        HARD_NAME,
        "large distances with the soft margin",
        1,
        without_margin_far_apart,
        loss_of(HARD_NAME),
        HARD,
    ),
    check_of_empty(HARD_NAME, 2, without_triplets, companion=RANDOM_BATCH),
]
