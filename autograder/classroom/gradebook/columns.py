"""How a row is stored: its columns, its values, and the digest by which it proves itself."""

import hashlib
import json
import reprlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import Any, cast

from ...grading.record import Record, Status
from ..submission import LeftAside
from .rows import Adjustment, Grade, Row, Student

OF_RECORD = tuple(field.name for field in fields(Record))


def columns_of(kind: type[Any]) -> tuple[str, ...]:
    """Return the columns of a kind of row; those of a grade hold its record, a field in each."""
    names = tuple(field.name for field in fields(kind))
    return (names[0], *OF_RECORD, *names[2:]) if kind is Grade else names


def values_of(row: Student | Grade | Adjustment) -> list[Any]:
    """Return what is stored of a row, in the order of its columns."""
    match row:
        case Student():
            aside = [asdict(one) for one in row.left_aside]
            lists = [json.dumps(one) for one in (aside, row.troubles, row.learning_platform)]
            return [row.student, row.name, row.handed_in, *lists]
        case Grade():
            record = [getattr(row.record, name) for name in OF_RECORD]
            return [row.student, *record, row.key, row.level, row.seconds, row.made_at]
    return list(vars(row).values())


def row_of(kind: type[Row], values: Sequence[Any]) -> Row:
    """Return the row of which these values are stored."""
    row: Any
    if kind is Student:
        student, name, handed_in, *lists = values
        aside, troubles, platform = map(json.loads, lists)
        left_aside = tuple(LeftAside(**one) for one in aside)
        row = Student(student, name, bool(handed_in), left_aside, troubles, platform)
    elif kind is Grade:
        student, *others = values
        own = dict(zip(OF_RECORD, others, strict=False))
        record = Record(**{**own, "status": Status(own["status"])})
        row = Grade(student, record, *others[len(OF_RECORD) :])
    else:
        row = kind(*values)
    return cast(Row, row)


def digest_of(values: Iterable[Any]) -> str:
    """Return the digest of a row's values, in the order of its fields."""
    # SQLite gives back 1 for True.
    plain = [int(value) if isinstance(value, bool) else value for value in values]
    return hashlib.sha256(canonical(plain)).hexdigest()


def is_whole(values: Sequence[Any], digest: Any, kind: type[Any]) -> bool:
    """Return whether the values are those that a row of this kind was written with."""
    if len(values) != len(columns_of(kind)):
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
