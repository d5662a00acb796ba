"""Ask questions in a terminal, one key for an answer, and say after each what came back."""

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape

from ...chapters import Chapter
from ..explanation import INDENT, WIDTH
from ..keys import QUIT
from .question import Question

NO_DETECTOR = (
    "This shows how well you know what is in your file. It is no detector of cheating: who wrote "
    "the file it cannot tell."
)


@dataclass(frozen=True)
class Answered:
    """A question, and the key that was chosen; "" if there was no answer."""

    question: Question
    key: str = ""

    @property
    def is_right(self) -> bool:
        return self.key == self.question.key_of(self.question.right)

    def as_dict(self) -> dict[str, object]:
        """Return it as plain values for JSON."""
        return {**self.question.as_dict(), "answer": self.key, "is_right": self.is_right}


def ask_all(
    console: Console, questions: Sequence[Question], next_key: Callable[[], str]
) -> list[Answered]:
    """Ask every question, until somebody quits; those that were not answered have no key."""
    keys: list[str] = []
    for number, question in enumerate(questions, start=1):
        head = f"Question {number} of {len(questions)}: {question.exercise}"
        _print_markup(console, f"\n[bold]{escape(head)}[/]")
        _show(console, question)
        key = _answer(console, question, next_key)
        if not key:
            break
        keys.append(key)
        _explain(console, Answered(question, key))
    keys += [""] * (len(questions) - len(keys))
    return [Answered(one, key) for one, key in zip(questions, keys, strict=True)]


def show_end(console: Console, chapter: Chapter, answered: Sequence[Answered], seed: int) -> None:
    """Print how many answers were right, what to read again, and what to do next."""
    given = [one for one in answered if one.key]
    right = sum(one.is_right for one in given)
    _print(console, f"\n{right} of {len(given)} right.")
    sections = [one.question.section for one in given if not one.is_right]
    for section in dict.fromkeys(filter(None, sections)):
        _print(console, f'Read "{section}" in {chapter.page} again.')
    _print(console, f"Other questions: triplet explain {chapter.number}")
    _print(console, f"The same again: triplet explain {chapter.number} --seed {seed}")
    for line in textwrap.wrap(NO_DETECTOR, WIDTH):
        _print(console, line)


def _show(console: Console, question: Question) -> None:
    for line in question.asks:
        _print(console, line)
    for choice in question.choices:
        first, *rest = choice.text.splitlines()
        _print_markup(console, f"  [bold]{question.key_of(choice)}[/]  {escape(first)}")
        for line in rest:
            _print(console, f"     {line}")


def _answer(console: Console, question: Question, next_key: Callable[[], str]) -> str:
    """Return the first key that stands for a choice, "" if somebody quits."""
    keys = " ".join(map(question.key_of, question.choices))
    _print_markup(console, f"[dim]{keys}, or {QUIT} to quit[/] ", end="")
    while True:
        key = next_key()
        if key == QUIT:
            console.print()
            return ""
        if question.chosen(key):
            _print(console, key)
            return key


def _explain(console: Console, answered: Answered) -> None:
    question = answered.question
    right = question.key_of(question.right)
    said = "[green]Right.[/]" if answered.is_right else f"[red]No: {right} is right.[/]"
    _print_markup(console, said)
    for choice in question.choices:
        key = question.key_of(choice)
        lines = textwrap.wrap(f"{key}: {choice.why}", WIDTH - len(INDENT), subsequent_indent="   ")
        for line in lines:
            _print(console, INDENT + line)


def _print(console: Console, line: str) -> None:
    _print_markup(console, escape(line))


def _print_markup(console: Console, line: str, end: str = "\n") -> None:
    console.print(line, highlight=False, soft_wrap=True, end=end)
