"""The rows of a gradebook: its students, their grades, and what a person decided."""

from dataclasses import dataclass, field
from typing import TypeVar

from ...grading.record import Record
from ..submission import LeftAside


@dataclass(frozen=True)
class Student:
    """One student of the class, and what came of the intake: see Submission."""

    student: str
    name: str
    handed_in: bool
    left_aside: tuple[LeftAside, ...] = ()
    troubles: dict[str, str] = field(default_factory=dict, hash=False)
    learning_platform: dict[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Grade:
    """How one check of one student ended: the record, and what it was made under.

    key is a digest of all that the result depends on; level is the isolation under which the code
    ran; seconds is the wall time of the whole chapter; made_at is UTC.
    """

    student: str
    record: Record
    key: str
    level: str
    seconds: float
    made_at: str


@dataclass(frozen=True)
class Adjustment:
    """What a person decided about one check of one student; the newest of them holds.

    points None withdraws the decision. check "" is a comment on the whole submission.
    """

    number: int
    student: str
    check: str
    points: float | None
    comment: str
    author: str
    made_at: str


ROW_TYPES = {"students": Student, "grades": Grade, "adjustments": Adjustment}
Row = TypeVar("Row", Student, Grade, Adjustment)
