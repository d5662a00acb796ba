"""Limits that a worker sets on itself, where the system has them."""

import contextlib
import ctypes
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

MEMORY_BUDGET = 2 * 2**30  # bytes above what the process maps when it starts
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36


def limit_memory(budget: int = MEMORY_BUDGET) -> None:
    """Let an allocation beyond the budget fail, so that a runaway chapter cannot take it all."""
    if sys.platform != "linux":
        return  # elsewhere the limit exists, if at all, without an effect
    import resource

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + budget
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@contextlib.contextmanager
def limited_memory() -> Iterator[None]:
    """Give what runs inside no more memory than a worker has, in a process without that limit."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft != resource.RLIM_INFINITY:
        yield  # a worker
        return
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY_BUDGET, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def limit_the_rest(seconds: int, *, own_user: bool) -> None:
    """Limit processor time, files, locked memory and, for a user of its own, threads."""
    import resource

    bounds = {
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if own_user:
        # It counts all that a user runs: shared with the grader, it would hit the grader.
        bounds[resource.RLIMIT_NPROC] = 64
    for which, bound in bounds.items():
        resource.setrlimit(which, (bound, bound))


def die_with_parent() -> None:
    """Ask the kernel to end this process when the one that forked it ends."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def hide_memory() -> None:
    """Keep other processes of the same user from reading this one's memory and environment."""
    _prctl(PR_SET_DUMPABLE, 0)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends, so that none gets away."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
