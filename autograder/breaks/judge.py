"""What a learner's examples are worth: which are right, and which mistakes they catch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ..grading.misconception import Misconception
from .answers import Answer, NoAnswer, Place, difference
from .asked import ERROR, Asked, Inputs
from .best_known import BestKnown, best_known
from .breaks_file import Example, OwnBreaks, Problem
from .implementations import Function, mistakes_of, rights_of, run, run_slow, wrong_one


class Expectation(StrEnum):
    """Whether what an example expects is what right implementations give."""

    RIGHT = "right"
    WRONG = "wrong"
    UNCLEAR = "unclear"  # right implementations differ from each other


@dataclass(frozen=True)
class Judged:
    """An example, its verdict, where it is wrong, and the ids of the mistakes that it catches."""

    example: Example
    verdict: Expectation
    place: Place | None = None
    caught: frozenset[str] = frozenset()


@dataclass(frozen=True)
class BreakScore:
    """All that is known of a learner's examples of one exercise."""

    asked: Asked
    judged: tuple[Judged, ...]
    problems: tuple[Problem, ...]
    mistakes: tuple[Misconception, ...]
    best: BestKnown = field(repr=False)

    @property
    def caught(self) -> frozenset[str]:
        return frozenset().union(*(one.caught for one in self.judged))

    @property
    def countable(self) -> tuple[Misconception, ...]:
        """Return the mistakes that can be caught: seen in some example, or caught by one here."""
        cannot = self.best.cannot_be_seen - self.caught
        return tuple(one for one in self.mistakes if one.id not in cannot)

    @property
    def got_away(self) -> list[Misconception]:
        """Return the mistakes that no example catches, first what most drawn examples catch."""
        left = [one for one in self.countable if one.id not in self.caught]
        return sorted(left, key=lambda one: -self.best.shares.get(one.id, 0))

    @property
    def right(self) -> list[Judged]:
        return [one for one in self.judged if one.verdict is Expectation.RIGHT]

    @property
    def is_sound(self) -> bool:
        """Return whether all that is written can be read, and is right."""
        return not self.problems and len(self.right) == len(self.judged)

    @property
    def is_as_good_as_known(self) -> bool:
        """Return whether as many are caught as by the best known examples; all, if none are."""
        wanted = self.best.caught_by_most or len(self.countable)
        return self.is_sound and len(self.caught) >= wanted


class Implementations:
    """The right and the wrong implementations of one exercise, made once."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.rights = rights_of(asked)
        self.mistakes = mistakes_of(asked)
        self.wrong: dict[str, Function] = {one.id: wrong_one(one, asked) for one in self.mistakes}

    def right_answer(self, inputs: Inputs) -> Answer | None:
        """Return what all right implementations give, None where they differ from each other."""
        first = run_slow(inputs, self.asked)
        others = [run(one, inputs, self.asked) for one in self.rights]
        if isinstance(first, NoAnswer) or (isinstance(first, str) and first != ERROR):
            return None
        differ = any(difference(first, other) is not None for other in others)
        return None if differ else first

    def caught(self, inputs: Inputs, expected: Answer) -> frozenset[str]:
        """Return the ids of the mistakes that give something else."""
        return frozenset(
            name
            for name, wrong in self.wrong.items()
            if difference(expected, run(wrong, inputs, self.asked)) is not None
        )

    def judged(self, example: Example) -> Judged:
        """Return what an example is worth: with a wrong expectation nothing."""
        right = self.right_answer(example.inputs)
        if right is None:
            return Judged(example, Expectation.UNCLEAR)
        if isinstance(right, str) != isinstance(example.gives, str):
            return Judged(example, Expectation.WRONG)
        place = difference(example.gives, right)
        if place is not None:
            return Judged(example, Expectation.WRONG, place)
        caught = self.caught(example.inputs, example.gives)
        return Judged(example, Expectation.RIGHT, caught=caught)


def score_of(
    asked: Asked, own: OwnBreaks, implementations: Implementations | None = None
) -> BreakScore:
    """Return what a learner's examples of one exercise are worth.

    implementations: those of the exercise, to be made only once for many learners.
    """
    implementations = implementations or Implementations(asked)
    judged = tuple(implementations.judged(one) for one in own.examples.get(asked.name, []))
    problems = tuple(own.problems_of(asked.name))
    return BreakScore(
        asked, judged, problems, tuple(implementations.mistakes), best_known(asked.name)
    )


def scores_of(asked: Sequence[Asked], own: OwnBreaks) -> list[BreakScore]:
    return [score_of(one, own) for one in asked]
