"""What to tell about each check of a chapter: a mistake is explained once, and then pointed to."""

from collections.abc import Iterable, Iterator

from ..grading.record import Record, Status
from .explanation import explanation

WAITS = (Status.WAITING, Status.HELD_BACK)


def told_once(records: Iterable[Record]) -> Iterator[tuple[Record, list[str]]]:
    """Yield each record with the lines to show below it; [] where all has been said."""
    first_check: dict[str, str] = {}  # of each mistake
    causes: set[tuple[str, ...]] = set()
    for record in records:
        told = [first_check[one] for one in record.mistakes if one in first_check]
        cause = cause_of(record)
        if told and len(told) == len(record.mistakes):
            yield record, [pointer(told)]
        elif cause in causes and record.status not in WAITS:
            yield record, []
        else:  # what waits gives its reason each time: nobody did anything wrong there
            yield record, explanation(record)
        causes.add(cause)
        for one in record.mistakes:
            first_check.setdefault(one, record.title)


def pointer(titles: list[str]) -> str:
    """Return the line that says where the mistakes of a check have been explained."""
    places = " and ".join(f'"{title}"' for title in dict.fromkeys(titles))
    return f"The same as in {places}."


def cause_of(record: Record) -> tuple[str, ...]:
    """Return what is the same for two records of one cause."""
    if record.status is Status.PASSED:
        return (record.name, "remark")
    if record.status is Status.NOT_STARTED:
        return (record.stem,)  # where to begin is the same for all of a chapter's names
    if record.status is Status.CRASHED:
        return (record.observed,)  # a file that cannot be read is one cause for all its names
    return (record.name, *explanation(record))
