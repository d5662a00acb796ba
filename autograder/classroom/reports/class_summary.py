"""What can be said of a class as a whole, gathered student by student."""

import heapq
from collections import Counter
from dataclasses import dataclass, field

from ...breaks.asked import ASKED
from ...grading.record import Record, Status
from ..class_breaks import ClassOfExercise
from ..gradebook import Student
from ..kept_breaks import ReadBreaks
from ..rubric import Rubric, exercise_of_examples
from .graded_students import GradedStudent, stem_of
from .no_grade import NoGrade
from .sentences import mistakes_in

BUCKETS = 10
SLOWEST = 10
# A list that is longer than this is no help; grades.csv and checks.csv have them all.
LONGEST = 100
FAILED = {
    Status.CRASHED,
    Status.TIMED_OUT,
    Status.OUT_OF_MEMORY,
    Status.FORBIDDEN,
    Status.GRADER_FAULT,
}


@dataclass(frozen=True)
class Failure:
    """A chapter of a student that did not run as a chapter should."""

    student: str
    name: str
    stem: str
    status: str
    observed: str


@dataclass
class CheckProgress:
    """How many students passed a check, of those who were graded."""

    check: str
    passed: int = 0
    graded: int = 0

    @property
    def percent(self) -> int:
        return 100 * self.passed // self.graded if self.graded else 0


@dataclass
class Told:
    """A misconception: its sentence, and how many students show it."""

    says: str
    students: int = 0


@dataclass
class ClassSummary:
    """The class; `add` takes in one student after another."""

    rubric: Rubric
    students: int = 0
    handed_in: int = 0
    incomplete: int = 0
    buckets: list[int] = field(default_factory=lambda: [0] * BUCKETS)
    progress: dict[str, CheckProgress] = field(default_factory=dict)
    told: dict[str, Told] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    failures_in_all: int = 0
    damaged: list[str] = field(default_factory=list)
    missing: list[NoGrade] = field(default_factory=list)
    told_of_import: list[str] = field(default_factory=list)
    breaks: list[ClassOfExercise] = field(
        default_factory=lambda: [ClassOfExercise(one) for one in ASKED]
    )
    unread_breaks: list[tuple[str, str, str]] = field(default_factory=list)
    _slowest: list[tuple[float, str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        checks = [one for one in self.rubric.points if not exercise_of_examples(one)]
        self.progress = {check: CheckProgress(check) for check in checks}

    def add(self, student: GradedStudent) -> None:
        """Take in a student."""
        self.students += 1
        self.handed_in += bool(student.student.handed_in)
        self._add_points(student)
        self._add_misconceptions(student)
        for grade in student.grades.values():
            self._add_check(grade.record)
        self._add_chapters(student)
        if student.breaks:
            self._add_breaks(student.student, student.breaks)

    @property
    def slowest(self) -> list[tuple[float, str, str, str]]:
        """Return the slowest chapters: the seconds, the student, the name and the stem."""
        return sorted(self._slowest, key=lambda one: (-one[0], one[1:]))

    @property
    def misconceptions(self) -> list[tuple[str, Told]]:
        """Return the misconceptions, the most frequent first."""
        return sorted(self.told.items(), key=lambda one: (-one[1].students, one[0]))

    @property
    def distribution(self) -> list[tuple[str, int]]:
        """Return how many students have which part of the points, in percent."""
        width = 100 // BUCKETS
        names = [f"{width * index} to {width * (index + 1)} %" for index in range(BUCKETS)]
        return list(zip(names, self.buckets, strict=True))

    @property
    def begun_breaks(self) -> list[ClassOfExercise]:
        """Return the exercises for which somebody wrote examples."""
        return [one for one in self.breaks if one.students]

    @property
    def chapters(self) -> list[str]:
        return list(dict.fromkeys(stem_of(check) for check in self.rubric.points))

    def _add_points(self, student: GradedStudent) -> None:
        earned, total = student.score.earned, student.score.total
        if earned is None:
            self.incomplete += 1
            return
        part = earned / total if total else 0.0
        self.buckets[max(0, min(BUCKETS - 1, int(BUCKETS * part + 1e-9)))] += 1

    def _add_misconceptions(self, student: GradedStudent) -> None:
        says: dict[str, str] = {}
        for grade in student.grades.values():
            says |= mistakes_in(grade.record)
        for misconception, sentence in says.items():
            self.told.setdefault(misconception, Told(sentence)).students += 1

    def _add_check(self, record: Record) -> None:
        self.statuses[record.status] += 1
        if record.check in self.progress and record.status is not Status.GRADER_FAULT:
            self.progress[record.check].graded += 1
            self.progress[record.check].passed += record.passed

    def _add_breaks(self, student: Student, found: ReadBreaks) -> None:
        for exercise in self.breaks:
            exercise.add(found.worth.get(exercise.asked.name))
        if found.why:
            self.unread_breaks.append((student.student, student.name, found.why))

    def _add_chapters(self, student: GradedStudent) -> None:
        own = student.student
        seconds: dict[str, float] = {}
        failed: dict[tuple[str, str], Failure] = {}
        for grade in student.grades.values():
            # Each check of a chapter says what the whole chapter took.
            record, stem = grade.record, grade.record.stem
            seconds[stem] = max(grade.seconds, seconds.get(stem, 0.0))
            if record.status in FAILED:
                failure = Failure(own.student, own.name, stem, record.status, record.observed)
                failed.setdefault((stem, record.status), failure)
        slow = [(took, own.student, own.name, stem) for stem, took in seconds.items()]
        self._slowest = heapq.nlargest(SLOWEST, [*self._slowest, *slow])
        self.failures_in_all += len(failed)
        self.failures += list(failed.values())[: LONGEST - len(self.failures)]
