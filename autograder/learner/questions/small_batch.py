"""A batch so small that one can work out by hand what a function returns for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...grading.check import Inputs

DECIMALS = 2
ROUNDING = 1e-4  # what float32, and eps in a variance, leave of a number that is round
NEARLY = 2e-3  # a small number below a root moves a value by less
APART = 0.04  # so that two values stay different when they are rounded

# The differences in the plane whose lengths are whole numbers, so that nobody needs a root.
WHOLE_STEPS = [(3, 4), (4, 3), *((n, 0) for n in range(1, 6)), *((0, n) for n in range(1, 6))]


@dataclass(frozen=True)
class SmallBatch:
    """What to ask of one exercise.

    title: the check whose probe calls it. draw(random) returns inputs for this probe. asks(inputs)
    returns the lines of the question. read(value) returns, of what the probe gives, the number or
    the array that is asked for. likely: ids of mistakes, the likeliest two first; a batch is good
    if these two show in it.
    """

    name: str
    title: str
    draw: Callable[[np.random.Generator], Inputs]
    asks: Callable[[Inputs], list[str]]
    read: Callable[[Any], Any]
    likely: tuple[str, ...]


def call_lines(call: str, what: str = "What does it return?", /, **arguments: Any) -> list[str]:
    """Return the lines that say how a function is called, and what of it is asked."""
    given = [f"  {name} = {shown(value)}" for name, value in arguments.items()]
    return [f"Your {call} is called with", *given, what]


def whole_step(random: np.random.Generator) -> np.ndarray:
    """Draw a difference (2,) in the plane whose length is a whole number."""
    step: np.ndarray = np.array(WHOLE_STEPS[random.integers(len(WHOLE_STEPS))])
    return step * random.choice([-1, 1], 2)


def grid(random: np.random.Generator, count: int, most: int = 4) -> np.ndarray:
    """Draw different points (count, 2) with whole coordinates from 0 to `most`."""
    places = random.choice((most + 1) ** 2, count, replace=False)
    return np.stack(np.divmod(places, most + 1), axis=1).astype(np.float32)


def on_a_line(random: np.random.Generator, count: int, most: int = 9) -> np.ndarray:
    """Draw different points (count, 2) on a line, so that all distances are whole numbers."""
    places = random.choice(most + 1, count, replace=False)
    return np.stack([places, np.zeros(count)], axis=1).astype(np.float32)


def as_array(value: Any) -> np.ndarray | None:
    """Return a value as finite numbers, None if it is anything else."""
    try:
        array = np.asarray(value, np.float64)
    except (TypeError, ValueError, RuntimeError):
        return None
    return array if array.size and np.isfinite(array).all() else None


def is_round(array: np.ndarray) -> bool:
    """Return whether no number has more than two decimals."""
    return bool(np.abs(array - array.round(DECIMALS)).max() < ROUNDING)


def is_apart(one: np.ndarray, other: np.ndarray) -> bool:
    """Return whether two values are so different that nobody takes one for the other."""
    return one.shape != other.shape or bool(np.abs(one - other).max() > APART)


def is_same(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and bool(np.abs(one - other).max() < NEARLY)


def shown(value: Any) -> str:
    """Return numbers as a person would write them: [[0, 3], [1.5, 2]]."""
    if isinstance(value, Mapping | str):
        return str(value)
    array = np.asarray(value, np.float64)
    if array.ndim:
        return f"[{', '.join(shown(one) for one in array)}]"
    rounded = round(float(array), DECIMALS) + 0.0  # no minus before a zero
    return f"{rounded:.{DECIMALS}f}".rstrip("0").rstrip(".")


def entry(name: str) -> Callable[[Any], Any]:
    """Return a function that reads one entry of a mapping."""
    return lambda value: value[name]
