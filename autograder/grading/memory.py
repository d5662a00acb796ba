"""Bound the memory of a process, where the system can: what a worker has, and no more."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

MEMORY_BUDGET = 2 * 2**30  # bytes above what the process maps when it starts


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
