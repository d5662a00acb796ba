"""The edits of one exercise in a learner's file, each graded when it is first needed."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ...grading.edits import longer_numbers_of, rewritings_of
from ...grading.survey import own_code
from ...isolation.launchers import can_fork
from .bench import Bench, GradedFile
from .line_edits import LineEdit, line_edits

MOST_EDITS = 24  # that are graded for one exercise
REWRITTEN_AFTER, MOST_REWRITTEN = 12, 3


@dataclass
class Tried:
    """An edit, and what the checks said of it under each seed so far."""

    edit: LineEdit
    graded: list[GradedFile] = field(default_factory=list)

    @property
    def passes(self) -> bool:
        return all(one.passes for one in self.graded)

    @property
    def fails(self) -> bool:
        return all(one.fails for one in self.graded)


class Pool:
    """Edits in an order drawn by `random`, graded one after the other under the first of the seeds.

    Only what is chosen is graded under the others as well: what then is no longer the same is
    dropped. tell is called for every edit that is graded. Where no slip passes, what rewrites a
    line with the same value does. until: when, by time.monotonic(), no more edits are begun.
    """

    def __init__(
        self,
        bench: Bench,
        source: str,
        name: str,
        random: np.random.Generator,
        seeds: tuple[int, ...],
        tell: Callable[[], None],
        until: float = math.inf,
    ) -> None:
        self.bench = bench
        self.name = name
        self.seeds = seeds
        self.tell = tell
        self.until = until
        self.tried: list[Tried] = []
        names = own_code(source, bench.chapter.stem, name)
        slips = _shuffled(line_edits(source, names), random)
        rewritten = [
            edit
            for edits_of in (rewritings_of, longer_numbers_of)
            for edit in _shuffled(line_edits(source, names, edits_of), random)
        ][:MOST_REWRITTEN]
        order = [*slips[:REWRITTEN_AFTER], *rewritten, *slips[REWRITTEN_AFTER:]]
        self._left = order[: MOST_EDITS + len(rewritten)]

    @property
    def passing(self) -> list[Tried]:
        return [one for one in self.tried if one.passes]

    @property
    def failing(self) -> list[Tried]:
        return [one for one in self.tried if one.fails]

    @property
    def has_more(self) -> bool:
        return bool(self._left) and time.monotonic() < self.until

    def grow(self) -> None:
        """Grade the next edit under the first seed; where a worker starts slowly, under all."""
        edit = self._left.pop(0)
        seeds = self.seeds[:1] if can_fork() else self.seeds
        self.tried.append(Tried(edit, self.bench.grade(edit.source, self.name, seeds)))
        self.tell()

    def is_certain(self, tried: Tried) -> bool:
        """Grade an edit under all seeds; return whether it passes under all, or fails under all."""
        left = self.seeds[len(tried.graded) :]
        if left:
            tried.graded += self.bench.grade(tried.edit.source, self.name, left)
        return tried.passes or tried.fails


def _shuffled(edits: list[LineEdit], random: np.random.Generator) -> list[LineEdit]:
    return [edits[place] for place in random.permutation(len(edits))]
