"""Failures without a name, grouped by what came back: next term's misconceptions."""

import re

from ....grading.record import Record, Status
from ...own_lines import FAILED
from .spool import Spool

# Everybody's code stands in other lines, so where something was raised makes nothing equal.
PLACE = re.compile(r" in \w+\.py, line \d+")


def add_unnamed(spool: Spool, student: int, record: Record, place: int) -> None:
    """Keep a failure that no mistake explains.

    The inputs are the same for everybody, so equal results of a check have one cause. An error is
    one cause at every check of its chapter.
    """
    if record.status not in FAILED or record.mistakes:
        return
    if record.status is Status.WRONG:
        key, text = f"{record.check}\n{record.observed}", record.observed
    else:
        text = what_was_raised(record.observed) or record.status
        key = f"{record.status}\n{text}"
    text = f"{text}\n{record.expected}".strip()
    spool.add_finding(student, False, record.stem, key, text, place)


def what_was_raised(observed: str) -> str:
    """Return what was observed without the place in a file, and without the line of code there."""
    message, _, _ = PLACE.sub("", observed).partition("\n  ")
    return message.strip()
