"""Find the named mistake that gives exactly the results that came back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from .check import Check, Inputs
from .misconception import Misconception
from .outcome import Ending, Outcome, call_probe


@dataclass(frozen=True)
class Run:
    """One check of one exercise, as it was run: its inputs and what came back."""

    check: Check
    inputs: Inputs
    seed: int
    outcome: Outcome


class WrongOutcomes(dict[tuple[Any, str, int], Outcome]):
    """What each misconception gives in each check, computed when it is first asked for.

    One grading asks once; the kill matrix asks for the same again and again.
    """

    def of(self, misconception: Misconception, run: Run, reference: ModuleType) -> Outcome:
        key = (misconception.wrong, run.check.title, run.seed)
        if key not in self:
            code = misconception.code(reference)
            self[key] = call_probe(run.check, code, run.inputs, run.seed)
        return self[key]


def diagnose(
    runs: Sequence[Run],
    misconceptions: Iterable[Misconception],
    reference: ModuleType,
    wrong: WrongOutcomes,
) -> Misconception | None:
    """Return the mistake that gives the same results in every check of the exercise, if one does.

    One check often cannot tell two mistakes apart; all checks of an exercise together can. The
    checks that passed count as well: a mistake that would have failed them is not this one.
    """
    for misconception in misconceptions:
        if all(alike(run, wrong.of(misconception, run, reference)) for run in runs):
            return misconception
    return None


def alike(run: Run, other: Outcome) -> bool:
    """Return whether another implementation ended as this run did."""
    if run.outcome.ending is not other.ending:
        return False
    match run.outcome.ending:
        case Ending.RETURNED:
            try:
                return run.check.alike(run.outcome.value, other.value, run.inputs)
            except Exception:  # what came back is not even of a kind that can be compared
                return False
        case Ending.MISMATCH:
            return run.outcome.observed == other.observed
        case _:
            # The same mistake raises this or that error, depending on how it was written.
            return True
