"""Find the fewest named mistakes that together give exactly the results that came back."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from types import ModuleType
from typing import Any

import numpy as np
import torch

from .check import TURNS, Check, Inputs, are_equal
from .misconception import Misconception, can_be_together, code_of
from .outcome import Ending, Outcome, call_trusted
from .worked_values import Places, WorkedValues, kept_or_computed

MOST_TOGETHER = 3
LARGEST_TABLE = 10_000  # sets; it takes a few seconds, once
# Sets that are run where no worked example chooses among them: for all checks, and for each.
MOST_SETS, MOST_PARTS = 1_500, 100
Mistakes = tuple[Misconception, ...]


@dataclass(frozen=True)
class Run:
    """One check of one exercise, as it was run: its inputs and what came back."""

    check: Check
    inputs: Inputs
    seed: int
    outcome: Outcome


@dataclass(frozen=True)
class Explained:
    """The mistakes without which one check would have another result.

    is_whole says whether they are all that it takes; otherwise there is something else as well.
    """

    mistakes: Mistakes = ()
    is_whole: bool = True


Diagnosis = dict[str, Explained]  # by the title of a check


class WrongOutcomes(dict[tuple[Any, str, int], Outcome]):
    """What mistakes give in each check, alone or together, computed when it is first asked for.

    One grading asks once; the kill matrix asks for the same again and again. tables holds what all
    sets of a size give on a worked example, by the check and the size. tell is called with a
    message before work that takes seconds.
    """

    def __init__(self, tell: Callable[[str], None] = lambda message: None) -> None:
        super().__init__()
        self.tell = tell
        self.tables: dict[str, WorkedValues | None] = {}

    def of(self, mistakes: Mistakes, run: Run, reference: ModuleType) -> Outcome:
        key = (tuple(one.wrong for one in mistakes), run.check.title, run.seed)
        if key in self:
            return self[key]
        outcome = call_trusted(run.check, code_of(mistakes, reference), run.inputs, run.seed)
        if len(mistakes) < MOST_TOGETHER:  # there are too many of the others to remember
            self[key] = outcome
        return outcome


class Search:
    """The search for the mistakes that explain the runs of one exercise.

    suspects are the mistakes that may be there beside others: a check that takes its mistakes one
    by one, and passed, clears those that it would have noticed.
    """

    def __init__(
        self,
        runs: Sequence[Run],
        mistakes: Sequence[Misconception],
        reference: ModuleType,
        wrong: WrongOutcomes,
    ) -> None:
        self.mistakes = mistakes
        self.reference = reference
        self.wrong = wrong
        self._fits: dict[tuple[Mistakes, str, int], bool] = {}
        self._noticed: dict[tuple[Misconception, str, int], bool] = {}
        self.failed = [run for run in runs if not alike(run, wrong.of((), run, reference))]
        passed = [run for run in runs if run not in self.failed]
        self.tells_little = all(tells_little(run.outcome) for run in self.failed)
        only_raised = all(run.outcome.ending is Ending.RAISED for run in self.failed)
        self.nothing_else = only_raised and not passed  # came back
        # What tells most comes first, and what takes longest comes last.
        self.runs = sorted(self.failed + passed, key=lambda run: TURNS in run.inputs)
        clearing = [run for run in passed if run.check.one_by_one]
        self.not_cleared = [
            one for one in mistakes if all(self.fits((one,), run) for run in clearing)
        ]
        self.suspects = [one for one in self.not_cleared if one.decides]

    def fits(self, mistakes: Mistakes, run: Run) -> bool:
        """Return whether these mistakes together, and no others, give what came back.

        The same mistake raises this or that error, depending on how it was written, so all errors
        are alike but those that code raises on purpose; unless nothing but errors came back, which
        may be a slip of the pen.
        """
        key = (mistakes, run.check.title, run.seed)
        if key not in self._fits:
            outcome = self.wrong.of(mistakes, run, self.reference)
            same_error = outcome.error == run.outcome.error or not self.nothing_else
            self._fits[key] = same_error and alike(run, outcome)
        return self._fits[key]

    def smallest(self, runs: Sequence[Run]) -> list[Mistakes]:
        """Return the sets of mistakes that fit all these runs, of the smallest size there is.

        Code that gives nothing but errors or zeros tells too little to name several.
        """
        for size in range(1, 2 if self.tells_little else MOST_TOGETHER + 1):
            sets = self._singles() if size == 1 else self._sets_of(size, runs)
            if found := [
                each
                for each in sets
                if all(self.fits(each, run) for run in runs)
                and all(self._shows(one, each, runs) for one in each)
            ]:
                return found
        return []

    def _shows(self, mistake: Misconception, together: Mistakes, runs: Sequence[Run]) -> bool:
        """Return whether one of several mistakes shows in a value, or in an error of its own.

        Where another one makes an error of what it changes, anything else could stand in its place.
        """
        if together == (mistake,):
            return True
        others = without(together, mistake)
        return any(
            run.outcome.ending is not Ending.RAISED or self.fits((mistake,), run)
            for run in runs
            if not self.fits(others, run)
        )

    def smallest_in(self, run: Run, again: Sequence[Run]) -> list[Mistakes]:
        """Return the smallest sets of one or two mistakes that fit one check, run again as well."""
        runs = [run, *(one for one in again if one.check is run.check)]
        singles = [(one,) for one in self.not_cleared]
        # What is compared by a few traits is soon like that of some two mistakes.
        few_traits = run.check.alike is not are_equal or tells_little(run.outcome)
        pairs = [] if few_traits else self._sets_of_one_check(run)
        for sets in (singles, pairs):
            if found := [each for each in sets if all(self.fits(each, one) for one in runs)]:
                return found
        return []

    def needed_in(self, mistakes: Mistakes, run: Run) -> Mistakes:
        """Return those of some mistakes without which the others do not give what came back."""
        return tuple(one for one in mistakes if not self.fits(without(mistakes, one), run))

    def _singles(self) -> list[Mistakes]:
        return [(one,) for one in self.mistakes]

    def _sets_of(self, size: int, runs: Sequence[Run]) -> Iterable[Mistakes]:
        """Return the sets of a size that may fit: by a worked example, if one of the runs is."""
        if (found := self._by_worked_example(size, runs)) is not None:
            return found
        found = self._few_sets_of(size, runs, MOST_SETS)
        return self._grown(runs) if size == MOST_TOGETHER and not found else found

    def _by_worked_example(self, size: int, runs: Sequence[Run]) -> list[Mistakes] | None:
        """Return the sets of a size that give a worked example's values; None without a table."""
        worked = next((run for run in runs if run.check.worked), None)
        table = self._table(worked, size) if worked else None
        if worked is None or table is None:
            return None
        return [self._at(places) for places in table.like(worked.outcome)]

    def _sets_of_one_check(self, run: Run) -> list[Mistakes]:
        """Return the pairs that may fit one check, where that is cheap to find out."""
        found = self._by_worked_example(2, [run])
        if found is None and run.check.one_by_one and TURNS not in run.inputs:
            found = self._few_sets_of(2, [run], MOST_PARTS)
        return found or []

    def _few_sets_of(self, size: int, runs: Sequence[Run], most: int) -> list[Mistakes]:
        """Return the sets of a size that may fit; none if there are too many of them to be run."""
        return self._few(filter(self._may_fit(runs), combined(self.suspects, size)), most)

    @staticmethod
    def _few(sets: Iterable[Mistakes], most: int) -> list[Mistakes]:
        """Return the sets, or none if there are more than so many."""
        few = list(islice(sets, most + 1))
        return few if len(few) <= most else []

    def _grown(self, runs: Sequence[Run]) -> Iterable[Mistakes]:
        """Return the sets of three that put together what explains one run and another."""
        parts: list[Mistakes] = []
        failed = [run for run in runs if not self.fits((), run)]
        telling = [run for run in failed if run.outcome.ending is not Ending.RAISED]
        for run in (run for run in telling if run.check.one_by_one or run.check.worked):
            pairs = self._sets_of_one_check(run)
            alone = [each for each in self._singles() if self.fits(each, run)]
            parts += alone or [each for each in pairs if self.fits(each, run)]
        if len(set(parts)) > MOST_PARTS:
            return []  # so much fits that nothing is told by it
        return self._few(filter(self._may_fit(runs), self._unions(parts)), MOST_SETS)

    def _unions(self, parts: Iterable[Mistakes]) -> Iterator[Mistakes]:
        """Yield the sets of three that are two of these parts, or three of one mistake each."""
        places = {frozenset(self._places(each)) for each in parts}
        alone = [each for each in places if len(each) == 1]
        unions = {one | other for one, other in combinations(places, 2)}
        unions |= {frozenset().union(*each) for each in combinations(alone, MOST_TOGETHER)}
        sets = (self._at(tuple(sorted(each))) for each in unions if len(each) == MOST_TOGETHER)
        return filter(can_be_together, sets)

    def _table(self, run: Run, size: int) -> WorkedValues | None:
        """Return what the sets of a size give on a worked example; None if there are too many."""
        # With every other way to make each mistake, there would be twice as many sets of three.
        in_table = self.mistakes if size < MOST_TOGETHER else one_of_each(self.mistakes)
        names = [one.wrong.__qualname__ for one in in_table]
        key = f"{run.check.name} {run.check.title} {size} {names}"
        if key not in self.wrong.tables:
            sets = [self._places(each) for each in combined(in_table, size)]

            def outcome_of(places: Places) -> Outcome:
                code = code_of(self._at(places), self.reference)
                return call_trusted(run.check, code, run.inputs, run.seed)

            few = len(sets) <= LARGEST_TABLE
            self.wrong.tables[key] = (
                kept_or_computed(key, sets, outcome_of, self.wrong.tell) if few else None
            )
        return self.wrong.tables[key]

    def _may_fit(self, runs: Sequence[Run]) -> Callable[[Mistakes], bool]:
        """Return a function that is False where a check that goes one by one already tells."""
        one_by_one = [run for run in runs if run.check.one_by_one]

        def may_fit(mistakes: Mistakes) -> bool:
            for run in one_by_one:
                noticed = tuple(one for one in mistakes if self._is_noticed(one, run))
                if len(noticed) < len(mistakes) and not self.fits(noticed, run):
                    return False
            return True

        return may_fit

    def _is_noticed(self, mistake: Misconception, run: Run) -> bool:
        """Return whether a mistake alone gives another result in a check than right code."""
        key = (mistake, run.check.title, run.seed)
        if key not in self._noticed:
            right = Run(run.check, run.inputs, run.seed, self.wrong.of((), run, self.reference))
            alone = self.wrong.of((mistake,), run, self.reference)
            self._noticed[key] = not alike(right, alone)
        return self._noticed[key]

    def _at(self, places: Places) -> Mistakes:
        return tuple(self.mistakes[place] for place in places)

    def _places(self, mistakes: Mistakes) -> Places:
        return tuple(self.mistakes.index(one) for one in mistakes)


def diagnose(
    runs: Sequence[Run],
    mistakes: Sequence[Misconception],
    reference: ModuleType,
    wrong: WrongOutcomes,
    again: Sequence[Run] = (),
) -> Diagnosis:
    """Return what explains the checks of an exercise: the fewest mistakes that fit all of them.

    again holds checks that were run once more, on inputs drawn anew: what fits by chance does not
    fit there.

    One check often cannot tell two mistakes apart; all checks of an exercise together can. The
    checks that passed count as well: a mistake that would have failed them is not there. Where
    several sets of the same size fit, what they have in common is all that is known. Where none
    does, single checks may still be explained.
    """
    if not all(alike(run, run.outcome) for run in runs):
        return {}  # what is not even like itself cannot be compared
    search = Search(runs, mistakes, reference, wrong)
    found = search.smallest([*search.runs, *again])
    return _of_all_checks(search, found) if found else _of_single_checks(search, again)


def _of_all_checks(search: Search, found: list[Mistakes]) -> Diagnosis:
    common = set.intersection(*(ids_of(each) for each in found))
    needed = {run.check.title: search.needed_in(found[0], run) for run in search.failed}
    # What explains most is the first thing to change.
    explains = Counter(one.id for each in needed.values() for one in each)
    diagnosis = {}
    for title, each in needed.items():
        named = sorted((one for one in each if one.id in common), key=lambda one: -explains[one.id])
        diagnosis[title] = Explained(tuple(named), is_whole=len(named) == len(each))
    return diagnosis


def _of_single_checks(search: Search, again: Sequence[Run]) -> Diagnosis:
    """Explain the checks that two mistakes at most explain, if no others do; leave the rest."""
    diagnosis = {}
    for run in search.failed:
        # Inputs that are always the same can make two mistakes look alike, and so can NaN.
        tells = run.outcome.ending is Ending.RETURNED and not tells_little(run.outcome)
        if tells and not run.check.companion:
            found = search.smallest_in(run, again)
            if found and all(ids_of(each) == ids_of(found[0]) for each in found):
                diagnosis[run.check.title] = Explained(found[0])
    unexplained = {run.check.title for run in search.failed} - diagnosis.keys()
    return {
        run.check.title: diagnosis[run.check.title]
        for run in search.failed
        if run.check.title in diagnosis and unexplained.isdisjoint(run.check.builds_on)
    }


def combined(mistakes: Sequence[Misconception], size: int) -> Iterator[Mistakes]:
    """Yield the sets of so many mistakes that one implementation can have."""
    return filter(can_be_together, combinations(mistakes, size))


def one_of_each(mistakes: Sequence[Misconception]) -> Sequence[Misconception]:
    """Return the mistakes without the other ways to make them."""
    return list({one.id: one for one in reversed(mistakes)}.values())[::-1]


def ids_of(mistakes: Mistakes) -> set[str]:
    return {one.id for one in mistakes}


def without(mistakes: Mistakes, left_out: Misconception) -> Mistakes:
    return tuple(one for one in mistakes if one is not left_out)


def tells_little(outcome: Outcome) -> bool:
    """Return whether an outcome is an error, or zeros only: many different mistakes lead to it."""
    if outcome.ending is not Ending.RETURNED:
        return outcome.ending is Ending.RAISED
    return not _has_a_number(outcome.value)


def _has_a_number(value: Any) -> bool:
    """Return whether a number in a value is neither zero nor NaN; a single yes or no is none."""
    match value:
        case Mapping():
            return any(map(_has_a_number, value.values()))
        case tuple() | list():
            return any(map(_has_a_number, value))
        case bool() | str() | None:
            return False
        case torch.Tensor():
            return bool(value.detach().nan_to_num().any())
        case np.ndarray() if value.dtype.kind in "fiub":
            return bool(np.nan_to_num(value).any())
        case int() | float() | np.number():
            return bool(np.nan_to_num(value) != 0)
    return True


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
            return _without_words(run.outcome.observed) == _without_words(other.observed)
        case Ending.RAISED:
            return _refusal(run.outcome) == _refusal(other)
        case _:
            return True


def _refusal(outcome: Outcome) -> tuple[bool, bool]:
    """Return whether code raised an error on purpose, and whether that names a number.

    Any other error comes from what the code called, and its words are not the code's own.
    """
    refuses = outcome.text.startswith(("raise ", "assert "))
    return refuses, refuses and bool(re.search(r"\d", outcome.message))


def _without_words(observed: str) -> str:
    """Return what was observed without the words of an error, which depend on how it is written."""
    return re.sub(r"(\w*Error): .*", r"\1", observed, flags=re.DOTALL)
