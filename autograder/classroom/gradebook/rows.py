"""The rows of a gradebook, and the digest by which a row shows that it is as it was written."""

import hashlib
import json
import reprlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from ...grading.record import Record, Status


@dataclass(frozen=True)
class Student:
    """One student of the class, and what came of the intake.

    left_aside, troubles and learning_platform are JSON: see Submission.
    """

    student: str
    name: str
    handed_in: bool
    left_aside: str = "[]"
    troubles: str = "{}"
    learning_platform: str = "{}"


@dataclass(frozen=True)
class Grade:
    """How one check of one student ended: the record, and what it was made under.

    key is a digest of all that the result depends on; level is the isolation under which the code
    ran; seconds are those of processor time that the whole chapter took; made_at is UTC.
    """

    student: str
    check: str
    stem: str
    name: str
    title: str
    status: str
    points: int
    seed: int
    section: str
    observed: str
    expected: str
    misconception: str
    says: str
    hint: str
    waiting_for: str
    printed: str
    key: str
    level: str
    seconds: float
    made_at: str

    @property
    def record(self) -> Record:
        """Return the record, as every output renders it."""
        own = {field.name: getattr(self, field.name) for field in fields(Record)}
        return Record(**{**own, "status": Status(self.status)})


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


def digest_of(values: Iterable[Any]) -> str:
    """Return the digest of a row's values, in the order of its fields."""
    # SQLite gives back 1 for True.
    plain = [int(value) if isinstance(value, bool) else value for value in values]
    return hashlib.sha256(canonical(plain)).hexdigest()


def is_whole(values: Sequence[Any], digest: Any, kind: type[Any]) -> bool:
    """Return whether the values are those that a row of this kind was written with."""
    if len(values) != len(fields(kind)):
        return False
    try:
        return bool(digest == digest_of(values))
    except TypeError:  # a changed byte can turn a text into bytes, which no row holds
        return False


def place_of(table: str, values: Sequence[Any]) -> str:
    """Return where a damaged row stands, in one short line."""
    # Damage can make a text of a million characters out of a name.
    return f"{table}: {reprlib.repr(values[0])} {reprlib.repr(values[1])}"


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=True).encode()
