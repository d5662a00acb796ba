"""Run each chapter in a worker of its own, and turn whatever happens there into an outcome."""

import signal
from pathlib import Path
from typing import Any

from ..check import Check
from ..outcome import Ending, Outcome
from ..survey import Survey
from .frames import FrameError, pack, unpack
from .launchers import Launcher, Worker
from .worker import (
    LARGEST_REPLY,
    READY,
    outcome_from,
    request_call,
    request_load,
    request_survey,
    survey_from,
)

SECONDS_A_CHECK = 10.0
SECONDS_TO_START = 120.0


class Workers:
    """Call the chapters of one folder, each in its own process; close() ends them all."""

    def __init__(self, launcher: Launcher, folder: Path, seconds: float = SECONDS_A_CHECK) -> None:
        self.launcher = launcher
        self.folder = folder
        self.seconds = seconds
        self._workers: dict[str, Worker] = {}
        self._surveys: dict[str, Survey | Outcome] = {}
        self._loads: dict[str, Outcome] = {}

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def survey(self, stem: str) -> Survey | Outcome:
        """Return what the chapter's file builds on, or why it cannot be read."""
        if stem not in self._surveys:
            reply = self._ask(stem, request_survey(stem))
            if isinstance(reply, dict) and "uses" in reply:
                self._surveys[stem] = survey_from(reply)
            else:
                self._surveys[stem] = _outcome(reply)
        return self._surveys[stem]

    def load(self, stem: str) -> Outcome | None:
        """Import the chapter in its worker, once; return why that failed, None if it did not."""
        if stem not in self._loads:
            self._loads[stem] = _outcome(self._ask(stem, request_load(stem)))
        outcome = self._loads[stem]
        return None if outcome.ending is Ending.RETURNED else outcome

    def call(self, stem: str, check: Check, inputs: dict[str, Any], seed: int) -> Outcome:
        """Call a check's probe on the chapter, in its worker."""
        return _outcome(self._ask(stem, request_call(stem, check, inputs, seed)))

    def forget(self, stem: str) -> None:
        """Let go of the worker of a chapter whose file has changed."""
        self._surveys.pop(stem, None)
        self._loads.pop(stem, None)
        if stem in self._workers:
            self._end(stem)

    def close(self) -> None:
        """End every worker."""
        for stem in list(self._workers):
            self._end(stem)

    def _ask(self, stem: str, request: list[Any]) -> Any:
        """Return the worker's reply, or the outcome that stands for none."""
        try:
            connection = self._worker(stem).connection
            connection.send_bytes(pack(request))
            if not connection.poll(self.seconds):
                self._end(stem)
                return Outcome(Ending.TIMED_OUT, message=_counted(self.seconds))
            return unpack(connection.recv_bytes(2 * LARGEST_REPLY))
        except (EOFError, OSError):
            return Outcome(Ending.DIED, message=_manner(self._end(stem)))
        except FrameError as error:
            self._end(stem)
            return Outcome(Ending.DIED, message=f"it sent something unreadable ({error})")

    def _worker(self, stem: str) -> Worker:
        if stem not in self._workers:
            worker = self._workers[stem] = self.launcher.start()
            if not worker.connection.poll(SECONDS_TO_START):
                raise EOFError
            if worker.connection.recv_bytes(len(READY)) != READY:
                raise OSError("the worker did not say that it is ready")
            worker.connection.send_bytes(pack(str(self.folder)))
        return self._workers[stem]

    def _end(self, stem: str) -> int:
        worker = self._workers.pop(stem, None)
        if worker is None:
            return 0
        worker.connection.close()
        return worker.end()


def _outcome(reply: Any) -> Outcome:
    if isinstance(reply, Outcome):
        return reply
    try:
        return outcome_from(reply)
    except (ValueError, TypeError) as error:
        return Outcome(Ending.DIED, message=str(error))


def _manner(code: int) -> str:
    """Say how a process ended: by a signal, or with an exit code."""
    if code >= 0:
        return f"it ended itself with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    meanings = {
        "SIGSEGV": "a crash in native code (SIGSEGV)",
        "SIGABRT": "native code gave up (SIGABRT)",
        "SIGKILL": "it was killed, or closed its connection",
    }
    return meanings.get(name, name)


def _counted(seconds: float) -> str:
    return "1 second" if seconds == 1 else f"{seconds:g} seconds"
