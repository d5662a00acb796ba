"""What an example is made of: points, labels and numbers, each read with what was expected."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .literals import Literal, NotData

Point = tuple[float, float]
MOST_POINTS = 6
FARTHEST = 100  # from zero, along either axis
LAST_LABEL = 9


@dataclass(frozen=True)
class Input:
    """One entry of an example: its name, how it is read, and whether it may be left out."""

    name: str
    read: Callable[[Literal], Any]
    may_be_left_out: bool = False


def number(given: Literal) -> float:
    """Return one number."""
    return float(_number(given, "a number"))


def points(given: Literal) -> list[Point]:
    """Return points in the plane, at least one."""
    says = "a list of points in the plane, such as [(0, 3), (2, 3)]"
    rows = _list(given, says)
    if not rows:
        raise NotData(given.line, f"expected {says}, and found none.")
    if len(rows) > MOST_POINTS:
        raise NotData(given.line, f"an example has {MOST_POINTS} points at most.")
    return [_point(row) for row in rows]


def arrows(given: Literal) -> list[Point]:
    """Return vectors in the plane, one for each point: what a gradient is."""
    return points(given)


def labels(given: Literal) -> list[int]:
    """Return labels, whole numbers from 0 to 9."""
    says = f"a list of labels, whole numbers from 0 to {LAST_LABEL}"
    found = [_whole(each, says) for each in _list(given, says)]
    if not found:
        raise NotData(given.line, f"expected {says}, and found none.")
    if len(found) > MOST_POINTS:
        raise NotData(given.line, f"an example has {MOST_POINTS} points at most.")
    if not all(0 <= each <= LAST_LABEL for each in found):
        raise NotData(given.line, f"expected {says}.")
    return found


def margin(given: Literal) -> float:
    """Return a margin, 0 or more."""
    says = f"a margin from 0 to {FARTHEST}"
    value = float(_number(given, says))
    if not 0 <= value <= FARTHEST:
        raise NotData(given.line, f"expected {says}, and found {given}.")
    return value


def margin_or_none(given: Literal) -> float | None:
    """Return a margin, or None, which stands for the soft margin."""
    return None if given.value is None else margin(given)


def count(given: Literal) -> int:
    """Return how many neighbours are asked, 1 or more."""
    says = f"how many neighbours, 1 to {MOST_POINTS}"
    value = _whole(given, says)
    if not 1 <= value <= MOST_POINTS:
        raise NotData(given.line, f"expected {says}, and found {given}.")
    return value


def table(given: Literal) -> list[list[float]]:
    """Return rows of numbers, all of one length."""
    says = "a list of rows, such as [[0, 1.5], [2, 0]]"
    rows = [
        [float(_number(each, "a number")) for each in _list(row, says)]
        for row in _list(given, says)
    ]
    if len({len(row) for row in rows}) != 1:
        raise NotData(given.line, f"expected {says}, each of them as long as the others.")
    return rows


def triples(given: Literal) -> list[tuple[int, int, int]]:
    """Return triplets of indices."""
    says = "a list of triplets of indices (anchor, positive, negative), such as [(0, 1, 3)]"
    found = []
    for row in _list(given, says):
        indices = [_whole(each, says) for each in _list(row, says)]
        if len(indices) != 3:
            raise NotData(row.line, f"expected {says}.")
        found.append((indices[0], indices[1], indices[2]))
    return found


def parts(given: Literal, names: tuple[str, ...]) -> list[Literal]:
    """Return the parts of what comes back, which are written in brackets."""
    says = f"({', '.join(names)})"
    found = _list(given, says)
    if len(found) != len(names):
        raise NotData(given.line, f"expected {says}, and found {given}.")
    return found


def _point(given: Literal) -> Point:
    says = "a point in the plane, such as (0, 3)"
    coordinates = [float(_number(each, says)) for each in _list(given, says)]
    if len(coordinates) != 2:
        raise NotData(given.line, f"expected {says}, and found {len(coordinates)} coordinates.")
    if not all(abs(each) <= FARTHEST for each in coordinates):
        raise NotData(given.line, f"coordinates go from -{FARTHEST} to {FARTHEST}.")
    return coordinates[0], coordinates[1]


def _list(given: Literal, says: str) -> list[Literal]:
    if not isinstance(given.value, list):
        raise NotData(given.line, f"expected {says}, and found {given}.")
    return given.value


def _number(given: Literal, says: str) -> int | float:
    if isinstance(given.value, bool) or not isinstance(given.value, int | float):
        raise NotData(given.line, f"expected {says}, and found {given}.")
    return given.value


def _whole(given: Literal, says: str) -> int:
    value = _number(given, says)
    if not isinstance(value, int):
        raise NotData(given.line, f"expected {says}, and found {given}.")
    return value
