"""What the examples of a whole class catch, and which mistakes nobody thinks of."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..breaks.asked import Asked
from ..breaks.breaks_file import MOST_BYTES
from ..breaks.implementations import mistakes_of
from ..breaks.worth import Worth
from ..grading.misconception import Misconception
from .intake.entries import Unreadable
from .intake.naming import is_breaks
from .intake.students import Source
from .kept_breaks import BreaksFile, look_at


@dataclass
class ClassOfExercise:
    """How a class did in one exercise: who wrote examples, and by how many each mistake is caught.

    wrong counts the examples whose expectation is not right; countable holds the ids of what could
    be caught.
    """

    asked: Asked
    students: int = 0
    examples: int = 0
    wrong: int = 0
    caught: Counter[str] = field(default_factory=Counter)
    countable: set[str] = field(default_factory=set)

    def add(self, worth: Worth | None) -> None:
        """Take in one student; one who wrote nothing that can be read counts as nobody."""
        if worth is None or not worth.examples:
            return
        self.students += 1
        self.examples += worth.examples
        self.wrong += worth.wrong
        self.caught.update(worth.caught)
        self.countable.update(worth.countable)

    @property
    def mean(self) -> float:
        """Return how many mistakes a student catches on average."""
        return sum(self.caught.values()) / self.students if self.students else 0.0

    @property
    def mistakes(self) -> list[Misconception]:
        """Return what could be caught, in the order of the catalogue."""
        return [one for one in mistakes_of(self.asked) if one.id in self.countable]

    @property
    def nobody(self) -> list[Misconception]:
        return [one for one in self.mistakes if not self.caught[one.id]]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {
            "exercise": self.asked.name,
            "students": self.students,
            "examples": self.examples,
            "wrong_expectations": self.wrong,
            "mean_caught": round(self.mean, 2),
            "countable": len(self.countable),
            "caught_by": {one.id: self.caught[one.id] for one in self.mistakes},
        }


@dataclass(frozen=True)
class ClassBreaks:
    """A class: how many students it has, whose file could not be read and why, each exercise."""

    students: int
    unread: tuple[tuple[str, str], ...]
    exercises: tuple[ClassOfExercise, ...]


def look_at_class(
    sources: Sequence[Source],
    asked: Iterable[Asked],
    through: Callable[[Sequence[Source]], Iterable[Source]] = iter,
) -> ClassBreaks:
    """Return what the examples of a class are worth: read, and never run.

    through passes on one student after the other, and may show how far it is.
    """
    exercises = [ClassOfExercise(one) for one in asked]
    unread = []
    for source in through(sources):
        found = look_at(handed_in_breaks(source), [one.asked for one in exercises])
        if found.why:
            unread.append((source.name, found.why))
        for exercise in exercises:
            exercise.add(found.worth.get(exercise.asked.name))
    return ClassBreaks(len(sources), tuple(unread), tuple(exercises))


def handed_in_breaks(source: Source) -> BreaksFile | None:
    """Return a student's breaks.py, None if none was handed in.

    Of several the newest upload counts, then the one least deep.
    """
    found = [entry for entry in source.listing().entries if is_breaks(entry.name)]
    if not found:
        return None
    entry = min(found, key=lambda one: (-one.upload, len(one.folders), one.path))
    try:
        return BreaksFile(entry.path, entry.fetch(MOST_BYTES))
    except Unreadable as error:
        return BreaksFile(entry.path, why=str(error))
