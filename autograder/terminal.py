"""Show records in a terminal: what came back, what was expected, what to read."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.markup import escape

from .chapters import CHAPTERS
from .record import Record, Status

SYMBOLS = {
    Status.PASSED: ("✓", "green"),
    Status.WRONG: ("✗", "red"),
    Status.CRASHED: ("✗", "red"),
    Status.NOT_STARTED: ("○", "yellow"),
    Status.WAITING: ("-", "yellow"),
    Status.GRADER_FAULT: ("!", "magenta"),
}
INDENT = "  "


def show_records(console: Console, records: Sequence[Record]) -> None:
    """Print every record under its chapter, and the points at the end."""
    for chapter in CHAPTERS:
        own = [record for record in records if record.stem == chapter.stem]
        if own:
            console.print(f"\n[bold]Chapter {chapter.number}: {chapter.title}[/]", highlight=False)
            for record in own:
                show_record(console, record)
    earned, points = total(records)
    console.print(f"\n[bold]{earned} of {points} points[/]", highlight=False)


def show_record(console: Console, record: Record) -> None:
    """Print one record: a line if it passed, else the reason and the next step as well."""
    symbol, colour = SYMBOLS[record.status]
    title = escape(f"{record.name}: {record.title}")
    points = f"{record.earned} / {record.points}"
    width = max(0, 78 - len(record.name) - len(record.title) - 2 - len(points) - 2)
    console.print(
        f"[{colour}]{symbol}[/] {title}{' ' * width}{points}", highlight=False, soft_wrap=True
    )
    for line in explanation(record):
        console.print(INDENT + escape(line), highlight=False, soft_wrap=True)


def explanation(record: Record) -> list[str]:
    """Return what a person needs to know about a check that did not pass, line by line."""
    page = f"book/{record.stem}.md"
    match record.status:
        case Status.PASSED:
            return []
        case Status.NOT_STARTED:
            return [f"Not started. Begin at {page}."]
        case Status.WAITING:
            return [f"Waiting for {record.observed}."]
        case Status.GRADER_FAULT:
            return [
                f"The grader failed, not your code ({record.observed}).",
                "No points were taken. Please report this.",
            ]
        case _:
            lines = [line for line in (record.observed, record.expected) if line]
            return [*lines, f'Read "{record.section}" in {page}.']


def total(records: Iterable[Record]) -> tuple[int, int]:
    """Return the points earned and the points there are."""
    records = list(records)
    return sum(record.earned for record in records), sum(record.points for record in records)
