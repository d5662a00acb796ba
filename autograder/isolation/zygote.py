"""A process that has everything loaded and forks a worker on request, in milliseconds.

It holds no solution, no misconception and no seed, so neither do the workers. It speaks over a
Unix socket: FORK with a connection's descriptor -> the worker's process id; WAIT with a process
id -> the status with which that worker ended.
"""

import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

FORK, WAIT = 1, 2
MESSAGE = struct.Struct("<Bi")
ANSWER = struct.Struct("<i")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def execute_zygote() -> tuple[socket.socket, Callable[[], None]]:
    """Start a zygote as a fresh program; return its socket, and what waits for its end."""
    ours, theirs = _socket_pair()
    command = [sys.executable, "-m", __name__, str(theirs.fileno())]
    process = subprocess.Popen(  # noqa: S603  our own module, with our own interpreter
        command, pass_fds=[theirs.fileno()], env={**os.environ, **ONE_THREAD}, cwd=_root()
    )
    theirs.close()
    return ours, lambda: _quietly(process.wait)


def fork_zygote(*, training: bool) -> tuple[socket.socket, Callable[[], None]]:
    """Fork a zygote off this process, which must not have loaded anything secret yet.

    It spares loading torch a second time; a class of untrusted submissions takes execute_zygote.
    training: load what an optimiser needs as well, which takes as long as torch itself.
    """
    os.environ.update(ONE_THREAD)
    _preload(training=training)
    ours, theirs = _socket_pair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        try:
            os.setsid()  # Ctrl-C is for the command, which then closes the socket
            _reset_signals()
            _serve(theirs)
        finally:
            os._exit(0)
    theirs.close()
    return ours, lambda: _quietly(lambda: os.waitpid(pid, 0))


def main(descriptor: int) -> None:
    """Be the zygote of the process that holds the other end of the socket."""
    os.setsid()
    _preload(training=True)
    _serve(socket.socket(fileno=descriptor))


def _preload(*, training: bool) -> None:
    """Load what a worker needs. Nothing here may run an operation of torch: see _serve."""
    import torch

    if training:
        import torch._dynamo  # torch.optim loads it at its first step: better once than each time

    from ..chapters import EXERCISE_CHAPTERS
    from ..checks import checks_of
    from . import worker  # noqa: F401  loaded for the workers

    torch.set_num_threads(1)
    for chapter in EXERCISE_CHAPTERS:
        checks_of(chapter)


def _serve(control: socket.socket) -> None:
    from .worker import serve_forked

    while True:
        message, descriptors, _, _ = socket.recv_fds(control, MESSAGE.size, 1)
        if not message:
            return
        kind, pid = MESSAGE.unpack(message)
        if kind == WAIT:
            _, status = os.waitpid(pid, 0)
            control.sendall(ANSWER.pack(os.waitstatus_to_exitcode(status)))
            continue
        # A thread pool does not survive a fork: a worker's first product would hang for ever.
        assert len(list(Path("/proc/self/task").iterdir())) == 1, "the zygote has threads"
        pid = os.fork()
        if pid == 0:
            control.close()
            try:
                serve_forked(Connection(descriptors[0]))
            finally:
                os._exit(0)
        os.close(descriptors[0])
        control.sendall(ANSWER.pack(pid))


def _socket_pair() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def _reset_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def _quietly(wait: Callable[[], object]) -> None:
    try:
        wait()
    except (OSError, subprocess.SubprocessError):
        return  # it is gone already


def _root() -> Path:
    return Path(__file__).resolve().parent.parent.parent


if __name__ == "__main__":
    main(int(sys.argv[1]))
