"""A misconception: a wrong implementation with a name, and what helps against it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace
from typing import Any, TypeVar, cast

Hints = tuple[str, str, str]  # nudge, idea, step: where to look, what to think of, what to do
Wrong = TypeVar("Wrong", bound=Callable[..., Any])


@dataclass(frozen=True)
class Misconception:
    """One mistake in one exercise.

    wrong stands in for `name` and gives the numbers that the mistake gives.
    says is a whole sentence about the mistake that begins with a verb in -ing and ends with what
    it leads to ("... gives the same values."): a match is evidence, not proof.
    section is the heading of the chapter's page that treats it.
    """

    id: str
    name: str
    wrong: Callable[..., Any]
    says: str
    section: str
    hints: Hints

    def code(self, reference: ModuleType) -> ModuleType:
        """Return the reference with the wrong implementation in its place."""
        names = {**vars(reference), self.name: self.wrong}
        return cast(ModuleType, SimpleNamespace(**names))


class Exercise:
    """One name to write, and the mistakes that are known of it.

    section is the heading of the chapter's page that treats it; nudge, idea and step help where
    no mistake is known.
    """

    def __init__(self, name: str, section: str, nudge: str, idea: str, step: str) -> None:
        self.name = name
        self.section = section
        self.hints: Hints = (nudge, idea, step)
        self.mistakes: list[Misconception] = []

    def mistake(
        self, nudge: str, idea: str, step: str, *, section: str = ""
    ) -> Callable[[Wrong], Wrong]:
        """Stand above a wrong implementation: its name is the id, its docstring the sentence.

        section: the heading that treats this mistake, where it is not that of the exercise.
        """

        def register(wrong: Wrong) -> Wrong:
            says = " ".join((wrong.__doc__ or "").split())
            section_of = section or self.section
            hints = (nudge, idea, step)
            self.mistakes.append(
                Misconception(id_of(wrong.__name__), self.name, wrong, says, section_of, hints)
            )
            return wrong

        return register


def id_of(name: str) -> str:
    """Return the id that a name stands for: "loss-swapped" for loss_swapped or LossSwapped."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])", "-", name)
    return (name if name.islower() else words).lower().replace("_", "-")
