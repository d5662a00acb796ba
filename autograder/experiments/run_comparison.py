"""`triplet compare`: two runs in a table that fits the terminal, and in a page."""

from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from exercises.given.health.wording import in_words
from exercises.given.pages.comparison_page import require_own_page, write_comparison
from exercises.given.pages.two_runs import (
    Compared,
    OpenedRun,
    differences,
    endings,
    names_of_two,
    open_two,
)

# Of the signs, those that a person asks for first; the page has them all.
SHORT_ENDINGS = ("steps taken", "loss, last", "active share of triplets, last", "mean norm, last")
ALIKE = "Nothing differs: the same settings, images, code and versions."


def compare_runs(first: Path, second: Path, out: Path) -> None:
    """Print what differs between two runs and how each ended, and write the page of both."""
    require_own_page(out)
    one, other = open_two(first, second)
    names = names_of_two(one, other)
    console = Console()
    differing = differences(one, other)
    if differing:
        console.print(two_columns("What differs", names, differing))
    else:
        console.print(ALIKE, highlight=False)
    console.print(two_columns("How each ended", names, _short(endings(one, other))))
    for name, run in zip(names, (one, other), strict=True):
        _say_verdict(console, name, run)
    write_comparison(one, other, out)
    console.print(f"Open {out.resolve().as_uri()}", highlight=False, markup=False, soft_wrap=True)


def two_columns(title: str, names: tuple[str, str], rows: Compared) -> Table:
    """Return a table with a column for each run; what is long is wrapped."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column(title)
    for name in names:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _short(rows: Compared) -> Compared:
    return [
        (name.removesuffix(", last"), first, second)
        for name, first, second in rows
        if name in SHORT_ENDINGS or name.startswith(("the training", *_MEASURES))
    ]


_MEASURES = ("Nearest mean", "MAP@R", "Recall@1")


def _say_verdict(console: Console, name: str, run: OpenedRun) -> None:
    for line in in_words(run.said):
        said = f"Verdict on {name}{line.removeprefix('Verdict')}"
        console.print(said if line.startswith("Verdict") else line, highlight=False, markup=False)
