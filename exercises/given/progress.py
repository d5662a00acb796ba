"""Show how far a long step has come, in a terminal and in a log file alike."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

Advance = Callable[[int], None]


@contextmanager
def progress(title: str, total: int) -> Iterator[Advance]:
    """Yield `advance(n)`; a bar in a terminal, a line for each quarter elsewhere."""
    console = Console(stderr=True)
    if console.is_terminal:
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:3.0f}%"),
            TimeElapsedColumn(),
            TextColumn("left:"),
            TimeRemainingColumn(),
            console=console,
        ) as bar:
            task = bar.add_task(title, total=total)
            yield lambda amount: bar.advance(task, amount)
    else:
        yield _quarter_lines(title, total)


def say(line: str) -> None:
    """Print one line about what is going on, apart from the results on standard output."""
    print(line, file=sys.stderr, flush=True)


def _quarter_lines(title: str, total: int) -> Advance:
    started = time.monotonic()
    done = 0

    def advance(amount: int) -> None:
        nonlocal done
        before, done = done, done + amount
        if done * 4 // total > before * 4 // total:
            seconds = time.monotonic() - started
            say(f"{title}: {100 * done // total} % after {seconds:.0f} s")

    return advance
