"""One check: what is drawn, what is called, and how the result is judged."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .comparison import compare, equal

Inputs = dict[str, Any]
TURNS = "turns"


def _expect_equal(observed: Any, expected: Any, _: Inputs) -> None:
    compare(observed, expected)


def are_equal(one: Any, other: Any, _: Inputs) -> bool:
    return equal(one, other)


@dataclass(frozen=True)
class Check:
    """One graded test of a function or class, and its points.

    draw(random) returns fresh inputs as arrays and plain values.
    probe(code, **inputs) calls the code and returns what came back: an array, a number, a string,
    a tuple, a list or a dict of them. It runs on the learner's module, on the reference and on
    every misconception alike; on the learner's in a process of its own, where hostile code can
    rewrite the probe as well: so it observes, and decides nothing.
    A probe whose steps are to be timed is a generator. It yields once before its first turn, and
    is then sent the inputs called TURNS one by one; None after the last. The result is a list of
    what it yielded, each with the seconds that it took.
    judge(observed, expected, inputs) raises Mismatch; what else it raises is the fault of what
    was observed. Sampling is judged by its properties, so such a check has a judge of its own
    that does not look at `expected`.
    alike(one, other, inputs) says whether two results are the same, up to rounding or chance.
    section is the heading of the chapter's page that treats it.
    companion is the title of the check of the same name that has to pass as well before this one
    earns its points. A check whose right answer can be known beforehand needs one, with inputs
    that are drawn afresh.
    builds_on holds the titles of checks of the same name whose faults show here as well: as long as
    one of them fails without a name, nothing is named by this check alone.
    worked says that the inputs are always the same, what comes back as well, and that it takes
    about a millisecond: the diagnosis keeps what thousands of sets of mistakes give with them.
    one_by_one says that a mistake which alone makes no difference here makes none beside others
    either. That is true where a check looks at one thing, and false where it looks at one number
    that everything goes into. It spares the diagnosis most runs of a check that takes long.
    """

    name: str
    title: str
    points: int
    draw: Callable[[np.random.Generator], Inputs]
    probe: Callable[..., Any]
    section: str
    judge: Callable[[Any, Any, Inputs], None] = _expect_equal
    alike: Callable[[Any, Any, Inputs], bool] = are_equal
    companion: str = ""
    builds_on: tuple[str, ...] = ()
    one_by_one: bool = False
    worked: bool = False

    def identity(self, stem: str) -> str:
        """Return the name under which records speak of this check."""
        return f"{stem}:{self.name}:{self.title}"
