"""The zygote: a fork server that has everything loaded, and forks a worker in milliseconds.

It holds no solution, no misconception and no seed, so neither do the workers. Its protocol over a
Unix socket: FORK with the file descriptor of a channel -> the worker's process id; WAIT with a
process id -> how that worker ended, once it is reaped.
"""

import gc
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .channel import Channel
from .large_pages import collapse_pages
from .one_thread import ONE_THREAD, think_with_one_thread
from .warm_up import warm_up
from .worker_limits import adopt_orphans, die_with_parent, hide_memory

if TYPE_CHECKING:
    from .layers import Layers

FORK, WAIT = 1, 2
MESSAGE = struct.Struct("<Bi")
ANSWER = struct.Struct("<idq")
# All that a layered zygote inherits of the environment, which may hold the instructor's passwords.
HARMLESS = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "TZ")
NOWHERE = "/"


@dataclass(frozen=True)
class Ended:
    """How a process ended: exit code (negative: a signal), CPU seconds, peak memory in KiB."""

    code: int
    seconds: float = 0.0
    peak: int = 0


def execute_zygote(*, layered: bool = False) -> tuple[socket.socket, Callable[[], None]]:
    """Start a zygote as a new program; return its socket, and a function that waits for its end.

    layered: its workers are for untrusted code; see layers.py.
    """
    ours, theirs = _socket_pair()
    kind = "layered" if layered else "bare"
    command = [sys.executable, "-m", __name__, str(theirs.fileno()), kind, str(os.getpid())]
    inherited = {name: os.environ[name] for name in HARMLESS if name in os.environ}
    environment = inherited if layered else dict(os.environ)
    process = subprocess.Popen(  # noqa: S603  our own module, with our own interpreter
        command, pass_fds=[theirs.fileno()], env={**environment, **ONE_THREAD}, cwd=_root()
    )
    theirs.close()
    return ours, lambda: _quietly(process.wait)


def fork_zygote(*, training: bool) -> tuple[socket.socket, Callable[[], None]]:
    """Fork a zygote from this process; return the same as execute_zygote.

    Nothing secret may be loaded yet. It saves loading torch twice, but untrusted submissions need
    execute_zygote. training: also load what an optimiser needs, which takes as long as torch.
    """
    think_with_one_thread()
    _preload(training=training)
    ours, theirs = _socket_pair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        try:
            os.setsid()  # a new session: Ctrl-C reaches only the command, which closes the socket
            _reset_signals()
            _serve(theirs, None)
        finally:
            os._exit(0)
    theirs.close()
    return ours, lambda: _quietly(lambda: os.waitpid(pid, 0))


def main(descriptor: int, *, layered: bool, parent: int) -> None:
    """Serve as the zygote of the parent, which holds the other end of the socket."""
    os.setsid()
    die_with_parent()
    if os.getppid() != parent:
        return  # it ended before the parent-death signal was set: nobody would send that
    layers = None
    _preload(training=True)
    if layered:
        from .layers import Layers

        _preload_plots()
        warm_up()
        hide_memory()
        layers = Layers.prepare()
        _leave_project()
    _serve(socket.socket(fileno=descriptor), layers)


def _preload(*, training: bool) -> None:
    """Load what a worker needs. No torch operation may run here: it starts threads; see _serve."""
    import torch

    if training:
        import torch._dynamo  # torch.optim loads it at its first step: once, not in each worker

    from exercises.given import toy  # noqa: F401  loaded for the workers

    from ..chapters import EXERCISE_CHAPTERS
    from ..grading.checks import checks_of
    from . import attempts, worker  # noqa: F401  loaded for the workers

    torch.set_num_threads(1)
    for chapter in EXERCISE_CHAPTERS:
        checks_of(chapter)


def _preload_plots() -> None:
    """Load matplotlib with a folder to write to, which its import needs and workers lack."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(MPLCONFIGDIR=folder, MPLBACKEND="agg")
        import matplotlib.pyplot  # noqa: F401  loaded for the workers


def _leave_project() -> None:
    """Take the project off sys.path, and change to /: loaded modules stay, others are not found."""
    sys.path[:] = [place for place in sys.path if place and Path(place).resolve() != _root()]
    os.chdir(NOWHERE)


def _serve(control: socket.socket, layers: "Layers | None") -> None:
    from .left_behind import traces
    from .worker import serve_forked

    adopt_orphans()
    before = traces() if layers else None
    # Nothing loaded is garbage: a collection in a worker would touch it, and copy-on-write copy it.
    gc.collect()
    gc.freeze()
    if layers:
        collapse_pages()  # takes half a second: worth it for a whole class only
    workers: set[int] = set()
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, MESSAGE.size, 1)
        if not message:
            return
        kind, pid = MESSAGE.unpack(message)
        if kind == WAIT:
            workers.discard(pid)
            ended = _wait_for(pid)
            _end_orphans(workers)
            control.sendall(ANSWER.pack(ended.code, ended.seconds, ended.peak))
            continue
        # A thread pool does not survive a fork: a worker's first matrix product would hang.
        assert len(list(Path("/proc/self/task").iterdir())) == 1, "the zygote has threads"
        pid = os.fork()
        if pid == 0:
            control.close()
            try:
                serve_forked(Channel(socket.socket(fileno=descriptors[0])), layers, before)
            finally:
                os._exit(0)
        os.close(descriptors[0])
        workers.add(pid)
        control.sendall(ANSWER.pack(pid, 0.0, 0))


def _wait_for(pid: int) -> Ended:
    _, status, usage = os.wait4(pid, 0)
    seconds = usage.ru_utime + usage.ru_stime
    return Ended(os.waitstatus_to_exitcode(status), seconds, usage.ru_maxrss)


def _end_orphans(workers: set[int]) -> None:
    """Kill and reap the orphans of a worker: they are children of this process now, not workers."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    while True:
        orphans = {int(pid) for pid in children.read_text().split()} - workers
        if not orphans:
            return
        for pid in orphans:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _socket_pair() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def _reset_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def _quietly(wait: Callable[[], object]) -> None:
    try:
        wait()
    except (OSError, subprocess.SubprocessError):
        return  # it is already reaped


def _root() -> Path:
    return Path(__file__).resolve().parent.parent.parent


if __name__ == "__main__":
    main(int(sys.argv[1]), layered=sys.argv[2] == "layered", parent=int(sys.argv[3]))
