"""What the examples of a whole class catch, and which mistakes nobody thinks of."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from exercises.given.errors import CourseError

from ..breaks.asked import Asked
from ..breaks.breaks_file import MOST_BYTES, OwnBreaks, read_breaks
from ..breaks.judge import BreakScore, Expectation, Implementations, score_of
from ..grading.misconception import Misconception
from .intake.entries import Unreadable
from .intake.naming import is_breaks
from .intake.students import Source


@dataclass
class ClassOfExercise:
    """How a class did in one exercise: who wrote examples, and by how many each mistake is caught.

    wrong counts the examples whose expectation is not right.
    """

    asked: Asked
    students: int = 0
    examples: int = 0
    wrong: int = 0
    caught: Counter[str] = field(default_factory=Counter)
    countable: dict[str, Misconception] = field(default_factory=dict)

    def add(self, score: BreakScore) -> None:
        """Take in one student; one who wrote nothing that can be read counts as nobody."""
        if not score.judged:
            return
        self.students += 1
        self.examples += len(score.judged)
        self.wrong += sum(one.verdict is not Expectation.RIGHT for one in score.judged)
        self.caught.update(score.caught)
        self.countable |= {one.id: one for one in score.countable}

    @property
    def mean(self) -> float:
        """Return how many mistakes a student catches on average."""
        return sum(self.caught.values()) / self.students if self.students else 0.0

    @property
    def nobody(self) -> list[Misconception]:
        return [one for one in self.countable.values() if not self.caught[one.id]]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {
            "exercise": self.asked.name,
            "students": self.students,
            "examples": self.examples,
            "wrong_expectations": self.wrong,
            "mean_caught": round(self.mean, 2),
            "countable": len(self.countable),
            "caught_by": {name: self.caught[name] for name in self.countable},
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
    exercises = [(ClassOfExercise(one), Implementations(one)) for one in asked]
    unread = []
    for source in through(sources):
        try:
            own = own_breaks(source)
        except (CourseError, Unreadable) as error:
            unread.append((source.name, str(error)))
        else:
            for exercise, implementations in exercises:
                exercise.add(score_of(exercise.asked, own, implementations))
    return ClassBreaks(len(sources), tuple(unread), tuple(one for one, _ in exercises))


def own_breaks(source: Source) -> OwnBreaks:
    """Return what a student's breaks.py holds, nothing if none was handed in.

    Of several the newest upload counts, then the one least deep. Raises CourseError or Unreadable.
    """
    found = [entry for entry in source.listing().entries if is_breaks(entry.name)]
    if not found:
        return OwnBreaks({}, {})
    entry = min(found, key=lambda one: (-one.upload, len(one.folders), one.path))
    return read_breaks(entry.fetch(MOST_BYTES), entry.path)
