"""Grade one submission after the other, in workers for strangers: what each thread of a run has."""

import functools
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from ..chapters import EXERCISE_CHAPTERS, Chapter
from ..grading.check import Check
from ..grading.checks import checks_of
from ..grading.grade import Grader, Known
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


@dataclass
class Station:
    """A place where submissions are graded; threads may share it."""

    settings: GradingSettings
    launcher: Launcher
    known: Known = field(default_factory=Known)

    def grade(self, submission: Submission, earlier: Iterable[Grade]) -> list[Grade]:
        """Return the grades of every chapter that changed; never raises what a learner caused.

        earlier: the grades that the gradebook has.
        """
        files = with_stubs(submission)
        sources = _sources(submission)
        earlier = list(earlier)
        stale = [one for one in self.settings.chapters if _is_stale(one, sources, earlier)]
        if not stale:
            return []
        for _ in range(TRIES):
            try:
                return self._grade(submission, files, stale)
            except LaunchError as error:
                why = str(error)  # the launcher replaces a zygote that is gone
        return faults(self.settings, submission.student, stale, why)

    def _grade(
        self, submission: Submission, files: dict[str, bytes], chapters: list[Chapter]
    ) -> list[Grade]:
        grades = []
        settings = self.settings
        sources = _sources(submission)
        alone = self.known.alone
        with Workers(self.launcher, files, settings.seconds, settings.budget, alone) as workers:
            grader = Grader(_Readable(workers, submission.troubles), settings.seed, self.known)
            for chapter in chapters:
                began = time.monotonic()
                records = grader.grade(chapter)
                seconds = time.monotonic() - began
                key = key_of(chapter.stem, sources, settings.seed)
                grades += [
                    _as_grade(settings, submission.student, record, key, seconds)
                    for record in records
                ]
        return grades


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
        record=replace(record, **_harmless_texts(record)),
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


def _harmless_texts(record: Record) -> dict[str, Any]:
    """Return what a learner's code may have worded, as it is kept."""
    chosen = ("observed", "expected", "waiting_for", "printed")
    return {name: harmless(getattr(record, name)) for name in chosen}


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
