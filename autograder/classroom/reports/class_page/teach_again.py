"""What to teach again: the mistakes that have a name, and whose they are."""

from ....grading.record import Record
from ..sentences import mistakes_in
from .spool import Spool


def add_mistakes(spool: Spool, student: int, record: Record, place: int) -> None:
    """Keep the mistakes that a record names."""
    for mistake, says in mistakes_in(record):
        spool.add_finding(student, True, record.stem, mistake, says, place)
