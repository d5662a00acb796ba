"""Answer a question about a learner's file a second time, by other means than those that asked it."""

from pathlib import Path

from autograder.chapters import Chapter
from autograder.grading.checks import checks_of
from autograder.grading.diagnosis import Run, alike
from autograder.grading.grade import Grader, Known, reference
from autograder.grading.misconceptions import exercises_of
from autograder.grading.record import Record, Status
from autograder.isolation.launchers import Launcher
from autograder.isolation.workers import Workers
from autograder.learner.questions import batches_of
from autograder.learner.questions.question import Choice, Question
from autograder.learner.questions.small_batch import shown

SECONDS = 20.0


class Oracle:
    """Runs and grades one learner's chapter and its edits, whole, under a seed of its own."""

    def __init__(self, launcher: Launcher, folder: Path, chapter: Chapter, seed: int) -> None:
        self.launcher = launcher
        self.folder = folder
        self.chapter = chapter
        self.seed = seed
        self.known = Known()

    def right(self, question: Question) -> list[Choice]:
        """Return the choices that are right: there should be one."""
        match question.kind:
            case "value":
                return self._of_value(question)
            case "passes":
                return self._of_edits(question)
        return self._of_mistakes(question)

    def _of_value(self, question: Question) -> list[Choice]:
        batches = batches_of(self.chapter, question.exercise)
        batch = next(one for one in batches if one.title == question.title)
        checks = checks_of(self.chapter)
        check = next(
            one for one in checks if (one.name, one.title) == (question.exercise, question.title)
        )
        with Workers(self.launcher, self.folder, SECONDS) as workers:
            outcome = workers.call(self.chapter.stem, check, question.inputs, self.seed)
        own = shown(batch.read(outcome.value))
        return [one for one in question.choices if one.text == own]

    def _of_edits(self, question: Question) -> list[Choice]:
        wanted = "still passes" in question.asks[0]
        return [one for one in question.choices if self._passes(one, question) is wanted]

    def _passes(self, choice: Choice, question: Question) -> bool:
        records, _ = self._graded(choice.source, question.exercise)
        return all(record.passed for record in records)

    def _of_mistakes(self, question: Question) -> list[Choice]:
        """Return the choices that the whole grader names, and those that it may as well have named."""
        records, runs = self._graded(question.source, question.exercise)
        failed = [one for one in records if one.status in (Status.WRONG, Status.CRASHED)]
        named = {tuple(one.mistakes) for one in failed}
        exercise = exercises_of(self.chapter)[question.exercise]
        offered = {one.mistake for one in question.choices}
        fitting = {
            one.id
            for one in (*exercise.mistakes, *exercise.variants)
            if one.id in offered
            and all(
                alike(run, self.known.wrong.of((one,), run, reference(self.chapter)))
                for run in runs
            )
        }
        return [
            one
            for one in question.choices
            if named == {(one.mistake,)} or (one.mistake in fitting and not one.is_right)
        ]

    def _graded(self, source: str, name: str) -> tuple[list[Record], list[Run]]:
        with Workers(self.launcher, self.folder, SECONDS) as workers:
            workers.sources[self.chapter.stem] = source.encode()
            grader = Grader(workers, self.seed, self.known)
            return grader.grade_name(self.chapter, name), grader.runs[name]
