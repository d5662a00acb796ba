"""The advice on errors is looked up by what PyTorch, NumPy and Python really say."""

import numpy as np
import pytest
import torch
from torch import nn

from autograder.grading import advice
from autograder.grading.advice import advice_on

ROWS = torch.ones(3, 2)


def changed_in_place():
    root = ROWS.clone().requires_grad_().sqrt()
    root *= 2
    root.sum().backward()


def changed_leaf():
    leaf = ROWS.clone().requires_grad_()
    leaf *= 2


def module_without_super():
    class Block(nn.Module):
        def __init__(self):
            self.layer = nn.Linear(2, 2)

    Block()


def none_returned():
    def distances():
        ROWS.sum()

    return distances() + 1


ERRORS = [
    (changed_in_place, advice.IN_PLACE),
    (changed_leaf, advice.IN_PLACE),
    (lambda: ROWS + torch.ones(3, 2, device="meta"), advice.DEVICE),
    (lambda: ROWS.max(dim=1) - 1, advice.PAIR),
    (lambda: torch.relu(ROWS.min(dim=1)), advice.PAIR),
    (lambda: ROWS @ torch.ones(2, 2, dtype=torch.float64), advice.DTYPE),
    (lambda: nn.Linear(2, 2)(ROWS.double()), advice.DTYPE),
    (lambda: -np.array([True]), advice.MASK),
    (lambda: -torch.tensor([True]), advice.MASK),
    (lambda: 1 - torch.tensor([True]), advice.MASK),
    (lambda: ~ROWS, advice.MASK),
    (lambda: 1 if ROWS > 0 else 0, advice.ONE_TRUTH),
    (lambda: 1 if np.ones(2) > 0 else 0, advice.ONE_TRUTH),
    (lambda: len(iter([1])), advice.LENGTH),
    (lambda: len(x for x in [1]), advice.LENGTH),
    (lambda: ROWS.clone().requires_grad_().numpy(), advice.NUMPY),
    (lambda: ROWS.item(), advice.SCALAR),
    (lambda: ROWS + torch.ones(4, 2), advice.BROADCAST),
    (lambda: np.ones((3, 2)) + np.ones((4, 2)), advice.BROADCAST),
    (lambda: ROWS @ ROWS, advice.PRODUCT),
    (lambda: np.ones((3, 2)) @ np.ones((3, 2)), advice.PRODUCT),
    (lambda: torch.stack([]), advice.NOTHING),
    (lambda: ROWS[:0].max(), advice.NOTHING),
    (lambda: ROWS[:0].amax(dim=0), advice.NOTHING),
    (lambda: np.zeros(0).max(), advice.NOTHING),
    (module_without_super, advice.SUPER),
    (lambda: torch.ones(2, dtype=torch.int64).mean(), advice.FLOATS),
    (lambda: nn.Conv2d(2, 2, 3)(torch.ones(1, 1, 8, 8)), advice.CHANNELS),
    (lambda: nn.BatchNorm2d(2)(torch.ones(1, 3, 8, 8)), advice.CHANNELS),
    (lambda: torch.ones(3, 5).view(2, 2), advice.FIXED_SIZE),
    (lambda: nn.AvgPool2d(3)(torch.ones(1, 1, 2, 2)), advice.FIXED_SIZE),
    (none_returned, advice.NONE),
]


@pytest.mark.parametrize(("fails", "expected"), ERRORS)
def test_the_advice_is_that_for_the_error_as_it_is_raised_today(fails, expected):
    with pytest.raises(Exception) as raised:
        fails()
    assert advice_on(type(raised.value).__name__, str(raised.value)) == expected, raised.value


def test_an_error_that_is_not_known_has_no_advice():
    assert advice_on("KeyError", "'loss'") == ""
