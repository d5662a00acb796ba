"""What an instructor sees while a class is graded."""

from collections.abc import Iterable, Iterator

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from .run import Graded


class _Rate(ProgressColumn):
    """How many submissions are graded in a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.1f}/s" if task.speed else "")


def told(graded: Iterable[Graded], total: int) -> Iterator[Graded]:
    """Pass on each student once told: as a bar in a terminal, as a line each elsewhere."""
    console = Console(stderr=True)
    if console.is_terminal:
        yield from _with_bar(graded, total, console)
        return
    for done, one in enumerate(graded, start=1):
        click.echo(f"[{done}/{total}] {_in_words(one)}")
        yield one


def _with_bar(graded: Iterable[Graded], total: int, console: Console) -> Iterator[Graded]:
    columns = (
        TextColumn("Grading"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=total)
        for one in graded:
            bar.update(task, advance=1, description=one.student)
            yield one


def _in_words(one: Graded) -> str:
    if not one.grades:
        return f"{one.student}: handed in nothing"
    passed = sum(grade.record.passed for grade in one.grades)
    ran = f"{one.ran} chapters run" if one.ran else "nothing changed"
    return f"{one.student}: {passed} of {len(one.grades)} checks, {ran}"
