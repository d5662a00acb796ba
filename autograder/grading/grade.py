"""Grade a folder of chapter files: every check of every name, each as one record."""

import contextlib
import threading
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Protocol

import numpy as np

from ..chapters import EXERCISE_CHAPTERS, SOLUTIONS, Chapter, find_chapter
from .advice import advice_on
from .check import TURNS, Check, Inputs
from .checks import chapters_by_name, checks_of, names_of
from .comparison import Mismatch, kind_of_object
from .diagnosis import Diagnosis, Explained, Run, WrongOutcomes, diagnose, tells_little
from .loading import load_chapter
from .misconceptions import exercises_of
from .opaque import first_opaque
from .outcome import Ending, Outcome, call_probe
from .record import Record, Status
from .sentence import ids, sentence
from .speed import on_speed
from .survey import Survey

# What another exercise's mistake cannot excuse, or has no need to.
SETTLED = (Status.PASSED, Status.NOT_STARTED, Status.FORBIDDEN, Status.GRADER_FAULT)
# What disturbs a measurement only adds to it, so of several tries the best is the truest.
TIMED_TRIES = 3
# How often a check is run once more: an error, or NaN, is soon like that of some mistake.
TIMES_AGAIN, TIMES_AGAIN_OF_LITTLE = 1, 5


@dataclass(frozen=True)
class Verdict:
    """How one check ended, in the words of its record."""

    status: Status
    observed: str = ""
    expected: str = ""
    waiting_for: str = ""
    remark: str = ""


class Caller(Protocol):
    """What runs the learner's code: a worker process, or this very process."""

    def survey(self, stem: str) -> Survey | Outcome: ...

    def load(self, stem: str) -> Outcome | None: ...

    def call(self, stem: str, check: Check, inputs: dict[str, object], seed: int) -> Outcome: ...


@dataclass
class Known:
    """What has been computed under one seed and does not depend on the learner's code.

    prepared: for each check the inputs, the seed for the learner's code, the reference's outcome.
    wrong: what each misconception gives.
    alone: held by whoever computes here. To seed the random streams and to forbid calls changes the
    whole process, so of several threads one computes, while the others wait for their workers.
    """

    prepared: dict[str, tuple[Inputs, int, Outcome]] = field(default_factory=dict)
    wrong: WrongOutcomes = field(default_factory=WrongOutcomes)
    alone: threading.RLock = field(default_factory=threading.RLock)


def prepare(known: Known, seed: int, chapters: Iterable[Chapter]) -> None:
    """Load and compute all that does not hang on a learner's code, before threads share it.

    What fails here fails again where it is needed, and is told there.
    """
    with known.alone:
        for chapter in EXERCISE_CHAPTERS:
            exercises_of(chapter)
            reference(chapter)
        for chapter in chapters:
            for check in checks_of(chapter):
                with contextlib.suppress(Exception):
                    _prepared(known, seed, chapter, check)


def _prepared(
    known: Known, seed: int, chapter: Chapter, check: Check
) -> tuple[Inputs, int, Outcome]:
    """Return the inputs, the seed for the learner's code, and what the reference gives."""
    identity = check.identity(chapter.stem)
    if identity not in known.prepared:
        # The check's own stream: its inputs do not depend on which checks ran before it.
        random = np.random.default_rng([seed, zlib.crc32(identity.encode())])
        # What the learner's code may draw from says nothing about how inputs were drawn.
        learner_seed = int(random.integers(2**31))
        inputs = check.draw(random)
        # Once it is accepted, what a judge cannot read is the fault of what it was given.
        expected = _accepted(check, reference(chapter), inputs, learner_seed)
        known.prepared[identity] = inputs, learner_seed, expected
    return known.prepared[identity]


class Grader:
    """Grade the chapters that one caller can reach; every name once, when it is first needed.

    known: what an earlier grader with the same seed has computed. runs: the checks of each name
    as they were run, for authors.
    """

    def __init__(self, caller: Caller, seed: int, known: Known | None = None) -> None:
        self.caller = caller
        self.seed = seed
        self.known = Known() if known is None else known
        self.runs: dict[str, list[Run]] = {}
        self._records: dict[str, list[Record]] = {}

    def grade(self, chapter: Chapter) -> list[Record]:
        """Return a record for every check of a chapter."""
        return [record for name in names_of(chapter) for record in self.grade_name(chapter, name)]

    def forget(self, chapter: Chapter) -> None:
        """Let go of what is known of a chapter whose file has changed."""
        for name in names_of(chapter):
            self._records.pop(name, None)

    def grade_name(self, chapter: Chapter, name: str) -> list[Record]:
        """Return a record for every check of one name of a chapter."""
        if name not in self._records:
            self._records[name] = []  # names that use each other must not go round for ever
            self._records[name] = self._grade_name(chapter, name)
        return self._records[name]

    def _grade_name(self, chapter: Chapter, name: str) -> list[Record]:
        checks = [check for check in checks_of(chapter) if check.name == name]
        survey = self.caller.survey(chapter.stem)
        if isinstance(survey, Outcome):
            verdict = self._of_failure(survey, chapter, name)
            return [self._record(chapter, check, verdict) for check in checks]
        if findings := survey.findings.get(name):
            first = findings[0]
            observed = f"{first.call} is called in {chapter.stub}, line {first.line}."
            verdict = Verdict(Status.FORBIDDEN, observed, f"Not allowed: {first.reason}.")
            return [self._record(chapter, check, verdict) for check in checks]
        if problem := self.caller.load(chapter.stem):
            verdict = self._of_failure(problem, chapter, name)
            return [self._record(chapter, check, verdict) for check in checks]

        runs: list[Run] = []
        verdicts: list[Verdict] = []
        for check in checks:
            if verdicts and verdicts[-1].status is Status.TIMED_OUT:
                # Nobody wants to wait for the same loop again.
                runs.append(Run(check, {}, 0, Outcome(Ending.TIMED_OUT)))
                verdicts.append(verdicts[-1])
                continue
            run, verdict = self._run(chapter, check)
            runs.append(run)
            verdicts.append(verdict)
        if name in survey.unwritten:
            verdicts = [_unwritten(one) for one in verdicts]
        self.runs[name] = runs
        failed = any(one.status is not Status.PASSED for one in verdicts)
        cause = self._cause_elsewhere(survey.uses.get(name, ())) if failed else ""
        in_question = any(one.status in (Status.WRONG, Status.CRASHED) for one in verdicts)
        known = self._diagnose(chapter, name, runs) if in_question and not cause else {}
        return [
            self._record(chapter, run.check, verdict, run.outcome, cause, known)
            for run, verdict in zip(runs, _with_companions(checks, verdicts), strict=True)
        ]

    def _run(self, chapter: Chapter, check: Check) -> tuple[Run, Verdict]:
        try:
            with self.known.alone:
                inputs, learner_seed, expected = _prepared(self.known, self.seed, chapter, check)
        except Exception as error:
            nothing = Run(check, {}, 0, Outcome(Ending.DIED))
            return nothing, Verdict(Status.GRADER_FAULT, f"{type(error).__name__}: {error}")
        if TURNS not in inputs:
            return self._call(chapter, check, inputs, learner_seed, expected)
        for _ in range(TIMED_TRIES):
            run, verdict = self._call(chapter, check, inputs, learner_seed, expected)
            if verdict.status is not Status.WRONG:
                break
        return run, verdict

    def _call(
        self, chapter: Chapter, check: Check, inputs: Inputs, seed: int, expected: Outcome
    ) -> tuple[Run, Verdict]:
        outcome = self.caller.call(chapter.stem, check, inputs, seed)
        run = Run(check, inputs, seed, outcome)
        if outcome.ending is not Ending.RETURNED:
            return run, self._of_failure(outcome, chapter, check.name)
        with self.known.alone:
            return run, _judged(run, expected)

    def _of_failure(self, outcome: Outcome, chapter: Chapter, name: str) -> Verdict:
        """Return the verdict on a call that came back with no value."""
        place = f" in {outcome.stem}.py, line {outcome.line}" if outcome.line else ""
        line = f"\n  {outcome.text}" if outcome.text else ""
        match outcome.ending:
            case Ending.MISMATCH:
                return Verdict(Status.WRONG, outcome.observed, outcome.expected)
            case Ending.MISSING:
                observed = f"The file defines no {name}."
                return Verdict(Status.WRONG, observed, f"Expected the name {name}.")
            case Ending.FORBIDDEN:
                observed = f"{outcome.error} is called{place}.{line}"
                return Verdict(Status.FORBIDDEN, observed, f"Not allowed: {outcome.message}.")
            case Ending.TIMED_OUT:
                return Verdict(Status.TIMED_OUT, f"No answer after {outcome.message}.")
            case Ending.OUT_OF_MEMORY:
                return Verdict(Status.OUT_OF_MEMORY, f"The memory ran out{place}.{line}")
            case Ending.DIED:
                observed = f"The process ended in mid-check: {outcome.message}."
                return Verdict(Status.CRASHED, observed)
        if _is_unwritten(outcome):
            unwritten = outcome.name or name
            others = set(names_of(chapter)) - {name}
            if outcome.stem in ("", chapter.stem) and unwritten not in others:
                return Verdict(Status.NOT_STARTED)
            number = find_chapter(outcome.stem or chapter.stem).number
            return Verdict(Status.WAITING, waiting_for=f"{unwritten} (chapter {number})")
        if not outcome.name and outcome.stem not in ("", chapter.stem):
            return Verdict(Status.WAITING, waiting_for=f"{outcome.stem}.py, which does not load")
        observed = f"{outcome.error}{place}: {outcome.message}{line}"
        return Verdict(Status.CRASHED, observed)

    def _cause_elsewhere(self, uses: Iterable[str]) -> str:
        """Return the name, among those that an exercise uses, that is not right yet; or ""."""
        for name in uses:
            chapter = chapters_by_name()[name]
            for record in self.grade_name(chapter, name):
                if record.status is Status.WAITING:
                    return record.waiting_for
                if record.status is not Status.PASSED:
                    return f"{name} (chapter {chapter.number})"
        return ""

    def _diagnose(self, chapter: Chapter, name: str, runs: list[Run]) -> Diagnosis:
        exercise = exercises_of(chapter)[name]
        known = [*exercise.mistakes, *exercise.variants]
        again = [
            self._again(chapter, run, time)
            for run in runs
            if _is_drawn_afresh(run)
            for time in range(TIMES_AGAIN_OF_LITTLE if tells_little(run.outcome) else TIMES_AGAIN)
        ]
        with self.known.alone:
            return diagnose(runs, known, reference(chapter), self.known.wrong, again)

    def _again(self, chapter: Chapter, run: Run, time: int) -> Run:
        """Run a check once more, on other inputs each time."""
        identity = zlib.crc32(run.check.identity(chapter.stem).encode())
        random = np.random.default_rng([self.seed, identity, 1 + time])
        seed = int(random.integers(2**31))
        with self.known.alone:
            inputs = run.check.draw(random)
        return Run(run.check, inputs, seed, self.caller.call(chapter.stem, run.check, inputs, seed))

    def _record(
        self,
        chapter: Chapter,
        check: Check,
        verdict: Verdict,
        outcome: Outcome | None = None,
        cause: str = "",
        known: Diagnosis | None = None,
    ) -> Record:
        if cause and verdict.status not in SETTLED:
            verdict = Verdict(Status.WAITING, waiting_for=cause)
        in_question = verdict.status in (Status.WRONG, Status.CRASHED)
        explained = (known or {}).get(check.title, Explained()) if in_question else Explained()
        first = explained.mistakes[0] if explained.mistakes else None
        crash = outcome if verdict.status is Status.CRASHED else None
        advice = advice_on(crash.error, crash.message) if crash else ""
        return Record(
            check=check.identity(chapter.stem),
            stem=chapter.stem,
            name=check.name,
            title=check.title,
            status=verdict.status,
            points=check.points,
            seed=self.seed,
            # A file that cannot be loaded is not explained by a section of the page.
            section=first.section if first else check.section if outcome else "",
            observed=verdict.observed,
            expected=verdict.expected,
            misconception=ids(explained),
            says=sentence(explained),
            hint=first.hints[0] if first else advice or verdict.remark,
            waiting_for=verdict.waiting_for,
            printed=outcome.printed if outcome and verdict.status is not Status.PASSED else "",
        )


def _is_drawn_afresh(run: Run) -> bool:
    """Return whether a check has inputs of its own each time, and came to an end in good time."""
    ended = run.outcome.ending in (Ending.RETURNED, Ending.MISMATCH, Ending.RAISED)
    return ended and not run.check.companion and TURNS not in run.inputs


def _is_unwritten(outcome: Outcome) -> bool:
    """Return whether the chapter itself says that it is not written: torch has this error too."""
    return outcome.error == "NotImplementedError" and outcome.text.startswith("raise ")


def _unwritten(verdict: Verdict) -> Verdict:
    """Return the verdict on what is still to be filled in: it is neither wrong nor a crash."""
    is_failure = verdict.status in (Status.WRONG, Status.CRASHED)
    return Verdict(Status.NOT_STARTED) if is_failure else verdict


def _judged(run: Run, expected: Outcome) -> Verdict:
    if strange := first_opaque(run.outcome.value):
        # No judge can read it, and that is not the grader's fault.
        return Verdict(Status.WRONG, f"Returned {strange}.", "Expected arrays and numbers.")
    try:
        run.check.judge(run.outcome.value, expected.value, run.inputs)
    except Mismatch as mismatch:
        return Verdict(Status.WRONG, mismatch.observed, mismatch.expected)
    except Exception:  # the reference passed this judge, so what came back is at fault
        kind = kind_of_object(run.outcome.value)
        observed = f"Returned something that cannot be compared ({kind})."
        return Verdict(Status.WRONG, observed, "Expected what the chapter describes.")
    return Verdict(Status.PASSED, remark=on_speed(run.outcome, expected))


def _accepted(check: Check, code: ModuleType, inputs: Inputs, seed: int) -> Outcome:
    """Return what the reference gives; a measurement of it may be disturbed as any other may.

    Raises RuntimeError if its judge does not accept it.
    """
    for left in reversed(range(TIMED_TRIES if TURNS in inputs else 1)):
        expected = call_probe(check, code, inputs, seed)
        if expected.ending is not Ending.RETURNED:
            raise RuntimeError(f"the reference {expected.ending}: {expected.message}")
        try:
            check.judge(expected.value, expected.value, inputs)
            break
        except Exception as error:
            if not left:
                raise RuntimeError(f"the reference is not accepted: {error}") from error
    return expected


def _with_companions(checks: Sequence[Check], verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Hold back what passed without its companion: its answer could have been known beforehand."""
    pairs = list(zip(checks, verdicts, strict=True))
    passed = {""} | {check.title for check, one in pairs if one.status is Status.PASSED}
    return [
        Verdict(Status.HELD_BACK, waiting_for=check.companion)
        if verdict.status is Status.PASSED and check.companion not in passed
        else verdict
        for check, verdict in pairs
    ]


_references: dict[str, ModuleType] = {}


def reference(chapter: Chapter) -> ModuleType:
    """Return the reference solution of a chapter, loaded once."""
    if chapter.stem not in _references:
        _references[chapter.stem] = load_chapter(SOLUTIONS, chapter.stem)
    return _references[chapter.stem]


def grade_chapters(
    caller: Caller,
    seed: int,
    chapters: Iterable[Chapter] = EXERCISE_CHAPTERS,
    report: Callable[[Chapter, list[Record]], None] = lambda chapter, records: None,
    known: Known | None = None,
) -> list[Record]:
    """Return a record for every check; `report` sees those of a chapter as soon as it is graded."""
    grader = Grader(caller, seed, known)
    records = []
    for chapter in chapters:
        own = grader.grade(chapter)
        records += own
        report(chapter, own)
    return records


def passing_chapters(records: Iterable[Record]) -> set[str]:
    """Return the stems of the chapters all of whose checks passed."""
    records = list(records)
    failing = {record.stem for record in records if record.status is not Status.PASSED}
    return {record.stem for record in records} - failing
