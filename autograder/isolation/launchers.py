"""Start workers: fork them from a zygote (Linux), or spawn fresh interpreters (elsewhere)."""

import contextlib
import functools
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from exercises.given.errors import CourseError

from .channel import Channel, channel_pair
from .deadline import seconds_without_core
from .turn_clock import Worked, seconds_worked
from .zygote import ANSWER, FORK, MESSAGE, WAIT, Ended, execute_zygote, fork_zygote


class LaunchError(CourseError):
    """A worker could not be started: the grader's fault, never the learner's."""


@dataclass(frozen=True)
class Worker:
    """A running worker.

    channel: the way to it; end: kills it and returns how it ended; waited: seconds for which it
    was ready to run and got no core; worked: see seconds_worked.
    """

    channel: Channel
    end: Callable[[], Ended]
    waited: Callable[[], float]
    worked: Worked


class Launcher(Protocol):
    """Starts any number of workers."""

    def start(self) -> Worker: ...

    def prepare(self) -> None: ...

    def close(self) -> None: ...


def can_fork() -> bool:
    # macOS has fork, but its system libraries are not safe after a fork without an exec.
    return sys.platform == "linux"


@contextlib.contextmanager
def best_launcher(*, forking: bool = False, training: bool = True) -> Iterator[Launcher]:
    """Yield the best launcher for this system, and close it at the end.

    forking: fork the zygote from this process, before it loads anything secret; training: see
    fork_zygote.
    """
    launcher: Launcher
    if not can_fork():
        launcher = SpawnLauncher()
    elif forking:
        launcher = ForkLauncher(*fork_zygote(training=training))
    else:
        launcher = ForkLauncher(*execute_zygote())
    with contextlib.closing(launcher):
        yield launcher


@contextlib.contextmanager
def launcher_for_strangers() -> Iterator[Launcher]:
    """Yield a launcher for untrusted code: its workers apply every layer that this system has."""
    launcher = LayeredLauncher() if can_fork() else SpawnLauncher()
    with contextlib.closing(launcher):
        yield launcher


class ForkLauncher:
    """Ask a zygote to fork each worker. Thread-safe."""

    def __init__(self, control: socket.socket, wait: Callable[[], None]) -> None:
        self.control = control
        self.wait = wait
        self.lock = threading.Lock()

    def start(self) -> Worker:
        """Start a worker. Raises LaunchError if the zygote is gone."""
        ours, theirs = channel_pair()
        with self.lock:
            try:
                socket.send_fds(self.control, [MESSAGE.pack(FORK, 0)], [theirs.end.fileno()])
            except OSError as error:
                ours.close()
                raise LaunchError(f"the process that starts the workers: {error}") from error
            finally:
                theirs.close()
            pid = self._answer().code

        def end() -> Ended:
            ours.close()
            # The zygote has not reaped it yet, so the process id is still this worker's.
            for kill in (os.kill, os.killpg):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    kill(pid, signal.SIGKILL)
            with self.lock:
                try:
                    self.control.sendall(MESSAGE.pack(WAIT, pid))
                except OSError as error:
                    raise LaunchError(f"the process that starts the workers: {error}") from error
                return self._answer()

        return _with_clocks(ours, end, pid)

    def prepare(self) -> None:
        """Do nothing: a zygote is always ready."""

    def close(self) -> None:
        self.control.close()
        self.wait()

    def _answer(self) -> Ended:
        try:
            message = self.control.recv(ANSWER.size)
        except OSError as error:
            raise LaunchError(f"the process that starts the workers: {error}") from error
        if not message:
            raise LaunchError("the process that starts the workers has ended")
        return Ended(*ANSWER.unpack(message))


class LayeredLauncher:
    """Ask a layered zygote to fork each worker; start it on demand, and again if it is gone.

    Thread-safe.
    """

    def __init__(self) -> None:
        self.zygote: ForkLauncher | None = None
        self.lock = threading.Lock()

    def start(self) -> Worker:
        """Start a worker. Raises LaunchError if the zygote is gone; the next call starts one."""
        zygote = self._living()
        try:
            return zygote.start()
        except LaunchError:
            with self.lock:
                if self.zygote is zygote:
                    self.zygote = None
                    zygote.close()
            raise

    def prepare(self) -> None:
        """Start the zygote, which loads what it needs while this process goes on.

        Call it from a long-lived thread: the zygote dies with the thread that started it.
        """
        self._living()

    def close(self) -> None:
        if self.zygote:
            self.zygote.close()

    def _living(self) -> ForkLauncher:
        with self.lock:
            self.zygote = self.zygote or ForkLauncher(*execute_zygote(layered=True))
            return self.zygote


class SpawnLauncher:
    """Start a fresh interpreter for each worker: slower, but the same on every system."""

    def __init__(self) -> None:
        self.context = multiprocessing.get_context("spawn")
        self.spare: Worker | None = None

    def start(self) -> Worker:
        worker, self.spare = self.spare or self._spawn(), None
        return worker

    def prepare(self) -> None:
        """Start a spare worker, so that the next check need not wait for torch to load."""
        self.spare = self.spare or self._spawn()

    def close(self) -> None:
        if self.spare:
            self.spare.end()

    def _spawn(self) -> Worker:
        from .worker import serve

        ours, theirs = channel_pair()
        process = self.context.Process(target=serve, args=(theirs,), daemon=True)
        process.start()
        theirs.close()

        def end() -> Ended:
            ours.close()
            process.kill()
            process.join()
            return Ended(process.exitcode or 0)

        return _with_clocks(ours, end, process.pid or 0)


def _with_clocks(channel: Channel, end: Callable[[], Ended], pid: int) -> Worker:
    waited = functools.partial(seconds_without_core, pid)
    return Worker(channel, end, waited, functools.partial(seconds_worked, pid))
