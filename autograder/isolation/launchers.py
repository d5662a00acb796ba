"""Two ways to start a worker: fork a zygote (Linux), or spawn a fresh interpreter (elsewhere)."""

import contextlib
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Protocol

from .zygote import ANSWER, FORK, MESSAGE, WAIT, execute_zygote, fork_zygote


@dataclass(frozen=True)
class Worker:
    """A running worker: the connection to it, and what ends it and returns its exit code."""

    connection: Connection
    end: Callable[[], int]


class Launcher(Protocol):
    """What can start workers, as often as it is asked to."""

    def start(self) -> Worker: ...

    def prepare(self) -> None: ...

    def close(self) -> None: ...


def can_fork() -> bool:
    # macOS has fork, but its system libraries do not survive one without an exec.
    return sys.platform == "linux"


@contextlib.contextmanager
def best_launcher(*, forking: bool = False, training: bool = True) -> Iterator[Launcher]:
    """Give the best launcher of this system, and close it in the end.

    forking: fork the zygote off this process, which must be young; training: see fork_zygote.
    """
    launcher: Launcher
    if not can_fork():
        launcher = SpawnLauncher()
    elif forking:
        launcher = ForkLauncher(*fork_zygote(training=training))
    else:
        launcher = ForkLauncher(*execute_zygote())
    try:
        yield launcher
    finally:
        launcher.close()


class ForkLauncher:
    """Ask a zygote for each worker."""

    def __init__(self, control: socket.socket, wait: Callable[[], None]) -> None:
        self.control = control
        self.wait = wait

    def start(self) -> Worker:
        ours, theirs = multiprocessing.Pipe()
        socket.send_fds(self.control, [MESSAGE.pack(FORK, 0)], [theirs.fileno()])
        theirs.close()
        pid = self._answer()

        def end() -> int:
            # The zygote has not waited for it yet, so the number is still this worker's.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
            self.control.sendall(MESSAGE.pack(WAIT, pid))
            return self._answer()

        return Worker(ours, end)

    def prepare(self) -> None:
        """Do nothing: a zygote is always ready."""

    def close(self) -> None:
        self.control.close()
        self.wait()

    def _answer(self) -> int:
        message = self.control.recv(ANSWER.size)
        if not message:
            raise ChildProcessError("the process that starts the workers has ended")
        number: int = ANSWER.unpack(message)[0]
        return number


class SpawnLauncher:
    """Start a fresh interpreter for each worker: slower, and the same everywhere."""

    def __init__(self) -> None:
        self.context = multiprocessing.get_context("spawn")
        self.spare: Worker | None = None

    def start(self) -> Worker:
        worker, self.spare = self.spare or self._spawn(), None
        return worker

    def prepare(self) -> None:
        """Start a worker ahead of its time, so that the next check need not wait for torch."""
        self.spare = self.spare or self._spawn()

    def close(self) -> None:
        if self.spare:
            self.spare.connection.close()
            self.spare.end()

    def _spawn(self) -> Worker:
        from .worker import serve

        ours, theirs = self.context.Pipe()
        process = self.context.Process(target=serve, args=(theirs,), daemon=True)
        process.start()
        theirs.close()

        def end() -> int:
            process.kill()
            process.join()
            return process.exitcode or 0

        return Worker(ours, end)
