"""One check: what is drawn, what is called, and how the result is judged."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .comparison import compare, equal

Inputs = dict[str, Any]


def _expect_equal(observed: Any, expected: Any, _: Inputs) -> None:
    compare(observed, expected)


@dataclass(frozen=True)
class Check:
    """What is asked of one name of a chapter, and what it is worth.

    draw(random) returns fresh inputs as arrays and plain values.
    probe(chapter, **inputs) calls the chapter and returns what came back: an array, a number,
    a string, a tuple, a list or a dict of them. It runs on the learner's chapter, on the
    reference and on every misconception alike; on the learner's in a process of its own.
    judge(observed, expected, inputs) raises Mismatch. Sampling is judged by its properties, so
    such a check has a judge of its own that does not look at `expected`.
    alike(one, other) says whether two results are the same, up to rounding or chance.
    section is the heading of the chapter's page that treats it.
    """

    name: str
    title: str
    points: int
    draw: Callable[[np.random.Generator], Inputs]
    probe: Callable[..., Any]
    section: str
    judge: Callable[[Any, Any, Inputs], None] = _expect_equal
    alike: Callable[[Any, Any], bool] = equal

    def identity(self, stem: str) -> str:
        """Return the name under which records speak of this check."""
        return f"{stem}:{self.name}:{self.title}"
