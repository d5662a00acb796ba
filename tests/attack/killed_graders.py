"""Kill -9 the grader 1,000 times at random instants: nothing that it told is lost or there twice.

So often is only possible without learners' code: the grades are made up, and all else is real, the
threads, the gradebook, and the process that is killed. killed_runs.py kills what runs real code.
"""

import os
import random
import secrets
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from autograder.chapters import EXERCISE_CHAPTERS
from autograder.classroom import run
from autograder.classroom.gradebook import Grade, Gradebook, open_gradebook
from autograder.classroom.station import GradingSettings, Station
from autograder.classroom.submission import Submission
from autograder.grading.checks import checks_of
from autograder.grading.grade import Known
from autograder.isolation.launchers import Launcher, LayeredLauncher
from tests.test_classroom import Source
from tests.test_gradebook import GRADE, changed

KILLS = 1_000
SETTINGS = GradingSettings(seed=1, level="base")
SOURCES = [Source(f"student-{number:02}", {}) for number in range(40)]


class MadeUp(Station):
    """A station that knows every grade beforehand, and gives only those that are missing."""

    def __init__(
        self, settings: GradingSettings, launcher: Launcher, known: Known | None = None
    ) -> None:
        """Prepare nothing: a kill while references are loaded would try nothing."""
        self.settings, self.launcher = settings, launcher

    def grade(self, submission: Submission, earlier: Iterable[Grade]) -> list[Grade]:
        if {one.key for one in earlier} == {submission.student}:
            return []
        return [
            changed(
                GRADE,
                student=submission.student,
                stem=chapter.stem,
                check=check.identity(chapter.stem),
                observed=f"{submission.student} {check.title}",
                key=submission.student,
            )
            for chapter in EXERCISE_CHAPTERS
            for check in checks_of(chapter)
        ]


def main(kills: int = KILLS) -> None:
    run.Station = MadeUp  # type: ignore[misc]  # in this process and its children only
    seed = secrets.randbelow(10**6)
    instants = random.Random(seed)
    print(f"kill -9 of the grader, {kills} times, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        _grade_all(Path(folder) / "undisturbed", None)
        seconds = time.perf_counter() - began
        expected = _content(Path(folder) / "undisturbed")
        done, classes, told_then = 0, 0, 0
        while done < kills:
            place = Path(folder) / f"class-{classes}"
            told: set[str] = set()
            while _is_killed(place, instants.uniform(0, seconds), told):
                done += 1
                told_then += len(told)
                _require_kept(place, told)
            classes += 1
            assert _content(place) == expected, f"seed {seed}: another gradebook after {done} kills"
    print(
        f"{done} kills, {told_then} grades told before them: 0 lost, 0 twice; "
        f"{classes} gradebooks equal to the undisturbed one",
        flush=True,
    )


def _is_killed(place: Path, after: float, told: set[str]) -> bool:
    """Let a child grade and kill it; return whether it was killed before it had finished.

    told: gets the students whose grades the child has told.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            _grade_all(place, writing)
        finally:
            os._exit(0)
    os.close(writing)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading) as lines:
        told.update(line.strip() for line in lines if line.endswith("\n"))
    return os.WIFSIGNALED(status)


def _grade_all(place: Path, writing: int | None) -> None:
    with open_gradebook(place) as gradebook:
        for one in run.grade_class(SOURCES, gradebook, SETTINGS, LayeredLauncher(), 2):
            if writing is not None:
                os.write(writing, f"{one.student}\n".encode())


def _require_kept(place: Path, told: set[str]) -> None:
    if not told:
        return
    with Gradebook(place) as gradebook:
        count = Counter((grade.student, grade.record.check) for grade in gradebook.grades())
        assert gradebook.damaged == []
    assert set(count.values()) <= {1}
    checks = sum(len(checks_of(chapter)) for chapter in EXERCISE_CHAPTERS)
    kept = Counter(student for student, _ in count)
    assert all(kept[student] == checks for student in told), "a grade that was told is lost"


def _content(place: Path) -> str:
    with open_gradebook(place) as gradebook:
        assert gradebook.damaged == []
        return gradebook.content()
