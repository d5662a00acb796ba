"""A misconception: a wrong implementation with a name, and what helps against it.

An exercise is a family of decisions: a class that is right as it stands, with a method for each
decision. A misconception is one decision taken wrongly: a subclass that overrides the methods of
this decision. A class that inherits from several such subclasses has their mistakes together. What
is no single decision (another algorithm, a crash) stands alone, as a function or a class.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from types import ModuleType, SimpleNamespace
from typing import Any, NoReturn, TypeVar, cast

Hints = tuple[str, str, str]  # nudge, idea, step: where to look, what to think of, what to do
Wrong = TypeVar("Wrong", bound=Callable[..., Any])
Family = TypeVar("Family", bound=type)


def stumble(error: Exception) -> NoReturn:
    """Raise an error as a library does that a mistake calls: not on purpose, as `raise` would."""
    raise error


class FunctionFamily:
    """The family of an exercise that asks for a function: an instance is called as the function."""


class _Empty:
    """What stands in every class, such as its docstring, is no decision."""


@dataclass(frozen=True)
class Misconception:
    """One mistake in one exercise.

    wrong stands in for `name` and gives the numbers that the mistake gives.
    says is a whole sentence about the mistake that begins with a verb in -ing and ends with what
    it leads to ("... gives the same values."): a match is evidence, not proof.
    section is the heading of the chapter's page that treats it.
    decides holds the methods of the family that it overrides; it is empty for what stands alone.
    """

    id: str
    name: str
    wrong: Callable[..., Any]
    says: str
    section: str
    hints: Hints
    decides: frozenset[str] = frozenset()

    def code(self, reference: ModuleType) -> ModuleType:
        """Return the reference with the wrong implementation in its place."""
        return code_of([self], reference)


class Exercise:
    """One name to write, and the mistakes that are known of it.

    section is the heading of the chapter's page that treats it; nudge, idea and step help where
    no mistake is known. right is its family, without a mistake; None if it has none. variants are
    other ways to make one of the mistakes, which have its words.
    """

    def __init__(self, name: str, section: str, nudge: str, idea: str, step: str) -> None:
        self.name = name
        self.section = section
        self.hints: Hints = (nudge, idea, step)
        self.right: type | None = None
        self.mistakes: list[Misconception] = []
        self.variants: list[Misconception] = []

    def family(self, right: Family) -> Family:
        """Stand above the class that writes the exercise with a method for each decision."""
        self.right = right
        return right

    def mistake(
        self, nudge: str, idea: str, step: str, *, section: str = ""
    ) -> Callable[[Wrong], Wrong]:
        """Stand above a wrong implementation: its name is the id, its docstring the sentence.

        section: the heading that treats this mistake, where it is not that of the exercise.
        """

        def register(wrong: Wrong) -> Wrong:
            self.mistakes.append(
                Misconception(
                    id=id_of(wrong.__name__),
                    name=self.name,
                    wrong=wrong,
                    says=" ".join((wrong.__doc__ or "").split()),
                    section=section or self.section,
                    hints=(nudge, idea, step),
                    decides=self._decides(wrong),
                )
            )
            return wrong

        return register

    def also(self, mistake: Callable[..., Any]) -> Callable[[Wrong], Wrong]:
        """Stand above another way to make a mistake that is known: other values, the same words."""
        words = next(one for one in self.mistakes if one.wrong is mistake)

        def register(wrong: Wrong) -> Wrong:
            self.variants.append(replace(words, wrong=wrong, decides=self._decides(wrong)))
            return wrong

        return register

    def _decides(self, wrong: Callable[..., Any]) -> frozenset[str]:
        """Return which methods of the family a class overrides; none if it is not of the family."""
        if self.right is None or not isinstance(wrong, type):
            return frozenset()
        of_family = vars(self.right).keys() - vars(_Empty).keys()
        own = [vars(each).keys() for each in wrong.__mro__ if each not in self.right.__mro__]
        return frozenset().union(*own) & of_family if self.right in wrong.__mro__ else frozenset()


def code_of(mistakes: Sequence[Misconception], reference: ModuleType) -> ModuleType:
    """Return the reference with these mistakes in it, all together; can_be_together holds."""
    names = dict(vars(reference))
    if mistakes:
        names[mistakes[0].name] = _implementation(mistakes)
    return cast(ModuleType, SimpleNamespace(**names))


def can_be_together(mistakes: Sequence[Misconception]) -> bool:
    """Return whether one implementation can have all these mistakes: each decides another thing."""
    decided = [method for mistake in mistakes for method in mistake.decides]
    return len(mistakes) == 1 or (
        all(mistake.decides for mistake in mistakes) and len(decided) == len(set(decided))
    )


def _implementation(mistakes: Sequence[Misconception]) -> Callable[..., Any]:
    first = mistakes[0].wrong
    if not isinstance(first, type):
        return first
    together = first
    if len(mistakes) > 1:
        together = type(first.__name__, tuple(cast(type, each.wrong) for each in mistakes), {})
    return cast(Callable[..., Any], together() if issubclass(first, FunctionFamily) else together)


def id_of(name: str) -> str:
    """Return the id that a name stands for: "loss-swapped" for loss_swapped or LossSwapped."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])", "-", name)
    return (name if name.islower() else words).lower().replace("_", "-")
