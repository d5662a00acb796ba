"""`triplet hint`: one rung of a ladder at a time, chosen by the mistake that was found."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..chapters import Chapter
from ..grading.misconception import Hints
from ..grading.misconceptions import exercises_of
from ..grading.record import Record, Status
from .journal import Journal

RUNGS = ("where to look", "what to think of", "what to do")


@dataclass(frozen=True)
class Hint:
    """One rung of the ladder for one name: its text, and its number, from 1."""

    name: str
    text: str
    number: int
    section: str

    @property
    def is_last(self) -> bool:
        return self.number == len(RUNGS)


def next_hint(chapter: Chapter, records: Sequence[Record], journal: Journal) -> Hint | None:
    """Return the next rung for the first name of the chapter that needs one, and note it.

    The last rung is given again and again. None: every check passed, or waits for another
    chapter.
    """
    settled = (Status.PASSED, Status.WAITING, Status.HELD_BACK, Status.GRADER_FAULT)
    open_records = [record for record in records if record.status not in settled]
    if not open_records:
        return None
    record = open_records[0]
    ladder = ladder_of(chapter, record)
    first = record.mistakes[0] if record.mistakes else ""
    place = f"{record.name}:{first}"
    number = min(journal.hints.get(place, 0) + 1, len(ladder))
    journal.hints[place] = number
    return Hint(record.name, ladder[number - 1], number, record.section)


def ladder_of(chapter: Chapter, record: Record) -> Hints:
    """Return the rungs for a record's first mistake, or the general ones of its name."""
    exercise = exercises_of(chapter)[record.name]
    known = {one.id: one.hints for one in exercise.mistakes}
    return next((known[one] for one in record.mistakes if one in known), exercise.hints)
