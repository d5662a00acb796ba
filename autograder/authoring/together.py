"""Whether mistakes that are there together are named, and nothing that is not there."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from ..chapters import Chapter
from ..grading.diagnosis import Mistakes
from ..grading.grade import Grader, Known, reference
from ..grading.misconception import can_be_together, code_of
from ..grading.misconceptions import exercises_of
from ..grading.record import Status
from .kill_matrix import Prepared


@dataclass
class Tally:
    """How often all mistakes were named, how often some, none, or one that is not there.

    shown holds a line for each set of mistakes of which not all were named.
    """

    counts: Counter[str] = field(default_factory=Counter)
    shown: list[str] = field(default_factory=list)

    def add(self, mistakes: Mistakes, seed: int, named: set[str]) -> None:
        there = {one.id for one in mistakes}
        ended = _ending(there, named)
        self.counts[ended] += 1
        if ended != "all":
            found = ", ".join(sorted(named)) or "nothing"
            self.shown.append(f"{ended}: {', '.join(sorted(there))}: named {found} (seed {seed})")

    def __str__(self) -> str:
        total = self.counts.total() - self.counts["passed"]
        shares = [f"{self.counts[key]} {key}" for key in ("some", "none", "wrong")]
        percent = 100 * self.counts["all"] / max(1, total)
        return f"{percent:.1f} % of {total} all named; {', '.join(shares)}"


def sets_together(chapter: Chapter, name: str, size: int) -> list[Mistakes]:
    """Return every set of so many mistakes of an exercise that one implementation can have."""
    mistakes = exercises_of(chapter)[name].mistakes
    return [each for each in combinations(mistakes, size) if can_be_together(each)]


def drawn(sets: list[Mistakes], count: int, seed: int) -> list[Mistakes]:
    """Return so many of the sets, drawn at random; all if there are no more."""
    return random.Random(seed).sample(sets, min(count, len(sets)))


def tally_of(chapter: Chapter, name: str, sets: Iterable[Mistakes], seeds: Iterable[int]) -> Tally:
    """Grade each set of mistakes as one submission, under each seed."""
    sets = list(sets)
    tally = Tally()
    for seed in seeds:
        known = Known()
        for mistakes in sets:
            tally.add(mistakes, seed, set(named_in(chapter, name, mistakes, seed, known)))
    return tally


def named_in(
    chapter: Chapter, name: str, mistakes: Mistakes, seed: int, known: Known
) -> Iterator[str]:
    """Yield each id that the records name; "passed" if all checks passed."""
    code = code_of(mistakes, reference(chapter))
    records = Grader(Prepared(code), seed, known).grade_name(chapter, name)
    if all(record.passed for record in records):
        yield "passed"
    for record in records:
        if record.status is not Status.HELD_BACK:
            yield from record.mistakes


def _ending(there: set[str], named: set[str]) -> str:
    if named == {"passed"}:
        return "passed"
    if named - there:
        return "wrong"
    if named == there:
        return "all"
    return "some" if named else "none"
