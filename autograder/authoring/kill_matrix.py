"""The kill matrix: every misconception must fail its exercise, and be named by its own id."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from exercises.given.files import replacing

from ..chapters import EXERCISE_CHAPTERS, Chapter
from ..grading.check import Check
from ..grading.checks import chapters_by_name
from ..grading.grade import Grader, Known, reference
from ..grading.misconception import Misconception
from ..grading.misconceptions import misconceptions_of
from ..grading.outcome import Outcome, call_probe
from ..grading.record import Record, Status
from ..grading.survey import Survey


class Prepared:
    """A caller for code that is at hand already, such as a misconception's."""

    def __init__(self, code: ModuleType) -> None:
        self.code = code

    def survey(self, stem: str) -> Survey | Outcome:
        return Survey(uses={}, findings={})

    def load(self, stem: str) -> Outcome | None:
        return None

    def call(self, stem: str, check: Check, inputs: dict[str, Any], seed: int) -> Outcome:
        return call_probe(check, self.code, inputs, seed)


@dataclass(frozen=True)
class Row:
    """What the checks said of one misconception under one seed."""

    misconception: str
    stem: str
    name: str
    says: str
    seed: int
    failed: tuple[str, ...]
    named: tuple[str, ...]

    @property
    def survived(self) -> bool:
        """Return whether no check failed."""
        return not self.failed

    @property
    def is_named(self) -> bool:
        """Return whether every failed check named this misconception, and no other."""
        return set(self.named) == {self.misconception}

    def as_dict(self) -> dict[str, object]:
        return {**asdict(self), "survived": self.survived, "is_named": self.is_named}


def records_of(
    misconception: Misconception, seed: int, known: Known, grader: type[Grader] = Grader
) -> list[Record]:
    """Grade one misconception as if a learner had handed it in."""
    chapter = chapters_by_name()[misconception.name]
    own = grader(Prepared(misconception.code(reference(chapter))), seed, known)
    return own.grade_name(chapter, misconception.name)


def row_of(
    misconception: Misconception, seed: int, known: Known, grader: type[Grader] = Grader
) -> Row:
    """Return what the checks say of one misconception."""
    records = records_of(misconception, seed, known, grader)
    failed = [record for record in records if not record.passed]
    return Row(
        misconception=misconception.id,
        stem=records[0].stem,
        name=misconception.name,
        says=misconception.says,
        seed=seed,
        failed=tuple(record.title for record in failed),
        # What is held back is right, so no mistake is to be found in it.
        named=tuple(one.misconception for one in failed if one.status is not Status.HELD_BACK),
    )


def write_matrix(path: Path, seed: int) -> None:
    """Write the rows of every misconception under one seed, for the book's appendix."""
    rows = [row.as_dict() for row in rows_of(seed)]
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(rows, indent=1), encoding="utf-8")


def rows_of(seed: int, chapters: Iterable[Chapter] = EXERCISE_CHAPTERS) -> list[Row]:
    """Return a row for every misconception of the chapters."""
    known = Known()
    return [row_of(one, seed, known) for chapter in chapters for one in misconceptions_of(chapter)]
