"""Show in a terminal what the examples of a class catch, and what nobody thinks of."""

import textwrap

from rich.console import Console
from rich.markup import escape

from ...breaks.sayings import in_words
from ...learner.explanation import INDENT, WIDTH
from ..class_breaks import ClassBreaks, ClassOfExercise

FEWEST = 3  # mistakes that are named although somebody catches them


def show_class_breaks(console: Console, found: ClassBreaks) -> None:
    """Print of each exercise how many wrote examples, and the mistakes that nobody catches."""
    for name, why in found.unread:
        _show(console, f"{name}: {why}", "")
    for one in found.exercises:
        _show_exercise(console, one, found.students)


def _show_exercise(console: Console, one: ClassOfExercise, students: int) -> None:
    console.print(
        f"\n[bold]{one.asked.name}[/]: {one.students} of {students} students wrote examples",
        highlight=False,
        soft_wrap=True,
    )
    if not one.students:
        return
    _show(
        console,
        f"{one.examples} examples, {one.wrong} with a wrong expectation. A student catches "
        f"{one.mean:.1f} of {len(one.countable)} mistakes on average.",
    )
    _show(console, f"Nobody catches: {len(one.nobody) or 'none'}")
    for mistake in one.nobody:
        _show(console, f"- {in_words(mistake)}", INDENT * 2)
    caught = [mistake for mistake in one.mistakes if one.caught[mistake.id]]
    for mistake in sorted(caught, key=lambda each: (one.caught[each.id], each.id))[:FEWEST]:
        _show(console, f"Caught by {one.caught[mistake.id]}: {in_words(mistake)}")


def _show(console: Console, text: str, indent: str = INDENT) -> None:
    for line in textwrap.wrap(text, WIDTH - len(indent)):
        console.print(indent + escape(line), highlight=False, soft_wrap=True)
