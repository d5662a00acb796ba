"""Limits that a worker sets on itself, where the system has them."""

import signal

from .libc import prctl

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36


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
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def hide_memory() -> None:
    """Keep other processes of the same user from reading this one's memory and environment."""
    prctl(PR_SET_DUMPABLE, 0)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends, so that none gets away."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)
