"""The best scores that a search has found: to measure oneself against, and what cannot be seen."""

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..chapters import BOOK

PLACE = BOOK / "measured" / "breaks.json"


@dataclass(frozen=True)
class BestKnown:
    """What the search found of one exercise.

    caught: how many mistakes the best 1, 2, 3 examples catch. cannot_be_seen: the ids that no drawn
    example caught. shares: of each id, in which share of the drawn examples it was caught.
    """

    caught: tuple[int, ...]
    cannot_be_seen: frozenset[str]
    shares: dict[str, float]

    @property
    def caught_by_most(self) -> int:
        return self.caught[-1] if self.caught else 0


def best_known(name: str) -> BestKnown:
    """Return what is known of an exercise; nothing where the search has not looked at it yet."""
    found = measured().get(name)
    if found is None:
        return BestKnown((), frozenset(), {})
    return BestKnown(
        tuple(len(ids) for ids in found["caught"]),
        frozenset(found["cannot_be_seen"]),
        dict(found["shares"]),
    )


def measured(place: Path = PLACE) -> dict[str, Any]:
    """Return the table of the search, by the name of the exercise."""
    return _measured(place) if place.exists() else {}


@functools.cache
def _measured(place: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))["exercises"]
    return found
