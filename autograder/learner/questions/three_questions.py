"""Find three questions about one chapter of a learner: one of each kind, if the file allows it."""

import importlib.util
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from ...chapters import Chapter
from ...isolation.launchers import Launcher
from ...isolation.workers import Workers
from . import batches_of
from .bench import Bench
from .pool import Pool
from .question import Question
from .which_mistake import which_mistake
from .which_passes import which_passes
from .which_value import which_value

HOW_MANY = 3
MOST_SECONDS = 90.0  # for edits; on a slow machine there may be other questions after it
SEEDS = 3  # under which an edit has to end alike


class Questions:
    """Questions about one chapter in a folder, always the same for the same file and seed.

    names: the exercises that may be asked about. tell is called for every edit that is graded.
    """

    def __init__(
        self,
        launcher: Launcher,
        folder: Path,
        chapter: Chapter,
        names: Sequence[str],
        seed: int,
        tell: Callable[[], None] = lambda: None,
    ) -> None:
        self.chapter = chapter
        self.seed = seed
        self.tell = tell
        self.folder = folder
        self.bench = Bench(launcher, folder, chapter)
        self.until = time.monotonic() + MOST_SECONDS
        text = (folder / f"{chapter.stem}.py").read_bytes()
        self.source = importlib.util.decode_source(text)
        random = self._random("order")
        self.names = [names[place] for place in random.permutation(len(names))]
        self._pools: dict[str, Pool] = {}

    def three(self) -> list[Question]:
        """Return three questions; fewer, or none, if too little of the file is certain."""
        found: list[Question] = []
        kinds = (self.of_values, self.of_passing, self.of_mistakes)
        for turn, kind in enumerate(kinds):
            found += self._first(kind(self._from(turn), found))
        for kind in kinds * (HOW_MANY - 1):  # where a kind has none, another stands in
            if len(found) < HOW_MANY:
                found += self._first(kind(self._from(len(found)), found))
        return found

    def of_values(self, names: Sequence[str], found: Sequence[Question]) -> Iterator[Question]:
        """Yield questions about what the exercises return."""
        with Workers(self.bench.launcher, self.folder) as workers:
            for name in names:
                random = self._random(f"value {name} {len(found)}")
                batches = batches_of(self.chapter, name)
                for place in random.permutation(len(batches)):
                    asked = which_value(self.chapter, batches[place], workers, random)
                    if asked and all(asked.asks != other.asks for other in found):
                        yield asked

    def of_passing(self, names: Sequence[str], found: Sequence[Question]) -> Iterator[Question]:
        """Yield questions about which edit passes."""
        for name in names:
            random = self._random(f"passes {name} {len(found)}")
            if asked := which_passes(self._pool(name), random, _sources(found)):
                yield asked

    def of_mistakes(self, names: Sequence[str], found: Sequence[Question]) -> Iterator[Question]:
        """Yield questions about which mistake an edit is."""
        for name in names:
            random = self._random(f"mistake {name} {len(found)}")
            if asked := which_mistake(self._pool(name), random, _sources(found)):
                yield asked

    def _from(self, turn: int) -> list[str]:
        """Return the exercises in their order, beginning with another one at each turn."""
        start = turn % len(self.names)
        return self.names[start:] + self.names[:start]

    def _first(self, questions: Iterator[Question]) -> list[Question]:
        first = next(questions, None)
        return [first] if first else []

    def _pool(self, name: str) -> Pool:
        if name not in self._pools:
            seeds = tuple(map(int, self._random("seeds").integers(2**31, size=SEEDS)))
            random = self._random(f"edits {name}")
            self._pools[name] = Pool(
                self.bench, self.source, name, random, seeds, self.tell, self.until
            )
        return self._pools[name]

    def _random(self, what: str) -> np.random.Generator:
        """Return a stream of its own for each purpose, so that none hangs on another."""
        return np.random.default_rng([self.seed, zlib.crc32(what.encode())])


def _sources(found: Sequence[Question]) -> frozenset[str]:
    """Return the edited files that some question shows already."""
    of_choices = {one.source for question in found for one in question.choices}
    return frozenset(of_choices | {question.source for question in found})
