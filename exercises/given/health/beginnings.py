"""When a sickness began to show: the step at which its alarm is marked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .chart import Chart, Recorded
from .sickness import Sickness
from .verdict import NamedSickness

NAMED_STEP = re.compile(r"\bstep (\d+)")


@dataclass
class _SoFar:
    """A record as it was while the training went on."""

    about: dict[str, Any]
    ended: dict[str, Any]
    rows: list[dict[str, Any]]
    layers: list[dict[str, Any]]


def began_at(record: Recorded, found: NamedSickness) -> int:
    """Return the step of the first row that shows what was found, or that its evidence names.

    A rule that asks for several rows is sure later than what it finds began.
    """
    named = NAMED_STEP.search(found.evidence)
    seen = first_seen(record, found.sickness)
    return min(seen, int(named[1])) if named else seen


def first_seen(record: Recorded, sickness: Sickness) -> int:
    """Return the step of the row with which the record first shows a sickness that it ends with.

    What shows at the end alone, such as too few steps, has the last step. A sign that comes and
    goes has a step before which it did not show, and at which it did.
    """
    steps = [row["step"] for row in record.rows if row["step"] > 0]
    # Halving the record asks some ten times, where asking at every row would take seconds.
    without, with_it = 0, len(steps)
    while with_it - without > 1:
        middle = (without + with_it) // 2
        if sickness.sign(Chart(_until(record, steps[middle - 1]))):
            with_it = middle
        else:
            without = middle
    return int(steps[with_it - 1])


def _until(record: Recorded, step: int) -> _SoFar:
    def rows_of(table: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row for row in table if row["step"] <= step]

    ended: Mapping[str, Any] = {"how": "running"}
    return _SoFar(record.about, dict(ended), rows_of(record.rows), rows_of(record.layers))
