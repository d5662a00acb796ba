"""Grade one submission after the other, in workers for strangers: what each thread of a run has."""

import functools
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from ..chapters import EXERCISE_CHAPTERS, Chapter
from ..grading.check import Check
from ..grading.checks import checks_of
from ..grading.grade import Grader, Known, prepare
from ..grading.outcome import Ending, Outcome
from ..grading.record import Record, Status
from ..grading.survey import Survey
from ..isolation.launchers import Launcher, LaunchError
from ..isolation.workers import SECONDS_A_CHECK, Workers
from ..stubs import stub_of
from .gradebook import Grade
from .submission import Submission
from .texts import harmless
from .versions import key_of

SECONDS_A_SUBMISSION = 120.0
TRIES = 2


@dataclass(frozen=True)
class GradingSettings:
    """What a run grades, and under what: the same for every submission."""

    seed: int
    level: str
    seconds: float = SECONDS_A_CHECK
    budget: float = SECONDS_A_SUBMISSION
    chapters: tuple[Chapter, ...] = EXERCISE_CHAPTERS


def prepared(seed: int, chapters: Iterable[Chapter]) -> Known:
    """Compute what does not hang on a submission, in the one thread that comes first.

    Threads that share a station only read it.
    """
    known = Known()
    chapters = list(chapters)
    for chapter in chapters:
        key_of(chapter.stem, _stubs(), seed)  # it digests the files of the grader
    prepare(known, seed, chapters)
    return known


class Station:
    """A place where submissions are graded; threads may share it. known: see prepared."""

    def __init__(
        self, settings: GradingSettings, launcher: Launcher, known: Known | None = None
    ) -> None:
        self.settings = settings
        self.launcher = launcher
        self.known = known or prepared(settings.seed, settings.chapters)

    def grade(self, submission: Submission, earlier: Iterable[Grade]) -> list[Grade]:
        """Return the grades of every chapter that changed; never raises what a learner caused.

        earlier: the grades that the gradebook has. What the grader fails at is tried once more, by
        workers that are new.
        """
        sources = _sources(submission)
        earlier = list(earlier)
        stale = [one for one in self.settings.chapters if _is_stale(one, sources, earlier)]
        grades: dict[str, list[Grade]] = {}
        for _ in range(TRIES):
            left = [one for one in stale if _has_fault(grades.get(one.stem))]
            if left:
                grades |= self._try(submission, left)
        return [grade for chapter in stale for grade in grades[chapter.stem]]

    def _try(self, submission: Submission, chapters: list[Chapter]) -> dict[str, list[Grade]]:
        """Return the grades of some chapters, by stem: faults of the grader if it fails."""
        try:
            return self._grade(submission, chapters)
        except Exception as error:
            # The launcher replaces a zygote that is gone.
            is_known = isinstance(error, LaunchError)
            why = str(error) if is_known else f"{type(error).__name__}: {error}"
            return {
                one.stem: faults(self.settings, submission.student, [one], harmless(why))
                for one in chapters
            }

    def _grade(self, submission: Submission, chapters: list[Chapter]) -> dict[str, list[Grade]]:
        grades = {}
        settings = self.settings
        sources, files = _sources(submission), with_stubs(submission)
        with Workers(
            self.launcher,
            files,
            settings.seconds,
            settings.budget,
            self.known.alone,
            together=True,
        ) as workers:
            grader = Grader(_Readable(workers, submission.troubles), settings.seed, self.known)
            for chapter in chapters:
                began = time.monotonic()
                records = grader.grade(chapter)
                seconds = time.monotonic() - began
                key = key_of(chapter.stem, sources, settings.seed)
                grades[chapter.stem] = [
                    _as_grade(settings, submission.student, record, key, seconds)
                    for record in records
                ]
        return grades


def _has_fault(grades: list[Grade] | None) -> bool:
    """Return whether a chapter is still to be graded: not yet tried, or the grader failed at it."""
    return grades is None or any(one.record.status is Status.GRADER_FAULT for one in grades)


def faults(
    settings: GradingSettings, student: str, chapters: Iterable[Chapter], why: str
) -> list[Grade]:
    """Return the grades of what the grader itself failed at: nobody's loss."""
    records = [
        Record(
            check=check.identity(chapter.stem),
            stem=chapter.stem,
            name=check.name,
            title=check.title,
            status=Status.GRADER_FAULT,
            points=check.points,
            seed=settings.seed,
            section="",
            observed=why,
        )
        for chapter in chapters
        for check in checks_of(chapter)
    ]
    return [_as_grade(settings, student, record, "", 0.0) for record in records]


def _as_grade(
    settings: GradingSettings, student: str, record: Record, key: str, seconds: float
) -> Grade:
    return Grade(
        student=student,
        record=replace(record, **_lasting_texts(record)),
        key=key,
        level=settings.level,
        seconds=round(seconds, 3),
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def with_stubs(submission: Submission) -> dict[str, bytes]:
    """Return every chapter's text; for one that was not handed in, or cannot be read, the stub.

    So what builds on it waits for it, as it does for a stub that nobody has begun.
    """
    return {**_stubs(), **submission.files}


@functools.cache
def _stubs() -> dict[str, bytes]:
    return {one.stem: stub_of(one).encode() for one in EXERCISE_CHAPTERS}


def _lasting_texts(record: Record) -> dict[str, Any]:
    """Return the texts of a record as they are kept: whatever a learner's code worded is harmless.

    A remark on slow code that is right holds for one run on one machine: it is for learners, and a
    gradebook is the same wherever it was made.
    """
    chosen = ("observed", "expected", "waiting_for", "printed")
    texts = {name: harmless(getattr(record, name)) for name in chosen}
    return texts | {"hint": ""} if record.passed else texts


def _sources(submission: Submission) -> dict[str, bytes]:
    """Return all that a grade depends on: of a file that cannot be read, why."""
    troubles = {stem: why.encode(errors="replace") for stem, why in submission.troubles.items()}
    return {**with_stubs(submission), **troubles}


def _is_stale(chapter: Chapter, sources: dict[str, bytes], earlier: list[Grade]) -> bool:
    """Return whether a chapter has to be run: an earlier grade is asked for its own seed."""
    own = [grade for grade in earlier if grade.record.stem == chapter.stem]
    wanted = {one.identity(chapter.stem) for one in checks_of(chapter)}
    if {grade.record.check for grade in own} != wanted:
        return True
    if any(grade.record.status is Status.GRADER_FAULT for grade in own):
        return True
    return any(grade.key != key_of(chapter.stem, sources, grade.record.seed) for grade in own)


@dataclass(frozen=True)
class _Readable:
    """Workers that know which chapter files could not even be read."""

    workers: Workers
    troubles: dict[str, str]

    def survey(self, stem: str) -> Survey | Outcome:
        if stem in self.troubles:
            why = self.troubles[stem]
            return Outcome(
                Ending.RAISED, error="This file cannot be graded", message=why, stem=stem
            )
        return self.workers.survey(stem)

    def load(self, stem: str) -> Outcome | None:
        return self.workers.load(stem)

    def call(self, stem: str, check: Check, inputs: dict[str, Any], seed: int) -> Outcome:
        return self.workers.call(stem, check, inputs, seed)
