"""Show records in a terminal: what came back, what was expected, what to try and to read."""

import functools
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..chapters import EXERCISE_CHAPTERS, Chapter, find_chapter
from ..grading.checks import full_marks, names_of
from ..grading.diagnosis import WrongOutcomes
from ..grading.grade import Known
from ..grading.record import Record, Status
from ..isolation.level import Level, Result
from .book_links import with_pages
from .explanation import INDENT, WIDTH, explanation, next_step
from .journal import Journal
from .told_once import told_once

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
BAR = 30
ALL_DONE = """All chapters pass. What is next:
  your own code on nine digits, shown the tenth:    triplet experiment --mine
  the book with your own numbers in it:             triplet book --mine
  a page to keep, with your results and your map:   triplet certificate
  every digit left out in turn:                     triplet experiment --rotate --mine
  clothes instead of digits, which are downloaded:  triplet experiment --mine --data fashion-mnist
  photographs of your own, a folder for each class: triplet experiment --mine --data FOLDER"""
NO_NAME = "None of the mistakes that have a name gives this."


def show_chapter(
    console: Console, chapter: Chapter, records: Sequence[Record], pages: Path | None = None
) -> None:
    """Print the records of one chapter under its title; one cause is explained once.

    pages: the folder of the built book, None to name its sources; see reading.py.
    """
    console.print(f"\n[bold]Chapter {chapter.number}: {chapter.title}[/]", highlight=False)
    texts = {record.check: lines for record, lines in told_once(records)}
    for name in names_of(chapter):
        own = [record for record in records if record.name == name]
        if _is_one_line(own):
            lines = _below_name(own) if texts[own[0].check] else []
            _show_line(console, own[0], f"{name}: {_in_short(own[0])}", *total(own))
            _show_lines(console, lines, pages)
            continue
        unnamed = [one for one in own if _is_wrong_without_a_name(one)]
        for record in own:
            _show_line(console, record, f"{name}: {record.title}", record.earned, record.points)
            _show_lines(console, texts[record.check], pages)
            if unnamed and record is unnamed[-1]:
                _show_lines(console, [NO_NAME, f"Next: triplet hint {chapter.number}"])


def known_aloud() -> Known:
    """Return an empty store of what is computed, which says on standard error what takes long."""
    return Known(wrong=WrongOutcomes(functools.partial(click.echo, err=True)))


def show_success(console: Console, chapter: Chapter) -> None:
    """Print what to try now that a chapter is right."""
    console.print("Well done. To try now:", highlight=False)
    _show_lines(console, textwrap.wrap(chapter.to_try, WIDTH - len(INDENT)))
    questions = f"Three questions about your own code: triplet explain {chapter.number}"
    console.print(questions, highlight=False)


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
        return ALL_DONE
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


def _is_wrong_without_a_name(record: Record) -> bool:
    is_there = not record.observed.startswith("The file defines no")
    return record.status is Status.WRONG and not record.misconception and is_there


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
            return next_step(records[0])
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
