"""What one check found out: the record that every output renders."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a check can end."""

    PASSED = "passed"
    WRONG = "wrong"
    NOT_STARTED = "not started"
    WAITING = "waiting"
    CRASHED = "crashed"
    GRADER_FAULT = "grader fault"


@dataclass(frozen=True)
class Record:
    """One check and how it ended: what was called, what came back, what was expected."""

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

    @property
    def earned(self) -> int:
        return self.points if self.status is Status.PASSED else 0

    def as_dict(self) -> dict[str, object]:
        """Return the record as plain values, for JSON."""
        return {**asdict(self), "status": self.status.value, "earned": self.earned}
