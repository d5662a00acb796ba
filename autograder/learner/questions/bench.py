"""Grade versions of a learner's file: which edit passes, which fails, and which mistake it is."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...chapters import Chapter
from ...grading.check import TURNS
from ...grading.diagnosis import Diagnosis, Run, alike
from ...grading.grade import Grader, Known, reference
from ...grading.misconception import Misconception
from ...grading.misconceptions import exercises_of
from ...grading.record import Record, Status
from ...isolation.launchers import Launcher
from ...isolation.workers import Workers

SECONDS = 5.0
ERROR = re.compile(r"\b[A-Z]\w*Error\b")  # as in "TypeError in ch04_triplet_loss.py, line 7"
# How else a check may end is up to the machine, or to chance.
CERTAIN = (Status.PASSED, Status.WRONG, Status.CRASHED, Status.HELD_BACK)


class VerdictsOnly(Grader):
    """A grader that says what is wrong, and does not search for the mistakes: that takes longer."""

    def _diagnose(self, chapter: Chapter, name: str, runs: list[Run]) -> Diagnosis:
        return {}


@dataclass(frozen=True)
class GradedFile:
    """What the checks of one exercise say of a file under one seed."""

    seed: int
    records: Sequence[Record]
    runs: Sequence[Run]

    @property
    def passes(self) -> bool:
        return all(record.passed for record in self.records)

    @property
    def fails(self) -> bool:
        """Return whether it is wrong beyond doubt, and not only slow."""
        endings = [record.status for record in self.records]
        is_certain = all(ending in CERTAIN for ending in endings)
        return is_certain and any(ending in (Status.WRONG, Status.CRASHED) for ending in endings)

    @property
    def first_failed(self) -> Record:
        """Return the record that says most: rather a wrong value than an error."""
        failed = [one for one in self.records if one.status in (Status.WRONG, Status.CRASHED)]
        return min(failed, key=lambda one: one.status is Status.CRASHED)

    @property
    def gives_itself_away(self) -> bool:
        """Return whether the code no longer runs: that says nothing about what it computes."""
        return any(ERROR.search(one.observed) for one in self.records)


class Bench:
    """Grades versions of one chapter's file, one exercise at a time, in workers of their own.

    What does not hang on the learner's code is computed once for each seed.
    """

    def __init__(self, launcher: Launcher, folder: Path, chapter: Chapter) -> None:
        self.launcher = launcher
        self.folder = folder
        self.chapter = chapter
        self.known: dict[int, Known] = defaultdict(Known)

    def grade(self, source: str, name: str, seeds: Iterable[int]) -> list[GradedFile]:
        """Return what the checks of an exercise say of this file, under each seed."""
        graded = []
        with Workers(self.launcher, self.folder, SECONDS) as workers:
            workers.sources[self.chapter.stem] = source.encode()
            self.launcher.prepare()  # where nothing can be forked, the next worker starts meanwhile
            for seed in seeds:
                own = VerdictsOnly(workers, seed, self.known[seed])
                records = own.grade_name(self.chapter, name)
                graded.append(GradedFile(seed, records, own.runs.get(name, [])))
        return graded

    def gives(self, mistake: Misconception, graded: GradedFile) -> bool:
        """Return whether a mistake alone gives what came back in every check."""
        wrong, right = self.known[graded.seed].wrong, reference(self.chapter)
        # Most mistakes part company where something failed; what takes longest comes last.
        runs = sorted(graded.runs, key=lambda run: self._rank(run, graded))
        return all(alike(run, wrong.of((mistake,), run, right)) for run in runs)

    def sole_mistake(self, name: str, graded: GradedFile) -> Misconception | None:
        """Return the only mistake that alone gives what came back, None if it is not one.

        It is the one that the whole grader names, which looks for single mistakes first.
        """
        exercise = exercises_of(self.chapter)[name]
        ways = [*exercise.mistakes, *exercise.variants]
        fitting = {one.id for one in ways if self.gives(one, graded)}
        mistakes = [one for one in exercise.mistakes if one.id in fitting]
        return mistakes[0] if len(fitting) == 1 and mistakes else None

    def differs(self, mistake: Misconception, graded: GradedFile) -> bool:
        """Return whether a mistake, in whichever way it is made, does not give what came back."""
        exercise = exercises_of(self.chapter)[mistake.name]
        ways = [one for one in exercise.variants if one.id == mistake.id]
        return not any(self.gives(one, graded) for one in (mistake, *ways))

    @staticmethod
    def _rank(run: Run, graded: GradedFile) -> tuple[bool, bool, int]:
        passed = any(one.passed for one in graded.records if one.title == run.check.title)
        return passed, TURNS in run.inputs, run.outcome.milliseconds
