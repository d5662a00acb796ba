"""Run chapters in workers, and turn whatever happens there into an outcome."""

import contextlib
import signal
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ..chapters import EXERCISE_CHAPTERS
from ..grading.check import TURNS, Check
from ..grading.outcome import Ending, Outcome
from ..grading.survey import Survey
from .channel import TooLong
from .deadline import Deadline
from .frames import FrameError, pack, unpack
from .launchers import Launcher, LaunchError, Worker
from .turn_clock import TurnClock
from .worker import (
    LARGEST_REPLY,
    READY,
    STEP,
    chapters_of,
    outcome_from,
    request_attempts,
    request_call,
    request_changes,
    request_load,
    request_surveys,
    survey_from,
)
from .zygote import Ended

SECONDS_A_CHECK = 10.0
SECONDS_TO_START = 120.0
MOST_STEPS = 100
SECONDS_TO_COMPARE = 5.0
NO_LOCK = contextlib.nullcontext()
TOGETHER = "all chapters"
STEMS = tuple(chapter.stem for chapter in EXERCISE_CHAPTERS)


class Workers:
    """Call the chapters of one learner, in workers; close() ends them all.

    Each chapter has a worker of its own, or together they have one as long as none changes
    anything for the next: see left_behind.py. A chapter that dies, or runs out of memory, where
    another was before is asked once more in a fresh worker.

    chapters: a folder, or the chapters' source by stem. sources: the source of the chapters in
    memory, by stem; the others are read from the folder.
    seconds: timeout of a single call; budget: seconds for all calls together; neither counts the
    time in which a worker gets no core.
    alone: a lock that threads share, held while turns are timed.

    Raises LaunchError if no worker can be started, which is the grader's fault.
    """

    def __init__(
        self,
        launcher: Launcher,
        chapters: Path | dict[str, bytes],
        seconds: float = SECONDS_A_CHECK,
        budget: float = float("inf"),
        alone: contextlib.AbstractContextManager[object] = NO_LOCK,
        *,
        together: bool = False,
    ) -> None:
        self.launcher = launcher
        self.together = together
        self.folder = chapters if isinstance(chapters, Path) else None
        self.sources = {} if isinstance(chapters, Path) else dict(chapters)
        self.seconds = seconds
        self.budget = budget
        self.alone = alone
        # Seconds in the learner's code, as the workers report: for benchmarks, not for grades.
        self.seconds_in_code = 0.0
        self.cpu_seconds = 0.0
        self._left = budget
        self._workers: dict[str, Worker] = {}  # by the chapter's stem, or by TOGETHER
        self._guests: list[str] = []  # the chapters that were in the worker that all share
        self._surveys: dict[str, Survey | Outcome] = {}
        self._loads: dict[str, Outcome] = {}

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def survey(self, stem: str) -> Survey | Outcome:
        """Return the survey of a chapter's file, or the outcome if it cannot be read or parsed."""
        if stem not in self._surveys and self._guests:
            self._end(stem)  # what has run there may have changed how a file is read
        if stem not in self._surveys:
            # All in one worker: its first survey takes three times as long as the next.
            self._keep_surveys(self._ask(stem, request_surveys(STEMS)))
        if stem not in self._surveys:
            # Some file broke the worker: ask one by one to find out which.
            reply = self._ask(stem, request_surveys([stem]))
            self._keep_surveys(reply)
            self._surveys.setdefault(stem, _outcome(reply))
        return self._surveys[stem]

    def _keep_surveys(self, reply: Any) -> None:
        for stem in STEMS:
            if isinstance(reply, dict) and stem in reply and stem not in self._surveys:
                self._surveys[stem] = _survey(reply[stem])

    def load(self, stem: str) -> Outcome | None:
        """Import the chapter in its worker, once; return the outcome if that failed, else None."""
        if stem not in self._loads:
            self._loads[stem] = self._run(stem, request_load(stem))
        outcome = self._loads[stem]
        return None if outcome.ending is Ending.RETURNED else outcome

    def call(self, stem: str, check: Check, inputs: dict[str, Any], seed: int) -> Outcome:
        """Call a check's probe on the chapter, in its worker.

        The turns of a timed check are withheld until each is due.
        """
        own = {name: value for name, value in inputs.items() if name != TURNS}
        request = request_call(stem, check, own, seed)
        return self._run(stem, request, inputs.get(TURNS, ()))

    def attempts(self, facts: dict[str, Any]) -> dict[str, list[Any]]:
        """Attempt every forbidden act in a worker; see attempts.py."""
        reply = self._ask("attempts", request_attempts(facts))
        return reply if isinstance(reply, dict) else {}

    def forget(self, stem: str) -> None:
        """End the worker of a chapter whose file has changed, and forget its results."""
        self._surveys.pop(stem, None)
        self._loads.pop(stem, None)
        if self._place(stem) in self._workers:
            self._end(stem)

    def close(self) -> None:
        """End every worker; all channels are closed first, so that they exit in parallel."""
        for worker in self._workers.values():
            worker.channel.close()
        for place in list(self._workers):
            self._end(place)

    def _run(self, stem: str, request: list[Any], turns: Sequence[Any] = ()) -> Outcome:
        """Return how a request ended that runs the learner's code."""
        had_others = self._enter(stem)
        outcome = _outcome(self._ask(stem, request, turns))
        if had_others and outcome.ending in (Ending.DIED, Ending.OUT_OF_MEMORY):
            self._end(stem)
            self._enter(stem)
            outcome = _outcome(self._ask(stem, request, turns))
        return outcome

    def _enter(self, stem: str) -> bool:
        """Return whether a chapter comes into a worker where others were; see left_behind.py."""
        if not self.together:
            return False
        if self._guests and self._guests[-1] != stem:
            if self._is_changed():
                self._end(stem)
            else:
                self._guests.append(stem)
        self._guests = self._guests or [stem]
        return any(guest != stem for guest in self._guests)

    def _is_changed(self) -> bool:
        """Return whether the chapters so far left anything behind in their worker."""
        if TOGETHER not in self._workers:
            return True  # it was never started, or has ended
        channel = self._workers[TOGETHER].channel
        try:
            channel.send(pack(request_changes()), SECONDS_TO_COMPARE)
            reply = unpack(channel.receive(LARGEST_REPLY, Deadline(SECONDS_TO_COMPARE)))
        except (EOFError, OSError, FrameError, TooLong):  # TimeoutError is an OSError
            return True
        match reply:
            case {"changes": []}:
                return False
        return True

    def _place(self, stem: str) -> str:
        return TOGETHER if self.together else stem

    def _ask(self, stem: str, request: list[Any], turns: Iterable[Any] = ()) -> Any:
        """Return the worker's reply, or an outcome that says why there is none."""
        if self._left <= 0:
            spent = f"all checks together took {_counted(self.budget)}"
            return Outcome(Ending.TIMED_OUT, message=spent)
        worker = self._worker(stem)
        seconds = min(self.seconds, self._left)
        deadline = Deadline(seconds, worker.waited)
        try:
            worker.channel.send(pack(request), seconds)
            with contextlib.ExitStack() as undisturbed:
                return self._replies(worker, deadline, turns, undisturbed)
        except TimeoutError:
            self._end(stem)
            return Outcome(Ending.TIMED_OUT, message=_counted(seconds))
        except (EOFError, OSError):
            return Outcome(Ending.DIED, message=_manner(self._end(stem)))
        except (FrameError, TooLong) as error:
            self._end(stem)
            return Outcome(Ending.DIED, message=f"it sent something unreadable ({error})")
        finally:
            self._left -= deadline.spent()

    def _replies(
        self,
        worker: Worker,
        deadline: Deadline,
        turns: Iterable[Any],
        undisturbed: contextlib.ExitStack,
    ) -> Any:
        """Return the worker's reply; if it comes in steps, its value is their [step, seconds].

        A step is answered with the next turn, None after the last. The seconds from a turn to its
        step are measured here, since the learner's code controls the worker's own clock.
        """
        steps: list[list[Any]] = []
        left = iter(turns)
        most = LARGEST_REPLY
        clock = TurnClock(worker.worked)
        while len(steps) <= MOST_STEPS:
            frame = worker.channel.receive(most, deadline)
            # Before it is read: that takes a while, too.
            seconds = clock.seconds() if steps else 0.0
            most -= len(frame)
            reply = unpack(frame)
            if not _is_step(reply):
                return self._whole(reply, steps)
            steps.append([reply[1], seconds])
            if len(steps) == 1:
                # From here on no other thread may delay this one's readings of the clock.
                undisturbed.enter_context(self.alone)
            turn = pack(next(left, None))
            clock.begin()
            worker.channel.send(turn, deadline.left())
        raise FrameError(f"more than {MOST_STEPS} steps")

    def _whole(self, reply: Any, steps: list[list[Any]]) -> Any:
        if isinstance(reply, dict):
            spent = reply.pop("seconds", None)
            if isinstance(spent, float) and 0 <= spent < self.seconds:
                self.seconds_in_code += spent
            ending = reply.get("ending")
            if steps and isinstance(ending, str) and ending == Ending.RETURNED:
                reply["value"] = steps
        return reply

    def _worker(self, stem: str) -> Worker:
        place = self._place(stem)
        if place not in self._workers:
            worker = self.launcher.start()
            try:
                said = worker.channel.receive(LARGEST_REPLY, Deadline(SECONDS_TO_START))
                chapters = pack(chapters_of(self.folder, self.sources))
                worker.channel.send(chapters, SECONDS_TO_START)
            except (EOFError, OSError, TooLong) as error:
                ended = worker.end()
                raise LaunchError(f"a worker did not start: {_manner(ended.code)}") from error
            if said != READY:
                worker.end()
                raise LaunchError(f"a worker did not start: {said.decode(errors='replace')}")
            self._workers[place] = worker
        return self._workers[place]

    def _end(self, stem: str) -> int:
        self._guests = []
        worker = self._workers.pop(self._place(stem), None)
        ended = worker.end() if worker else Ended(0)
        self.cpu_seconds += ended.seconds
        return ended.code


def _is_step(reply: Any) -> bool:
    """Return whether a reply is a step: a hostile worker may send arrays where words belong."""
    match reply:
        case [str(word), _]:
            return word == STEP
    return False


def _survey(reply: Any) -> Survey | Outcome:
    if isinstance(reply, dict) and "uses" not in reply:
        return _outcome(reply)
    try:
        return survey_from(reply)
    except (ValueError, TypeError) as error:
        return Outcome(Ending.DIED, message=str(error))


def _outcome(reply: Any) -> Outcome:
    if isinstance(reply, Outcome):
        return reply
    try:
        return outcome_from(reply)
    except (ValueError, TypeError) as error:
        return Outcome(Ending.DIED, message=str(error))


def _manner(code: int) -> str:
    """Describe how a process ended: by a signal, or with an exit code."""
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
