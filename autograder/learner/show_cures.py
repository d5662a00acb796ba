"""Show in a terminal how far the sick runs of chapter 7 are cured."""

import textwrap
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from .cures import Cure, LookedAt
from .explanation import INDENT, WIDTH

# Each with what stands in for it where the console has no such character, and its colour.
SIGNS = {
    Cure.CURED: ("✓", "+", "green"),
    Cure.SICK: ("✗", "x", "red"),
    Cure.NO_CURE: ("✗", "x", "red"),
    Cure.NOT_MADE: ("○", "o", "yellow"),
    Cure.NOT_READ: ("!", "!", "magenta"),
}


def show_cures(console: Console, found: Sequence[LookedAt]) -> None:
    """Print each run in lines that fit the terminal, and at the end how many are cured."""
    console.print("[bold]Three sick runs to cure[/] (no points hang on them)", highlight=False)
    for one in found:
        drawn, plain, colour = SIGNS[one.cure]
        sign = drawn if console.encoding.startswith("utf") else plain
        console.print(f"[{colour}]{sign}[/] {one.run.name}: {one.cure.value}", highlight=False)
        for line in _wrapped(one.says):
            console.print(INDENT + escape(line), highlight=False, soft_wrap=True)
    cured = sum(one.cure is Cure.CURED for one in found)
    console.print(f"\n{cured} of {len(found)} sick runs cured", highlight=False)


def _wrapped(text: str) -> list[str]:
    """Return lines of the terminal's width; a command at the end stays whole, to be copied."""
    said, colon, command = text.partition(": triplet ")
    lines = textwrap.wrap(said + colon.split(" ")[0], WIDTH - len(INDENT))
    return [*lines, f"  triplet {command}"] if command else lines
