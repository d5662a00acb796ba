"""BreakSearch for the examples that catch the most mistakes: what a learner is measured against.

Examples are drawn at random, with small whole coordinates; then the best three are changed a
little, over and over, as long as they get better. It is a search, and no proof: there may be better
ones. What no drawn example catches is taken for a mistake that cannot be seen in such examples.
"""

import copy
import itertools
import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exercises.given.files import replacing

from ..breaks.answers import Answer
from ..breaks.asked import ASKED, GIVES, Asked, Inputs, read_inputs
from ..breaks.breaks_file import MOST_EXAMPLES
from ..breaks.judge import Implementations
from ..breaks.literals import Literal, NotData
from .drawn_examples import changed, drawn_inputs

MOST_AT_ONCE = 100  # sets of which all threes are tried
DRAWS = 400  # examples of an exercise, and as many changes of the best ones


@dataclass(frozen=True)
class Found:
    """An example that right implementations agree on, and the mistakes that it catches."""

    inputs: Inputs
    answer: Answer
    caught: frozenset[str]

    @property
    def size(self) -> tuple[int, int]:
        """Return how much there is to read: of two that catch the same, the smaller is kept."""
        rows = sum(len(value) for value in self.inputs.values() if isinstance(value, list))
        return rows, len(str(self.inputs))


class BreakSearch:
    """The examples of one exercise that were found so far, by what they catch."""

    def __init__(self, asked: Asked, seed: int) -> None:
        self.implementations = Implementations(asked)
        self.random = random.Random(f"{seed} {asked.name}")
        self.by_caught: dict[frozenset[str], Found] = {}
        self.times: dict[str, int] = {one.id: 0 for one in self.implementations.mistakes}
        self.drawn = 0

    def draw(self, count: int) -> None:
        """Draw examples, and count how often each mistake is caught."""
        for _ in range(count):
            found = self.looked_at(drawn_inputs(self.implementations.asked, self.random))
            if found:
                self.drawn += 1
                for one in found.caught:
                    self.times[one] += 1

    def improve(self, count: int) -> None:
        """Change the best three a little, over and over."""
        best = self.best(MOST_EXAMPLES)
        for turn in range(count):
            if turn % 50 == 0:
                best = self.best(MOST_EXAMPLES)
            self.looked_at(changed(self.random.choice(best).inputs, self.random))

    def looked_at(self, inputs: Inputs) -> Found | None:
        """Keep an example if it is one and is the smallest that catches the same."""
        if not is_example(inputs, self.implementations.asked):
            return None
        answer = self.implementations.right_answer(inputs)
        if answer is None:
            return None
        found = Found(inputs, answer, self.implementations.caught(inputs, answer))
        known = self.by_caught.get(found.caught)
        if known is None or found.size < known.size:
            self.by_caught[found.caught] = found
        return found

    def best(self, count: int) -> list[Found]:
        """Return the examples that together catch the most, as far as they have been found."""
        sets = sorted(_largest(self.by_caught), key=lambda caught: (-len(caught), sorted(caught)))
        some = sets[:MOST_AT_ONCE]
        chosen = max(
            itertools.combinations(some, min(count, len(some))),
            key=lambda several: len(frozenset().union(*several)),
        )
        return [self.by_caught[one] for one in chosen]

    @property
    def never_caught(self) -> list[str]:
        ever: frozenset[str] = frozenset().union(*self.by_caught)
        return [one.id for one in self.implementations.mistakes if one.id not in ever]


def write_table(
    path: Path,
    wanted: Iterable[Asked],
    draws: int = DRAWS,
    seed: int = 0,
    tell: Callable[[str], None] = lambda message: None,
) -> None:
    """BreakSearch, and write what was found; what the file says of other exercises is kept.

    tell is called with a line after each exercise: a minute passes for one.
    """
    kept = json.loads(path.read_text(encoding="utf-8"))["exercises"] if path.exists() else {}
    for asked in wanted:
        found = search(asked, draws, seed)
        kept[asked.name] = found
        count = len(found["mistakes"]) - len(found["cannot_be_seen"])
        caught = ", ".join(str(len(ids)) for ids in found["caught"])
        tell(f"{asked.name}: {count} can be seen; 1, 2, 3 examples catch {caught}")
        order = [one.name for one in ASKED if one.name in kept]
        table = {"exercises": {name: kept[name] for name in order}}
        with replacing(path) as temporary:
            temporary.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


def search(asked: Asked, draws: int, seed: int = 0) -> dict[str, Any]:
    """Return what the search finds for one exercise, as plain values for JSON."""
    found = BreakSearch(asked, seed)
    found.draw(draws)
    found.improve(draws)
    best = [found.best(count) for count in range(1, MOST_EXAMPLES + 1)]
    return {
        "draws": draws,
        "seed": seed,
        "mistakes": [one.id for one in found.implementations.mistakes],
        "cannot_be_seen": found.never_caught,
        "caught": [sorted(frozenset().union(*(one.caught for one in few))) for few in best],
        "examples": [[as_written(one, asked) for one in few] for few in best],
        "shares": {one: round(count / found.drawn, 4) for one, count in found.times.items()},
    }


def as_written(found: Found, asked: Asked) -> dict[str, Any]:
    """Return an example as a person writes it."""
    return {**copy.deepcopy(found.inputs), GIVES: _gives(found.answer, asked)}


def _gives(answer: Answer, asked: Asked) -> Any:
    if isinstance(answer, str):
        return answer
    if asked.name == "valid_triplets":
        return [list(map(int, triplet)) for triplet in zip(*answer[0].nonzero(), strict=True)]
    values = [(part.round(4) + 0).tolist() for part in answer]
    if asked.name.endswith("classify"):
        return [int(label) for label in values[0]]
    return values if asked.parts else values[0]


def is_example(inputs: Inputs, asked: Asked) -> bool:
    """Return whether a learner might write this, by the rules of the file."""
    try:
        read_inputs({name: _as_if_written(value) for name, value in inputs.items()}, asked, 0)
    except NotData:
        return False
    return True


def _as_if_written(value: Any) -> Literal:
    many = isinstance(value, list | tuple)
    return Literal([_as_if_written(each) for each in value] if many else value, 0)


def _largest(sets: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """Return the sets that are part of no other."""
    kept: list[frozenset[str]] = []
    for one in sorted(sets, key=len, reverse=True):
        if not any(one < other for other in kept):
            kept.append(one)
    return kept
