"""What to do first: who has no grade, by the reason."""

from dataclasses import dataclass

from .spool import Person, Spool

NOTHING_TO_DO = "handed in nothing"


@dataclass(frozen=True)
class Reason:
    """Why students have no grade: how many, the first of them, the number of the status."""

    why: str
    students: int
    people: list[Person]
    status: int


def reasons_of(spool: Spool, most: int) -> list[Reason]:
    """Return the reasons, first those that the instructor can do something about."""
    reasons = [
        Reason(why, students, spool.who_lacks(why, most), status)
        for status, (why, students) in enumerate(spool.whys())
        if why
    ]
    return sorted(reasons, key=lambda one: one.why == NOTHING_TO_DO)
