"""Limits that a worker sets on itself, where the system has them."""

import ctypes
import signal
import sys
from pathlib import Path

MEMORY_BUDGET = 2 * 2**30  # bytes above what the process maps when it starts
PR_SET_PDEATHSIG = 1


def limit_memory(budget: int = MEMORY_BUDGET) -> None:
    """Let an allocation beyond the budget fail, so that a runaway chapter cannot take it all."""
    if sys.platform != "linux":
        return  # elsewhere the limit exists, if at all, without an effect
    import resource

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + budget
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def die_with_parent() -> None:
    """Ask the kernel to end this process when the one that forked it ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
