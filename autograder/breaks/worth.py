"""What is kept of a learner's examples of one exercise, and which share of its points they earn."""

from dataclasses import asdict, dataclass
from typing import Any

from .judge import BreakScore, Expectation


@dataclass(frozen=True)
class Worth:
    """How many examples there are, the ids of what they catch, and what could be caught.

    wrong: examples whose expectation is not right; they catch nothing. unread: places that cannot
    be read as an example. best: how many mistakes the best known examples catch.
    """

    exercise: str
    examples: int
    wrong: int
    unread: int
    caught: tuple[str, ...]
    countable: tuple[str, ...]
    best: int

    @property
    def share(self) -> float:
        """Return the share of the points: all for as many mistakes as the best known catch."""
        return min(1.0, len(self.caught) / self.best) if self.best else 0.0

    @property
    def says(self) -> str:
        """Return in one or two sentences what the examples are worth."""
        if not self.examples and not self.unread:
            return "No examples."
        caught = f"{_count(self.examples, 'example')}: {len(self.caught)} of {self.best} mistakes."
        aside = [
            f"{_count(self.wrong, 'wrong expectation')}." if self.wrong else "",
            f"{_count(self.unread, 'place')} cannot be read." if self.unread else "",
        ]
        return " ".join([caught, *filter(None, aside)])

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return asdict(self)


def worth_of(score: BreakScore) -> Worth:
    """Return what is kept of a score."""
    countable = tuple(sorted(one.id for one in score.countable))
    return Worth(
        score.asked.name,
        len(score.judged),
        sum(one.verdict is not Expectation.RIGHT for one in score.judged),
        len(score.problems),
        tuple(sorted(score.caught)),
        countable,
        score.best.caught_by_most or len(countable),
    )


def worth_from(plain: dict[str, Any]) -> Worth:
    """Return what `as_dict` made plain."""
    lists = {name: tuple(plain[name]) for name in ("caught", "countable")}
    return Worth(**{**plain, **lists})


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
