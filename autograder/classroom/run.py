"""Grade a class: submissions side by side, one writer, and no grade told before it is kept."""

import contextlib
import secrets
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import filelock

from exercises.given.errors import CourseError

from ..grading.checks import checks_of
from ..grading.grade import Known
from ..isolation.launchers import Launcher
from .gradebook import Grade, Gradebook, Student
from .intake.numbers import UNCLEAR
from .station import GradingSettings, Station, faults
from .submission import Submission
from .texts import harmless

SEED = "seed of the run that has not ended"
LARGEST_SEED = 2**31
WAITING_A_JOB = 2


class SubmissionSource(Protocol):
    """One student of the class, whose submission is read when its turn comes."""

    @property
    def student(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def handed_in(self) -> bool: ...

    def read(self) -> Submission: ...


@dataclass(frozen=True)
class Graded:
    """One student's share of a run: what was run again, and what the gradebook now holds."""

    student: str
    ran: int
    grades: list[Grade]


def only_grader(folder: Path) -> filelock.BaseFileLock:
    """Return the lock that is held while a folder's gradebook is written. Raises CourseError."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(folder / "gradebook.lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise CourseError(
            f"{folder}: another triplet is grading into this folder. Wait for it, or name another "
            "folder with --out."
        ) from error
    return lock


def seed_of_run(gradebook: Gradebook, wanted: int | None) -> int:
    """Return the seed: the wanted one, that of a run which was stopped, or a fresh secret one."""
    kept = gradebook.fact(SEED)
    if wanted is None:
        wanted = secrets.randbelow(LARGEST_SEED) if kept is None else int(kept)
    gradebook.set_fact(SEED, str(wanted))
    return wanted


class Graders(Protocol):
    """Where submissions are graded: in threads of this process, or by other machines."""

    @property
    def settings(self) -> GradingSettings: ...

    @property
    def at_a_time(self) -> int:
        """How many submissions to hand over before the first comes back."""
        ...

    def submit(
        self, source: SubmissionSource, earlier: list[Grade]
    ) -> Future[tuple[Student, list[Grade]]]:
        """Begin with a submission. earlier: the grades that the gradebook has."""
        ...

    def close(self) -> None: ...


class Threads:
    """Grade in threads, each of which talks to workers on this machine."""

    def __init__(
        self, settings: GradingSettings, launcher: Launcher, jobs: int, known: Known | None = None
    ) -> None:
        self.settings = settings
        self.station = Station(settings, launcher, known)
        self.pool = ThreadPoolExecutor(jobs)
        self.at_a_time = WAITING_A_JOB * jobs

    def submit(
        self, source: SubmissionSource, earlier: list[Grade]
    ) -> Future[tuple[Student, list[Grade]]]:
        return self.pool.submit(_grade_one, source, earlier, self.station)

    def close(self) -> None:
        self.pool.shutdown(cancel_futures=True)


def grade_class(
    sources: Iterable[SubmissionSource],
    gradebook: Gradebook,
    settings: GradingSettings,
    launcher: Launcher,
    jobs: int,
) -> Iterator[Graded]:
    """Grade the students on this machine: see grade_with."""
    with contextlib.closing(Threads(settings, launcher, jobs)) as threads:
        yield from grade_with(threads, sources, gradebook)


def grade_with(
    graders: Graders, sources: Iterable[SubmissionSource], gradebook: Gradebook
) -> Iterator[Graded]:
    """Grade the students and yield each as soon as his or her grades are on the disk.

    The one thread that calls this reads and writes the gradebook; the others only grade. Who handed
    in nothing is a row without grades: an empty submission would earn 0 points.
    """
    waiting: set[Future[tuple[Student, list[Grade]]]] = set()
    for source in sources:
        if not source.handed_in:
            yield _absent(gradebook, source)
            continue
        waiting.add(graders.submit(source, gradebook.grades_of(source.student)))
        while len(waiting) >= graders.at_a_time:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from (_written(gradebook, graders.settings, *one.result()) for one in done)
    while waiting:
        done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        yield from (_written(gradebook, graders.settings, *one.result()) for one in done)
    gradebook.set_fact(SEED, None)


def drop_absent(gradebook: Gradebook, students: set[str]) -> None:
    """Take out who was absent in an earlier run and is no student of this one.

    Whoever hands in later may do so under another name; so may a team, as its members once they are
    known. Of the others nothing is ever taken out.
    """
    for one in list(gradebook.students()):
        is_nobody = not one.handed_in or UNCLEAR in one.learning_platform
        if is_nobody and one.student not in students:
            gradebook.drop_student(one.student)


def _absent(gradebook: Gradebook, source: SubmissionSource) -> Graded:
    """Write down that somebody handed in nothing; what he or she handed in before stays."""
    known = gradebook.student(source.student)
    if known is None or not known.handed_in:
        gradebook.put_student(student_of(source, source.read()))
    return Graded(source.student, 0, gradebook.grades_of(source.student))


def _grade_one(
    source: SubmissionSource, earlier: list[Grade], station: Station
) -> tuple[Student, list[Grade]]:
    """Grade one student; whatever goes wrong here is a row, and the others are graded."""
    try:
        submission = source.read()
        return student_of(source, submission), station.grade(submission, earlier)
    except Exception as error:
        return failed(source, station.settings, error)


def student_of(source: SubmissionSource, submission: Submission) -> Student:
    """Return the row of a student whose submission was read."""
    return Student(
        source.student,
        harmless(source.name),
        source.handed_in,
        submission.left_aside,
        submission.troubles,
        submission.learning_platform,
    )


def failed(
    source: SubmissionSource, settings: GradingSettings, error: BaseException
) -> tuple[Student, list[Grade]]:
    """Return the rows of a student at whom the grader failed."""
    why = harmless(f"{type(error).__name__}: {error}")
    nothing = Student(source.student, harmless(source.name), source.handed_in)
    return nothing, faults(settings, source.student, settings.chapters, why)


def _written(
    gradebook: Gradebook, settings: GradingSettings, student: Student, grades: list[Grade]
) -> Graded:
    """Write what came back, and return it once it is on the disk."""
    gradebook.put_student(student)
    gradebook.put_grades(grades)
    there = gradebook.grades_of(student.student)
    current = {
        one.identity(chapter.stem) for chapter in settings.chapters for one in checks_of(chapter)
    }
    graded = {chapter.stem for chapter in settings.chapters}
    records = [grade.record for grade in there]
    gone = [one.check for one in records if one.stem in graded and one.check not in current]
    if gone:
        gradebook.drop_grades(student.student, gone)
    kept = [grade for grade in there if grade.record.check not in gone]
    return Graded(student.student, len({grade.record.stem for grade in grades}), kept)
