"""Code that works in blocks is let go before the work; code that asks for all pairs is refused."""

import sys
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from autograder.grading.bounded import stays_bounded, values_asked_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="no bound of memory elsewhere")
ROWS = torch.rand(60_000, 2, generator=torch.Generator().manual_seed(0))


def blocks(distances: Callable[[Tensor, Tensor], Tensor]) -> Callable[[], None]:
    """Return code that fails once it has the distances of a block."""

    def run() -> None:
        distances(ROWS[:200], ROWS)
        raise MemoryError("the block was computed")

    return run


@pytest.mark.parametrize(
    "distances",
    [
        torch.cdist,
        lambda x, y: x @ y.T,
        lambda x, y: torch.mm(x, y.T),
        lambda x, y: torch.addmm(y.square().sum(dim=1), x, y.T, alpha=-2),
        lambda x, y: (x[:, None] - y[None]).square(),
        lambda x, y: torch.linalg.vector_norm(x[:, None] - y, dim=2),
        lambda x, y: y.numpy(),
        lambda x, y: [(row - y).square().sum(dim=1) for row in y],
    ],
)
def test_a_block_is_let_go_before_the_work(distances: Callable[[Tensor, Tensor], Tensor]) -> None:
    assert stays_bounded(blocks(distances))


@pytest.mark.parametrize(
    "all_pairs",
    [
        lambda: torch.cdist(ROWS, ROWS),
        lambda: ROWS @ ROWS.T,
        lambda: ROWS[:, None] - ROWS[None],
        lambda: [axis[:, None] - axis for axis in ROWS.T],
        lambda: torch.addmm(torch.zeros(60_000), ROWS, ROWS.T),
    ],
)
def test_all_pairs_are_refused(all_pairs: Callable[[], object]) -> None:
    assert not stays_bounded(all_pairs)


@pytest.mark.parametrize(
    ("name", "shapes", "values"),
    [
        ("cdist", [(3, 2), (5, 2)], 15),
        ("__matmul__", [(3, 2), (2, 7)], 21),
        ("addmm", [(7,), (3, 2), (2, 7)], 21),
        ("sub", [(3, 1, 2), (1, 5, 2)], 30),
        ("gather", [(3, 4), (5, 4)], 0),
        ("zeros", [], 1),
    ],
)
def test_the_shapes_tell_how_many_values_are_asked_for(
    name: str, shapes: list[tuple[int, ...]], values: int
) -> None:
    assert values_asked_for(name, tuple(torch.empty(shape) for shape in shapes)) == values
