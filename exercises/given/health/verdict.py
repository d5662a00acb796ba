"""The verdict on a run: healthy, one or two sicknesses with their evidence, or that none fits."""

from dataclasses import dataclass

from .catalogue import CATALOGUE
from .chart import Chart, Recorded
from .sickness import Sickness
from .signs import is_over, little_was_learnt

MOST_NAMES = 2


@dataclass(frozen=True)
class NamedSickness:
    """A sickness and what in the record shows it."""

    sickness: Sickness
    evidence: str


@dataclass(frozen=True)
class RunVerdict:
    """What a record says of a training.

    findings are at most two, the likelier first. Without one, unwell says what is not as it is in
    a healthy run; it is empty for a run that is healthy. too_early: nothing can be said yet;
    so_far: the run did not come to its end, and what shows at the end alone was not looked for.
    unwatched: no image was held out, so that nothing is known of other images than the batches'.
    """

    findings: tuple[NamedSickness, ...] = ()
    unwell: str = ""
    too_early: bool = False
    so_far: bool = False
    unwatched: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(finding.sickness.id for finding in self.findings)

    @property
    def is_healthy(self) -> bool:
        return not (self.findings or self.unwell or self.too_early)


def verdict(record: Recorded) -> RunVerdict:
    """Return the verdict on a run as far as it is recorded: at its end, or while it goes on."""
    chart = Chart(record)
    if not chart.rows:
        return RunVerdict(too_early=True, so_far=True)
    named: list[NamedSickness] = []
    covered: set[str] = set()
    for sickness in CATALOGUE:
        evidence = "" if sickness.id in covered else sickness.sign(chart)
        if evidence:
            named.append(NamedSickness(sickness, evidence))
            covered |= set(sickness.covers)
    if named:
        return RunVerdict(tuple(named[:MOST_NAMES]), so_far=not is_over(chart))
    unwatched = not chart.course("recall_at_1")
    return RunVerdict(unwell=_unwell(chart), so_far=not is_over(chart), unwatched=unwatched)


def _unwell(chart: Chart) -> str:
    """Return what is not as in a healthy run, if anything."""
    if chart.ended.get("how") == "error":
        return "the training ended with an error"
    return little_was_learnt(chart) if is_over(chart) else ""
