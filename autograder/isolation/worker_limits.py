"""Resource limits and process attributes that a worker or zygote sets on itself."""

import signal

from .libc import prctl

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36


def limit_the_rest(seconds: int, *, own_user: bool) -> None:
    """Limit CPU time, files, locked memory, message queues and, for its own user, threads."""
    import resource

    bounds = {
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if own_user:
        # It counts all processes of a user: shared with the grader, it would hit the grader.
        bounds[resource.RLIMIT_NPROC] = 64
    for which, bound in bounds.items():
        resource.setrlimit(which, (bound, bound))


def die_with_parent() -> None:
    """Set the parent-death signal: this process is killed when the thread that started it ends."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def hide_memory() -> None:
    """Clear the dumpable flag: others of this user cannot read the memory and environment."""
    prctl(PR_SET_DUMPABLE, 0)


def adopt_orphans() -> None:
    """Become a subreaper: orphaned descendants become children of this process; none escapes."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)
