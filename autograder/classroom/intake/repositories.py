"""Whose a repository is that its name tells: the same words in front of each student's login."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from .enrolled import Enrolled

FEWEST = 2  # one name alone would not tell which of its words are the class's
WORDS = 2  # that stand in front at least: the classroom and the assignment


def logins_at_the_end(names: Iterable[str], roster: Sequence[Enrolled]) -> dict[str, str]:
    """Return the login that each name ends in, by the name; nothing where it is unclear.

    Classroom 50 calls a repository classroom-assignment-login. Each of the three may hold a "-"
    itself, so what stands in front is what leaves a login of the roster in most of the names. Where
    two beginnings leave as many, there is no telling.
    """
    names = list(names)
    logins = {key for one in roster for key in one.keys}
    left = [(name, front, end) for name in names for front, end in _parted(name)]
    votes = Counter(front for _, front, end in left if end in logins).most_common(2)
    counts = [count for _, count in votes]
    if not votes or counts[0] < FEWEST or counts[0] in counts[1:]:
        return {}
    return {name: end for name, front, end in left if front == votes[0][0]}


def _parted(name: str) -> Iterator[tuple[str, str]]:
    """Yield what may stand in front of the login, and the rest of the name."""
    folded = name.casefold()
    words = [f"{word}-" for word in folded.split("-")[:-1]]
    for front in [*accumulate(words)][WORDS - 1 :]:
        yield front, folded.removeprefix(front)
