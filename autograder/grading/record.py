"""What one check found out: the record that every output renders."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a check can end."""

    PASSED = "passed"
    WRONG = "wrong"
    NOT_STARTED = "not started"
    WAITING = "waiting"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    CRASHED = "crashed"
    FORBIDDEN = "forbidden"
    GRADER_FAULT = "grader fault"


@dataclass(frozen=True)
class Record:
    """One check and how it ended: what was called, what came back, what was expected.

    misconception is the id of the named mistake that gives the same values, or "" if none does;
    says and hint are its sentence and its first rung. waiting_for is the name that has to be
    right first, or in quotes the title of the check that has to pass too. printed is what the
    learner's code printed, cut short.
    """

    check: str
    stem: str
    name: str
    title: str
    status: Status
    points: int
    seed: int
    section: str
    observed: str = ""
    expected: str = ""
    misconception: str = ""
    says: str = ""
    hint: str = ""
    waiting_for: str = ""
    printed: str = ""

    @property
    def waits_for_companion(self) -> bool:
        """Return whether the result is right, and counts once another check passes too."""
        return self.status is Status.WAITING and self.waiting_for.startswith('"')

    @property
    def earned(self) -> int:
        return self.points if self.status is Status.PASSED else 0

    def as_dict(self) -> dict[str, object]:
        """Return the record as plain values, for JSON."""
        return {**asdict(self), "status": self.status.value, "earned": self.earned}
