"""Show a training while it goes on: a panel in a terminal, plain lines in a pipe or a log file."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from ..health.moment import VerdictOfTheMoment
from ..progress import Advance, progress, say
from ..training.monitor import Monitor
from .run_record import RunRecord

LEVELS = "▁▂▃▄▅▆▇█"
WIDTH = 32
PER_SECOND = 4
LINES = 4  # in a pipe, over the whole training


@contextmanager
def shown_live(title: str, total: int, monitor: Monitor, record: RunRecord) -> Iterator[Advance]:
    """Yield `advance(n)`; what the monitor has seen so far is shown beside how far it has come.

    The record of the run, which the monitor fills, has the verdict of the moment.
    """
    console, moment = Console(stderr=True), VerdictOfTheMoment(record)
    if not console.is_terminal:
        with progress(title, total) as advance:
            yield _with_lines(advance, total, monitor, moment)
        return
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=WIDTH),
        TextColumn("{task.percentage:3.0f}%"),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
        console=console,
    )
    task = bar.add_task(title, total=total)

    def picture() -> RenderableType:
        moment.look()
        return Group(bar.get_renderable(), signs_table(monitor), verdict_line(moment))

    with Live(get_renderable=picture, console=console, refresh_per_second=PER_SECOND):
        yield lambda amount: bar.advance(task, amount)


def signs_table(monitor: Monitor) -> Table:
    """Return the curves of the loss, of Recall@1 and of the active share, each with its last."""
    table = Table.grid(padding=(0, 1))
    mining = next((row["mining"] for row in reversed(monitor.rows) if row["mining"]), "")
    for name, column, is_share, words in (
        ("loss", "loss", False, mining),
        ("Recall@1", "recall_at_1", True, f"of {len(monitor.labels):,} watched images"),
        ("active", "active_share", True, "of the triplets of a batch"),
    ):
        values = measured(monitor, column)
        last = _said(values[-1], is_share) if values else ""
        table.add_row(f"{name:<8}", f"{sparkline(values):<{WIDTH}}", f"{last:>8}", words)
    return table


def verdict_line(moment: VerdictOfTheMoment) -> Text:
    """Return the verdict of the moment as the last line of the panel."""
    return Text(f"{'verdict':<8} {moment.in_words() or 'too early to say'}")


def measured(monitor: Monitor, column: str) -> list[float]:
    """Return what was measured of one sign, in the order of the steps."""
    return [row[column] for row in monitor.rows if row[column] is not None]


def sparkline(values: Sequence[float], width: int = WIDTH) -> str:
    """Return one character for each value, or for each group of neighbours if there are too many.

    The least is the lowest level. What is not finite is an exclamation mark.
    """
    size = max(1, math.ceil(len(values) / width))
    groups = [values[start : start + size] for start in range(0, len(values), size)]
    means = [sum(group) / len(group) for group in groups]
    finite = [mean for mean in means if math.isfinite(mean)]
    if not finite:
        return "!" * len(means)
    least, most = min(finite), max(finite)
    step = (len(LEVELS) - 1) / (most - least) if most > least else 0.0
    return "".join(
        LEVELS[round((mean - least) * step)] if math.isfinite(mean) else "!" for mean in means
    )


def _with_lines(
    advance: Advance, total: int, monitor: Monitor, moment: VerdictOfTheMoment
) -> Advance:
    done = 0

    def advance_and_say(amount: int) -> None:
        nonlocal done
        before, done = done, done + amount
        advance(amount)
        if done * LINES // total > before * LINES // total and (line := last_line(monitor)):
            say(line)
        if moment.look():
            say(f"  at step {moment.since:,}: the verdict is now: {moment.words}")

    return advance_and_say


def last_line(monitor: Monitor) -> str:
    """Return the last row of signs in one line; nothing before the first look.

    It is the row before, where Recall@1 of the last is still being measured.
    """
    rows = monitor.rows[1:]
    if not rows:
        return ""
    row = next((one for one in reversed(rows) if one["recall_at_1"] is not None), rows[-1])
    parts = [f"loss {_said(row['loss'], False)}"]
    for name, column in (("Recall@1", "recall_at_1"), ("active share", "active_share")):
        if row[column] is not None:
            parts.append(f"{name} {_said(row[column], True)}")
    return f"  at step {row['step']:,}: {', '.join(parts)}"


def _said(value: float, is_share: bool) -> str:
    return f"{100 * value:.1f} %" if is_share else f"{value:.4f}"
