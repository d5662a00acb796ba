"""What one check found out: the record that every output renders."""

from dataclasses import asdict, dataclass
from enum import StrEnum

JOIN = " + "  # between the ids of mistakes that are there together


class Status(StrEnum):
    """How a check can end."""

    PASSED = "passed"
    WRONG = "wrong"
    NOT_STARTED = "not started"
    WAITING = "waiting"
    HELD_BACK = "held back"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    CRASHED = "crashed"
    FORBIDDEN = "forbidden"
    GRADER_FAULT = "grader fault"


@dataclass(frozen=True)
class Record:
    """One check and how it ended: what was called, what came back, what was expected.

    misconception is the id of the named mistake that gives the same values, or "" if none does; of
    several that only together give them, their ids with " + " between them. says is a sentence
    about all of them, and hint the first rung of the first; of a check that passed, hint is a
    remark. waiting_for says what has to be right first: for one that waits an exercise, for one
    that is right and held back the title of another check. printed is what the learner's code
    printed, cut short.
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
    def mistakes(self) -> list[str]:
        """Return the ids of the mistakes that are named; there can be several."""
        return self.misconception.split(JOIN) if self.misconception else []

    @property
    def passed(self) -> bool:
        return self.status is Status.PASSED

    @property
    def earned(self) -> int:
        return self.points if self.passed else 0

    def as_dict(self) -> dict[str, object]:
        """Return the record as plain values, for JSON."""
        return {**asdict(self), "status": self.status.value, "earned": self.earned}
