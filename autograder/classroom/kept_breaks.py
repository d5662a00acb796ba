"""Keep what the examples of each student catch beside the gradebook: they are read, never run."""

import contextlib
import functools
import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exercises.given.errors import CourseError

from ..breaks.asked import ASKED, Asked
from ..breaks.best_known import PLACE
from ..breaks.breaks_file import read_breaks
from ..breaks.judge import Implementations, score_of
from ..breaks.worth import Worth, worth_from, worth_of
from .side_file import open_side_file
from .texts import harmless
from .versions import AUTOGRADER, key_of

FILE = "breaks.sqlite"
SCHEMA = "CREATE TABLE IF NOT EXISTS breaks (student PRIMARY KEY, key, found) WITHOUT ROWID;"


@dataclass(frozen=True)
class BreaksFile:
    """The breaks.py of a student: where it lies, its bytes, and why these cannot be had."""

    path: str
    content: bytes = b""
    why: str = ""


@dataclass(frozen=True)
class ReadBreaks:
    """What a student's examples are worth, by exercise; why says why the file cannot be read."""

    worth: dict[str, Worth]
    why: str = ""

    @property
    def is_begun(self) -> bool:
        """Return whether anything was written, be it readable or not."""
        return bool(self.why or self.worth)

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {"why": self.why, "worth": {name: one.as_dict() for name, one in self.worth.items()}}

    def says(self, exercise: str) -> str:
        """Return in a sentence what the examples of an exercise are worth."""
        if exercise in self.worth:
            return self.worth[exercise].says
        return self.why or "No examples."

    def share(self, exercise: str) -> float:
        """Return the share of the points that the examples of an exercise earn."""
        return self.worth[exercise].share if exercise in self.worth else 0.0


@contextlib.contextmanager
def kept_breaks(folder: Path, to_write: bool = False) -> Iterator["KeptBreaks"]:
    """Open what is kept in a folder; a file that cannot be read is begun anew."""
    with open_side_file(folder / FILE, SCHEMA, to_write) as connection:
        yield KeptBreaks(connection)


class KeptBreaks:
    """What is known of each student's examples."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def keep(self, student: str, file: BreaksFile | None) -> None:
        """Read a student's file, unless just this one was read before, and keep what it is worth.

        file: None if there is none.
        """
        key = _key(file)
        if self._row(student)[0] == key:
            return
        row = [student, key, json.dumps(look_at(file).as_dict())]
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("REPLACE INTO breaks VALUES (?, ?, ?)", row)

    def of(self, student: str) -> ReadBreaks | None:
        """Return what a student's examples are worth, None if nobody has looked yet."""
        try:
            plain = json.loads(self._row(student)[1])
            worth = {name: worth_from(one) for name, one in plain["worth"].items()}
            return ReadBreaks(worth, str(plain["why"]))
        except (ValueError, TypeError, KeyError, AttributeError):
            return None  # nothing, or a changed byte

    def _row(self, student: str) -> tuple[str, str]:
        query = "SELECT key, found FROM breaks WHERE student = ?"
        with contextlib.suppress(sqlite3.Error):
            if row := self._connection.execute(query, [student]).fetchone():
                return str(row[0]), str(row[1])
        return "", ""


def look_at(file: BreaksFile | None, exercises: Sequence[Asked] = ASKED) -> ReadBreaks:
    """Return what a file is worth: nothing where there is none, or where it cannot be read."""
    if file is None:
        return ReadBreaks({})
    if file.why:
        return ReadBreaks({}, harmless(f"{file.path}: {file.why}"))
    try:
        own = read_breaks(file.content, file.path)
    except CourseError as error:
        return ReadBreaks({}, harmless(str(error)))
    written = [one for one in exercises if own.examples.get(one.name) or own.problems_of(one.name)]
    worth = {one.name: worth_of(score_of(one, own, _implementations(one))) for one in written}
    unknown = own.problems_of("")
    return ReadBreaks(worth, harmless(f"{file.path}, {unknown[0]}") if unknown else "")


@functools.cache
def _implementations(asked: Asked) -> Implementations:
    return Implementations(asked)


def _key(file: BreaksFile | None) -> str:
    """Return a digest of the file and of all that decides what it is worth."""
    if file is None:
        return "none"
    words = f"{_version()}\0{file.path}\0{file.why}\0"
    return hashlib.sha256(words.encode(errors="replace") + file.content).hexdigest()


@functools.cache
def _version() -> str:
    digest = hashlib.sha256("".join(key_of(one.stem, {}, 0) for one in ASKED).encode())
    for path in [*sorted((AUTOGRADER / "breaks").glob("*.py")), PLACE]:
        digest.update(path.read_bytes())
    return digest.hexdigest()
