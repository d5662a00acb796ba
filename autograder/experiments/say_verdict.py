"""Say at the end of a run how it went, however it ended."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from exercises.given.health.verdict import verdict
from exercises.given.health.wording import in_words
from exercises.given.studies.run_record import RunRecord


@contextmanager
def verdict_at_the_end(console: Console, record: RunRecord) -> Iterator[None]:
    """Print the verdict on the run of the block as its last lines, also if it was broken off.

    A block that ends before the first step was taken has none.
    """
    try:
        yield
    finally:
        if any(row["step"] > 0 for row in record.rows):
            for line in in_words(verdict(record)):
                console.print(line, highlight=False, markup=False)
