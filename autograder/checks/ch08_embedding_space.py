"""Checks of chapter 8: principal components, up to the sign of each."""

from types import ModuleType
from typing import Any

import numpy as np
import torch

from exercises.given import toy

from ..check import Check, Inputs
from ..comparison import compare

SECTION = "Principal components"


def six_points(_: np.random.Generator) -> Inputs:
    return {"x": toy.POINTS.copy(), "num_components": 2}


def random_rows(random: np.random.Generator) -> Inputs:
    # Falling spreads keep the components apart; the mean is far from zero.
    spreads = np.array([5, 3, 1.5, 0.7, 0.2])
    mixing, _ = np.linalg.qr(random.standard_normal((5, 5)))
    x = (random.standard_normal((40, 5)) * spreads) @ mixing + 3
    return {"x": x.astype(np.float32), "num_components": 3}


def components(chapter: ModuleType, x: np.ndarray, num_components: int) -> Any:
    return chapter.pca(torch.from_numpy(x), num_components)


def judge_up_to_sign(observed: Any, expected: Any, _: Inputs) -> None:
    if isinstance(observed, tuple) and len(observed) == 3:
        observed = _with_signs_of(expected, *observed)
    compare(observed, expected, atol=1e-3)


def _with_signs_of(expected: Any, projection: Any, directions: Any, ratio: Any) -> Any:
    if not all(isinstance(part, torch.Tensor) for part in (projection, directions)):
        return projection, directions, ratio
    if projection.shape != expected[0].shape or directions.shape != expected[1].shape:
        return projection, directions, ratio
    # One sign for both: a direction that is turned round turns its coordinates round as well.
    signs = torch.sign((directions * expected[1]).sum(dim=1))
    return projection * signs, directions * signs[:, None], ratio


CHECKS = [
    Check("pca", "the six points", 2, six_points, components, SECTION, judge_up_to_sign),
    Check("pca", "random rows", 3, random_rows, components, SECTION, judge_up_to_sign),
]
