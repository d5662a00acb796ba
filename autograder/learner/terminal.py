"""Show records in a terminal: what came back, what was expected, what to try and to read."""

import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..chapters import EXERCISE_CHAPTERS, Chapter, find_chapter
from ..grading.checks import full_marks, names_of
from ..grading.record import Record, Status
from ..isolation.level import Level, Result
from .book_links import with_pages
from .journal import Journal

# Each with what stands in for it where the console has no such character, and its colour.
SYMBOLS = {
    Status.PASSED: ("✓", "+", "green"),
    Status.WRONG: ("✗", "x", "red"),
    Status.CRASHED: ("✗", "x", "red"),
    Status.TIMED_OUT: ("✗", "x", "red"),
    Status.OUT_OF_MEMORY: ("✗", "x", "red"),
    Status.FORBIDDEN: ("✗", "x", "red"),
    Status.NOT_STARTED: ("○", "o", "yellow"),
    Status.WAITING: ("–", "-", "yellow"),  # noqa: RUF001  a dash is meant, not a hyphen
    Status.HELD_BACK: ("–", "-", "yellow"),  # noqa: RUF001  the same dash
    Status.GRADER_FAULT: ("!", "!", "magenta"),
}
WAITS = (Status.WAITING, Status.HELD_BACK)
INDENT = "  "
WIDTH = 80
BAR = 30
NO_NAME = "None of the mistakes that have a name gives this."


def show_chapter(
    console: Console, chapter: Chapter, records: Sequence[Record], pages: Path | None = None
) -> None:
    """Print the records of one chapter under its title; one cause is explained once.

    pages: the folder of the built book, None to name its sources; see reading.py.
    """
    console.print(f"\n[bold]Chapter {chapter.number}: {chapter.title}[/]", highlight=False)
    told: set[tuple[str, ...]] = set()
    for name in names_of(chapter):
        own = [record for record in records if record.name == name]
        if _is_one_line(own):
            lines = [] if _cause(own[0]) in told else _below_name(own)
            _show_line(console, own[0], f"{name}: {_in_short(own[0])}", *total(own))
            _show_lines(console, lines, pages)
            told.add(_cause(own[0]))
            continue
        unnamed = [one for one in own if one.status is Status.WRONG and not one.misconception]
        for record in own:
            _show_line(console, record, f"{name}: {record.title}", record.earned, record.points)
            # What waits gives its reason each time: nobody did anything wrong there.
            if record.status in WAITS or _cause(record) not in told:
                _show_lines(console, explanation(record), pages)
            if unnamed and record is unnamed[-1]:
                _show_lines(console, [NO_NAME, f"Next: triplet hint {chapter.number}"])
            told.add(_cause(record))


def show_success(console: Console, chapter: Chapter) -> None:
    """Print what to try now that a chapter is right."""
    console.print("Well done. To try now:", highlight=False)
    _show_lines(console, textwrap.wrap(chapter.to_try, WIDTH - len(INDENT)))


def explanation(record: Record) -> list[str]:
    """Return what a person needs to know about a check that did not pass, line by line."""
    if record.status is Status.PASSED:
        return []
    return [*_reason(record), *_next_step(record), *_printed(record)]


def show_progress(
    console: Console, journal: Journal, fallen: Iterable[str] = (), pages: Path | None = None
) -> None:
    """Print the bar over all chapters, and what to do next; pages as in show_chapter."""
    for stem in fallen:
        console.print(f"Chapter {find_chapter(stem).number} had passed, and falls back.")
    earned = journal.earned()
    total_points = full_marks()
    filled = BAR * earned // total_points
    bar = "#" * filled + ">" * (filled < BAR) + "-" * (BAR - filled - 1)
    console.print(
        f"\nProgress: {escape(f'[{bar}]')} [bold]{earned} of {total_points} points[/]",
        highlight=False,
        soft_wrap=True,
    )
    console.print(with_pages(what_next(journal), pages), highlight=False, soft_wrap=True)


def what_next(journal: Journal) -> str:
    """Return the next step of somebody who has come this far."""
    stem = journal.next_chapter()
    if stem is None:
        return (
            "All chapters pass. Train your own code on nine digits, and show it the tenth:\n"
            "triplet experiment --mine\n"
            "Then build the book with your own numbers: triplet book --mine"
        )
    chapter = find_chapter(stem)
    passed = [one.number for one in EXERCISE_CHAPTERS if journal.is_done(one.stem)]
    lines = []
    if passed:
        newest = find_chapter(str(passed[-1]))
        lines.append(
            f"To compare with yours: solutions/{newest.stem}.py (chapter {newest.number})."
        )
    lines.append(f"Next: read chapter {chapter.number}, {chapter.page}")
    lines.append(f"Then write {chapter.stub}, and check it: triplet check {chapter.number}")
    return "\n".join(lines)


def show_attempts(console: Console, level: Level, results: Iterable[Result]) -> None:
    """Print what stopped each forbidden act in a worker for strangers, and the level."""
    table = Table(title="What the code of a stranger can do here", title_justify="left", box=None)
    for heading in ("", "attempt", "what it is good for", "stopped by"):
        table.add_column(heading, overflow="fold")
    for one in results:
        mark = "[green]ok[/]" if one.is_stopped else "[red]NO[/]"
        table.add_row(mark, *(escape(text) for text in (one.name, one.gain, one.by)))
    console.print(table)
    console.print(f"\nIsolation for strangers' code: [bold]{level}[/]", highlight=False)


def total(records: Iterable[Record]) -> tuple[int, int]:
    """Return the points earned and the points there are."""
    records = list(records)
    return sum(record.earned for record in records), sum(record.points for record in records)


def _is_one_line(records: Sequence[Record]) -> bool:
    """Return whether all checks of a name say the same, so that one line says it."""
    whole = set(Status) - {Status.PASSED, Status.WRONG}
    same = {(record.status, record.waiting_for, record.observed) for record in records}
    return len(records) > 0 and len(same) == 1 and records[0].status in whole


def _in_short(record: Record) -> str:
    """Return what all checks of a name say, for the line of the name."""
    match record.status:
        case Status.NOT_STARTED:
            return "not started."
        case Status.WAITING:
            return f"waiting for {record.waiting_for}."
    return f"{record.status}."


def _below_name(records: Sequence[Record]) -> list[str]:
    """Return what stands below the line of a name whose checks all say the same."""
    match records[0].status:
        case Status.WAITING:
            return []
        case Status.NOT_STARTED:
            return _next_step(records[0])
    return explanation(records[0])


def _show_line(console: Console, record: Record, text: str, earned: int, points: int) -> None:
    """Print what a line is about, and its points at the right edge, however long the text is."""
    drawn, plain, colour = SYMBOLS[record.status]
    symbol = drawn if console.encoding.startswith("utf") else plain
    marks = f"{earned:>2} / {points}"
    first, *rest = textwrap.wrap(text, WIDTH - len(INDENT) - len(marks) - 2)
    gap = " " * (WIDTH - len(INDENT) - len(first) - len(marks))
    console.print(
        f"[{colour}]{symbol}[/] {escape(first)}{gap}{marks}", highlight=False, soft_wrap=True
    )
    _show_lines(console, rest)


def _show_lines(console: Console, lines: Iterable[str], pages: Path | None = None) -> None:
    for line in lines:
        console.print(INDENT + with_pages(line, pages), highlight=False, soft_wrap=True)


def _cause(record: Record) -> tuple[str, ...]:
    """Return what is the same for two records of one cause; a mistake that is known is one."""
    if record.misconception:
        return (record.misconception,)
    if record.status is Status.NOT_STARTED:
        return (record.stem,)  # where to begin is the same for all of a chapter's names
    if record.status is Status.CRASHED:
        return (record.observed,)  # a file that cannot be read is one cause for all its names
    return (record.name, *explanation(record))


def _reason(record: Record) -> list[str]:
    match record.status:
        case Status.NOT_STARTED:
            return ["Not started."]
        case Status.HELD_BACK:
            return [f'Right, and held back until "{record.waiting_for}" passes.']
        case Status.WAITING:
            return [f"Waiting for {record.waiting_for}."]
        case Status.GRADER_FAULT:
            return [
                f"The grader failed, not your code ({record.observed}).",
                "No points were taken. Please report this.",
            ]
    lines = [record.observed, record.expected]
    if len(" ".join(lines)) <= WIDTH - len(INDENT) and "\n" not in record.observed:
        lines = [" ".join(lines)]
    lines = [part for line in lines for part in line.splitlines() if part.strip()]
    return [*lines, record.says] if record.says else lines


def _next_step(record: Record) -> list[str]:
    page = f"book/{record.stem}.md"
    match record.status:
        case Status.NOT_STARTED:
            return [f"Begin at {page}."]
        case Status.WAITING | Status.HELD_BACK | Status.GRADER_FAULT | Status.FORBIDDEN:
            return []
        case Status.TIMED_OUT:
            return ["Look for a loop that never ends, or work that grows with the data."]
    hint = [f"Next: {record.hint}"] if record.hint else []
    read = [f'Read "{record.section}" in {page}.'] if record.section else []
    return [*hint, *read]


def _printed(record: Record) -> list[str]:
    if not record.printed.strip():
        return []
    return ["Your code printed:", *(INDENT + line for line in record.printed.splitlines())]
