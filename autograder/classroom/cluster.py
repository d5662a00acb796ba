"""Grade on other machines: a Dask cluster whose every worker has a zygote of its own.

Intake and gradebook stay here, with one writer. What travels is a submission's bytes to a machine
that is trusted as this one is, and grades back; strangers' code runs there below the same layers.
"""

import threading
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from typing import Any

from exercises.given.errors import CourseError

from ..chapters import EXERCISE_CHAPTERS
from ..isolation.launchers import LayeredLauncher
from ..isolation.one_thread import think_with_one_thread
from .contained import require_contained
from .gradebook import Grade, Student
from .run import SubmissionSource, failed, student_of
from .station import GradingSettings, Station
from .submission import Submission
from .versions import key_of

SECONDS_TO_CONNECT = 10
SUBMISSIONS_A_THREAD = 2  # one is graded while the next is on its way
MOVES = 3  # how often a submission goes to another worker because the one that had it is gone


class Cluster:
    """Hand submissions to the workers of a Dask cluster. Raises CourseError."""

    def __init__(self, address: str, settings: GradingSettings, accept: str | None) -> None:
        """Connect, and make sure that every worker grades as this machine would."""
        try:
            from distributed import Client
        except ImportError as error:
            raise CourseError(
                "--cluster needs the package distributed. Install the course with its extra: "
                "pip install --constraint constraints.txt --editable '.[cluster]'"
            ) from error
        self.address, self.settings, self.accept = address, settings, accept
        try:
            self.client = Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise CourseError(
                f"{address}: no Dask scheduler answers. Start one with dask scheduler, and on "
                f"each machine: dask worker {address}"
            ) from error
        try:
            self._require_equals()
        except BaseException:
            self.client.close()
            raise
        self.executor = self.client.get_executor(retries=MOVES, pure=False)

    @property
    def at_a_time(self) -> int:
        threads = sum(self.client.nthreads().values())
        return max(1, SUBMISSIONS_A_THREAD * threads)

    def submit(
        self, source: SubmissionSource, earlier: list[Grade]
    ) -> Future[tuple[Student, list[Grade]]]:
        """Read a submission here and send it away."""
        try:
            submission = source.read()
        except Exception as error:
            return _done(failed(source, self.settings, error))
        sent = self.executor.submit(grade_there, submission, earlier, self.settings, self.accept)
        whole: Future[tuple[Student, list[Grade]]] = Future()
        sent.add_done_callback(lambda one: self._pass_on(one, whole, source, submission))
        return whole

    def close(self) -> None:
        """Let the workers' zygotes go, and the connection."""
        self.executor.shutdown(wait=False)
        if self.client.status == "running":
            self.client.run(let_go)
        self.client.close()

    def _pass_on(
        self,
        sent: Future[list[Grade]],
        whole: Future[tuple[Student, list[Grade]]],
        source: SubmissionSource,
        submission: Submission,
    ) -> None:
        try:
            whole.set_result((student_of(source, submission), sent.result()))
        except CancelledError:
            whole.set_exception(
                CourseError(
                    f"{self.address}: the cluster is gone. Every grade that was told is kept: run "
                    "the same command again, and it goes on."
                )
            )
        except Exception as error:
            whole.set_result(failed(source, self.settings, error))

    def _require_equals(self) -> None:
        """Raise CourseError for a cluster without workers, and for one that grades otherwise."""
        found = self.client.run(version_there)
        if not found:
            raise CourseError(
                f"{self.address}: the cluster has no worker. On each machine: "
                f"dask worker {self.address}"
            )
        other = [worker for worker, version in found.items() if version != version_there()]
        if other:
            raise CourseError(
                f"{', '.join(other)}: has another version of the course or of torch. Every machine "
                "needs the same."
            )
        self.client.run(level_there, self.accept)


def version_there() -> str:
    """Return what all grades depend on: the checks, the grader and its packages."""
    return " ".join(key_of(chapter.stem, {}, 0) for chapter in EXERCISE_CHAPTERS)


def level_there(accept: str | None) -> str:
    """Return a worker's own level of isolation. Raises CourseError below what is accepted."""
    return _machine(accept).level


def grade_there(
    submission: Submission, earlier: list[Grade], settings: GradingSettings, accept: str | None
) -> list[Grade]:
    """Grade a submission in a worker of the cluster; its rows say that worker's level."""
    machine = _machine(accept)
    return machine.station(settings).grade(submission, earlier)


def let_go() -> None:
    """End what the worker has started for a class."""
    global _here
    with _lock:
        if _here is not None:
            _here.launcher.close()
        _here = None


class _Machine:
    """What one worker of the cluster keeps from one submission to the next."""

    def __init__(self, accept: str | None) -> None:
        think_with_one_thread()
        self.launcher = LayeredLauncher()
        self.level = require_contained(self.launcher, accept)
        self.stations: dict[GradingSettings, Station] = {}
        self.lock = threading.Lock()

    def station(self, settings: GradingSettings) -> Station:
        with self.lock:
            own = replace(settings, level=self.level)
            if own not in self.stations:
                self.stations[own] = Station(own, self.launcher)
            return self.stations[own]


_here: _Machine | None = None
_lock = threading.Lock()


def _machine(accept: str | None) -> _Machine:
    global _here
    with _lock:
        if _here is None:
            _here = _Machine(accept)
        return _here


def _done(result: Any) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_result(result)
    return future
