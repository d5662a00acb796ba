"""The verdict of the moment: what the record of a training says while the training goes on."""

from .chart import Recorded
from .verdict import verdict

# One row is one batch, and several rules compare it with the row before.
ENOUGH_ROWS = 2
HEALTHY = "healthy so far"


class VerdictOfTheMoment:
    """Follow a record that grows; a verdict is reached once for each new row.

    words is the verdict, empty until there are rows enough; since is the step at which it was
    first said.
    """

    def __init__(self, record: Recorded) -> None:
        self.record = record
        self.words = ""
        self.since = 0
        self._rows = 0

    def look(self) -> bool:
        """Judge what is recorded now; return whether another sickness, or none, is named."""
        rows = len(self.record.rows)
        if rows == self._rows or rows <= ENOUGH_ROWS:  # the first row is before the first step
            return False
        self._rows = rows
        said = verdict(self.record)
        words = said.names[0] if said.findings else said.unwell or HEALTHY
        before, self.words = self.words, words
        if words == before:
            return False
        self.since = int(self.record.rows[rows - 1]["step"])
        return bool(before) or words != HEALTHY

    def in_words(self) -> str:
        """Return it for a panel: a sickness with the step at which it was first named."""
        if self.words in ("", HEALTHY):
            return self.words
        return f"{self.words}, named at step {self.since:,}"
