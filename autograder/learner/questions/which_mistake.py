"""Ask which named mistake an edit of the learner's file is."""

import numpy as np

from ...grading.misconception import Misconception
from ...grading.misconceptions import exercises_of
from ...grading.sentence import cause
from .pool import Pool, Tried
from .question import KEYS, Choice, Question
from .which_passes import what_came

KIND = "mistake"
OTHERS = len(KEYS) - 1


def which_mistake(
    pool: Pool, random: np.random.Generator, but: frozenset[str] = frozenset()
) -> Question | None:
    """Return a question about an edit with one name for certain; None if no edit has one.

    but: sources that are asked about elsewhere.
    """
    looked_at: set[str] = set(but)
    while True:
        for tried in pool.failing:
            if tried.edit.source not in looked_at:
                looked_at.add(tried.edit.source)
                if found := _asked(pool, tried, random):
                    return found
        if not pool.has_more:
            return None
        pool.grow()


def _asked(pool: Pool, tried: Tried, random: np.random.Generator) -> Question | None:
    """Return the question about one edit, None if its name, or what is no name, is in doubt."""
    mistake = _mistake_of(pool, tried)
    if mistake is None:
        return None
    others = _others(pool, mistake, tried, random)
    if len(others) < OTHERS:
        return None
    came = f"{what_came(tried.graded[0])} {mistake.says}"
    choices = [Choice(f"{cause(mistake.says)}.", came, is_right=True, mistake=mistake.id)]
    choices += [
        Choice(f"{cause(one.says)}.", "That gives something else.", mistake=one.id)
        for one in others
    ]
    asks = ("Which mistake is this edit of your file?", *tried.edit.text.splitlines())
    return Question(
        KIND,
        pool.name,
        asks,
        tuple(choices[place] for place in random.permutation(len(choices))),
        mistake.section,
        source=tried.edit.source,
    )


def _mistake_of(pool: Pool, tried: Tried) -> Misconception | None:
    """Return the only mistake that gives what came back, and gives it under every seed."""
    if tried.graded[0].gives_itself_away:
        return None
    mistake = pool.bench.sole_mistake(pool.name, tried.graded[0])
    if mistake is None or not pool.is_certain(tried):
        return None
    differs = any(pool.bench.differs(mistake, one) for one in tried.graded)
    return None if differs else mistake


def _others(
    pool: Pool, mistake: Misconception, tried: Tried, random: np.random.Generator
) -> list[Misconception]:
    """Draw three mistakes of the exercise that give something else under every seed."""
    mistakes = exercises_of(pool.bench.chapter)[pool.name].mistakes
    found: list[Misconception] = []
    said = {cause(mistake.says)}
    for place in random.permutation(len(mistakes)):
        one = mistakes[place]
        if len(found) == OTHERS:
            break
        if cause(one.says) in said or may_include(one, mistake):
            continue
        if all(pool.bench.differs(one, each) for each in tried.graded):
            said.add(cause(one.says))
            found.append(one)
    return found


def may_include(one: Misconception, other: Misconception) -> bool:
    """Return whether the words of one mistake may hold for the other: one decides more of the same.

    Who accepts every set that has no triplet accepts one of a single digit, too.
    """
    return bool(one.decides & other.decides) and one.decides != other.decides
