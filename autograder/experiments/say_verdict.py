"""Say at the end of a run how it went, however it ended, and which page shows it."""

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from exercises.given.health.verdict import verdict
from exercises.given.health.wording import in_words
from exercises.given.pages.run_page import Findings, write_run_page
from exercises.given.pages.tensorboard_events import write_events
from exercises.given.progress import say
from exercises.given.studies.run_record import RunRecord


class PageOfRun:
    """The page of a run, and its event files if they are wanted: what can be written is named."""

    def __init__(self, record: RunRecord, tensorboard: bool = False) -> None:
        self.record, self.tensorboard = record, tensorboard
        self.lines: list[str] = []

    def write(self, folder: Path, findings: Callable[[], Findings] = Findings) -> None:
        """Write into the folder of the run; a full disk is said, and takes nothing with it."""
        say("Writing the page of the run")
        try:
            if self.tensorboard:
                events = write_events(self.record, folder)
                self.lines.append(f"TensorBoard: tensorboard --logdir {shlex.quote(str(events))}")
            page = write_run_page(self.record, folder, findings())
            self.lines.append(f"Open {page.resolve().as_uri()}")
        except OSError as error:
            why = error.strerror or error
            say(f"The page could not be written into {folder}: {why}. The run itself is there.")


@contextmanager
def verdict_at_the_end(
    console: Console, record: RunRecord, tensorboard: bool = False
) -> Iterator[PageOfRun]:
    """Print the verdict on the run of the block as its last lines, also if it was broken off.

    A block that ends before the first step was taken has none. The block writes the page.
    """
    page = PageOfRun(record, tensorboard)
    try:
        yield page
    finally:
        if any(row["step"] > 0 for row in record.rows):
            for line in in_words(verdict(record)):
                console.print(line, highlight=False, markup=False)
        for line in page.lines:
            console.print(line, highlight=False, markup=False, soft_wrap=True)
