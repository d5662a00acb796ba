"""A misconception: a wrong implementation with a name, and what helps against it."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace
from typing import Any, TypeVar, cast

Hints = tuple[str, str, str]  # nudge, idea, step
Wrong = TypeVar("Wrong", bound=Callable[..., Any])


@dataclass(frozen=True)
class Misconception:
    """One mistake in one exercise.

    wrong stands in for `name` and gives the numbers that the mistake gives.
    says is a whole sentence about the mistake that begins with a verb in -ing and ends with what
    it leads to ("... gives the same values."): a match is evidence, not proof.
    section is the heading of the chapter's page that treats it.
    nudge, idea and step are the rungs of the hint: where to look, what to think of, what to do.
    """

    id: str
    name: str
    wrong: Callable[..., Any]
    says: str
    section: str
    nudge: str
    idea: str
    step: str

    @property
    def hints(self) -> Hints:
        return self.nudge, self.idea, self.step

    def chapter(self, reference: ModuleType) -> ModuleType:
        """Return the reference with the wrong implementation in its place."""
        names = {**vars(reference), self.name: self.wrong}
        return cast(ModuleType, SimpleNamespace(**names))


class Catalogue(list[Misconception]):
    """The misconceptions of one chapter: `add` stands above each wrong implementation."""

    def add(
        self, name: str, identity: str, *, says: str, section: str, nudge: str, idea: str, step: str
    ) -> Callable[[Wrong], Wrong]:
        def register(wrong: Wrong) -> Wrong:
            self.append(Misconception(identity, name, wrong, says, section, nudge, idea, step))
            return wrong

        return register
