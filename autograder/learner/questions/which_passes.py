"""Ask which of four edits of the learner's file still passes, or which one fails."""

import textwrap

import numpy as np

from ...grading.misconceptions import exercises_of
from .bench import GradedFile
from .pool import Pool, Tried
from .question import KEYS, Choice, Question

KIND = "passes"
OTHERS = len(KEYS) - 1
PATIENCE = 16  # edits that are tried before one that ends in an error will do
LONGEST = 240  # characters of what came back


def which_passes(
    pool: Pool, random: np.random.Generator, but: frozenset[str] = frozenset()
) -> Question | None:
    """Return a question about four edits, of which one ends otherwise than the three others.

    but: sources that are asked about elsewhere. None if too few edits are certain.
    """
    while True:
        is_patient = pool.has_more and len(pool.tried) < PATIENCE
        for is_passing in (True, False):
            if chosen := _chosen(pool, but, is_passing, is_patient):
                return _question(pool, chosen, random, is_passing)
        if not pool.has_more:
            return None
        pool.grow()


def _chosen(
    pool: Pool, but: frozenset[str], is_passing: bool, is_patient: bool
) -> list[Tried] | None:
    """Return one edit that passes and three that fail, or the other way round.

    An edit that only ends in an error gives itself away: whoever is patient waits for others.
    """
    passing = [one for one in pool.passing if one.edit.source not in but]
    failing = [one for one in pool.failing if one.edit.source not in but]
    errors = [one for one in failing if one.graded[0].gives_itself_away]
    failing = [one for one in failing if one not in errors]
    if not is_patient:
        failing += errors
    one_kind, other_kind = (passing, failing) if is_passing else (failing, passing)
    if not one_kind or len(other_kind) < OTHERS:
        return None
    single = _first_certain(pool, one_kind, 1)
    others = _first_certain(pool, other_kind, OTHERS)
    return [*single, *others] if len(single) == 1 and len(others) == OTHERS else None


def _first_certain(pool: Pool, tried: list[Tried], count: int) -> list[Tried]:
    """Return the first edits that end alike under every seed, rather in different lines."""
    lines: set[str] = set()
    first: list[Tried] = []
    later: list[Tried] = []
    for one in tried:
        (later if one.edit.before in lines else first).append(one)
        lines.add(one.edit.before)
    found: list[Tried] = []
    for one in [*first, *later]:
        if len(found) < count and pool.is_certain(one):
            found.append(one)
    return found


def _question(
    pool: Pool, chosen: list[Tried], random: np.random.Generator, is_passing: bool
) -> Question:
    choices = [
        Choice(one.edit.text, _why(pool, one), is_right=place == 0, source=one.edit.source)
        for place, one in enumerate(chosen)
    ]
    passes = "still passes" if is_passing else "no longer passes"
    failed = next(one for one in chosen if not one.passes)
    return Question(
        KIND,
        pool.name,
        (f"With which one of these edits your file {passes} all checks of {pool.name}?",),
        tuple(choices[place] for place in random.permutation(len(choices))),
        failed.graded[0].first_failed.section
        or exercises_of(pool.bench.chapter)[pool.name].section,
    )


def _why(pool: Pool, tried: Tried) -> str:
    seeds = len(tried.graded)
    if tried.passes:
        return f"It passes every check, on {seeds} draws of the inputs."
    return f"It fails. {what_came(tried.graded[0])}{_which(pool, tried.graded[0])}"


def what_came(graded: GradedFile) -> str:
    """Return what one failed check observed, and what it expected, in a line."""
    record = graded.first_failed
    said = f"{record.title}: {record.observed} {record.expected}"
    return textwrap.shorten(said, LONGEST, placeholder=" ...")


def _which(pool: Pool, graded: GradedFile) -> str:
    mistake = None if graded.gives_itself_away else pool.bench.sole_mistake(pool.name, graded)
    return f" {mistake.says}" if mistake else ""
