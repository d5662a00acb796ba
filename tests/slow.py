"""Of many cases a few are run each time, and all of them by CI."""

from collections.abc import Iterable
from typing import Any

import pytest


def first_of(cases: Iterable[int], count: int) -> list[Any]:
    """Return the cases for parametrize, those behind the first few with the mark `slow`."""
    return [
        case if number < count else pytest.param(case, marks=pytest.mark.slow)
        for number, case in enumerate(cases)
    ]


def all_but(cases: Iterable[Any], names: Iterable[str]) -> list[Any]:
    """Return the cases for parametrize by their name, those that are named with the mark `slow`."""
    slow = set(names)
    return [
        pytest.param(case, id=case.name, marks=[pytest.mark.slow] if case.name in slow else [])
        for case in cases
    ]
