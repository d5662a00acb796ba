"""Checks of chapter 8: principal components, up to the sign of each."""

from types import ModuleType
from typing import Any

import numpy as np
import torch

from exercises.given import toy

from ..check import Check, Inputs
from ..comparison import Mismatch, Tolerance, compare, equal

SECTION = "Principal components"
TOLERANCE = Tolerance(absolute=1e-3)


def six_points(_: np.random.Generator) -> Inputs:
    return {"x": toy.POINTS.copy(), "num_components": 2}


def random_rows(random: np.random.Generator) -> Inputs:
    # Falling spreads keep the components apart; the mean is far from zero.
    spreads = np.array([5, 3, 1.5, 0.7, 0.2])
    mixing, _ = np.linalg.qr(random.standard_normal((5, 5)))
    x = (random.standard_normal((40, 5)) * spreads) @ mixing + [3, -2, 4, 1, -5]
    return {"x": x.astype(np.float32), "num_components": 3}


def components(code: ModuleType, x: np.ndarray, num_components: int) -> Any:
    return code.pca(torch.from_numpy(x), num_components)


def judge_up_to_sign(observed: Any, expected: Any, _: Inputs) -> None:
    if isinstance(observed, tuple | list) and len(observed) == len(expected):
        observed = _with_signs_of(expected, *observed)
    compare(observed, expected, TOLERANCE)


def _with_signs_of(expected: Any, projection: Any, directions: Any, ratio: Any) -> Any:
    parts = projection, directions, ratio
    if not all(isinstance(part, torch.Tensor) for part in parts):
        return parts
    # Shapes first: with a wrong one, no sign can be told.
    for place, (part, right) in enumerate(zip(parts, expected, strict=True), start=1):
        if part.shape != right.shape:
            raise Mismatch(
                f"Result {place} of 3: Returned shape {tuple(part.shape)}.",
                f"Expected {tuple(right.shape)}.",
            )
    # One sign for both: a direction that is turned round turns its coordinates round as well.
    signs = 1 - 2 * ((projection * expected[0]).sum(dim=0) < 0).to(projection.dtype)
    return projection * signs, directions * signs[:, None], ratio


def alike_up_to_sign(one: Any, other: Any, _: Inputs) -> bool:
    """Compare without signs: which of its two signs a component gets depends on the routine."""
    return equal(_without_signs(one), _without_signs(other), TOLERANCE)


def _without_signs(result: Any) -> Any:
    parts = result if isinstance(result, tuple | list) else (result,)
    return tuple(part.abs() if isinstance(part, torch.Tensor) else part for part in parts)


RANDOM_ROWS = "random rows"

CHECKS = [
    Check(
        "pca",
        "the six points",
        2,
        six_points,
        components,
        SECTION,
        judge=judge_up_to_sign,
        alike=alike_up_to_sign,
        companion=RANDOM_ROWS,
    ),
    Check(
        "pca",
        RANDOM_ROWS,
        3,
        random_rows,
        components,
        SECTION,
        judge=judge_up_to_sign,
        alike=alike_up_to_sign,
    ),
]
