"""What an implementation gives, in one form, and where two of them differ."""

from typing import Any

import numpy as np
import torch

TOLERANCE = 1e-3  # a value by hand has three decimals, or is written as a sum

# The parts of what came back, each an array; or the name of the error that was raised.
Answer = tuple[np.ndarray, ...] | str
Place = tuple[int, tuple[int, ...]]  # which part, and where in it


class NoAnswer:
    """What came back has no numbers in it."""


def answer_of(result: Any) -> Answer | NoAnswer:
    """Return a result in the form that can be compared."""
    try:
        return tuple(_array(part) for part in (result if isinstance(result, tuple) else (result,)))
    except (TypeError, ValueError, RuntimeError):
        return NoAnswer()


def difference(expected: Answer, observed: Answer | NoAnswer) -> Place | None:
    """Return where two answers differ first, None where they are equal.

    Of another shape, or an error in place of values, they differ at the beginning.
    """
    beginning: Place = (0, ())
    if isinstance(observed, NoAnswer):
        return beginning
    if isinstance(expected, str) or isinstance(observed, str):
        return None if expected == observed else beginning
    if len(expected) != len(observed):
        return beginning
    for part, (one, other) in enumerate(zip(expected, observed, strict=True)):
        if one.shape != other.shape:
            return part, ()
        far = ~(np.abs(one - other) <= TOLERANCE)  # what is not a number is far from everything
        if far.any():
            return part, tuple(int(axis) for axis in np.argwhere(far)[0])
    return None


def _array(part: Any) -> np.ndarray:
    if isinstance(part, torch.Tensor):
        part = part.detach().numpy()
    return np.asarray(part, dtype=np.float64)
