"""Checks of chapter 8: principal components, up to the sign of each."""

import math
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
    """Draw rows along random directions, whose spreads are always the same, and far from equal.

    Even the smallest has a share that can be seen. The mean is far from zero.
    """
    spreads = np.array([5, 3.5, 2.4, 1.6, 1.1])
    points = random.standard_normal((40, 5))
    coordinates, _ = np.linalg.qr(points - points.mean(axis=0))  # centred, each of length one
    directions, _ = np.linalg.qr(random.standard_normal((5, 5)))
    x = math.sqrt(40) * (coordinates * spreads) @ directions + [3, -2, 4, 1, -5]
    return {"x": x.astype(np.float32), "num_components": 3}


def components(code: ModuleType, x: np.ndarray, num_components: int) -> Any:
    return code.pca(torch.from_numpy(x), num_components)


def without_signs(code: ModuleType, x: np.ndarray, num_components: int) -> Any:
    """Return the absolute values of the results, one after another, and x as it is afterwards.

    Whether a component and its coordinates have the same sign is left to the other check: here
    the components fill a square, whose rows and columns cannot be told apart for every sign.
    """
    rows = torch.from_numpy(x)
    return (*_without_signs(code.pca(rows, num_components)), rows)


def judge_without_signs(observed: Any, expected: Any, inputs: Inputs) -> None:
    *results, rows = observed
    if len(results) == 1:  # no tuple was returned
        compare(results[0], tuple(expected[:-1]), TOLERANCE)
    compare(tuple(results), tuple(expected[:-1]), TOLERANCE)
    if not equal(rows, torch.from_numpy(inputs["x"])):
        raise Mismatch("x itself is changed.", "Expected it to be as it was before the call.")


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


def alike_up_to_sign(one: Any, other: Any, inputs: Inputs) -> bool:
    """Compare without signs: which of its two signs a component gets depends on the routine.

    Where columns of V are taken for its rows, the signs of all components meet in each of them,
    and so they do in the projection: then it counts whether both project onto what they return.
    """
    first, second = _without_signs(one), _without_signs(other)
    if equal(first, second, TOLERANCE):
        return True
    return equal(first[1:], second[1:], TOLERANCE) and all(
        _projects_onto_its_own(result, inputs["x"]) for result in (one, other)
    )


def _projects_onto_its_own(result: Any, x: np.ndarray) -> bool:
    projection, directions = (np.asarray(part) for part in result[:2])
    centred = x - x.mean(axis=0)
    for axes in (directions, directions.T):
        if axes.shape[1:] == x.shape[1:] and projection.shape == (len(x), len(axes)):
            return np.allclose(projection, centred @ axes.T, atol=TOLERANCE.absolute)
    return False


def _without_signs(result: Any) -> Any:
    parts = result if isinstance(result, tuple | list) else (result,)
    return tuple(
        abs(part) if isinstance(part, torch.Tensor | np.ndarray) else part for part in parts
    )


RANDOM_ROWS = "random rows"

CHECKS = [
    Check(
        "pca",
        "the six points",
        2,
        six_points,
        without_signs,
        SECTION,
        judge=judge_without_signs,
        companion=RANDOM_ROWS,
        worked=True,
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
