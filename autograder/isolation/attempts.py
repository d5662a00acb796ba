"""Attempt every forbidden act inside a worker, to know which ones its isolation really stops.

The project's own code, run in a worker of its own before any learner's code. An attempt that
succeeds returns, which is bad news; one that is stopped raises what stopped it.
"""

import ctypes
import importlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .libc import checked, libc

Facts = dict[str, Any]


class Stopped(Exception):
    """The act was stopped, though the system raised no error for it."""


@dataclass(frozen=True)
class Attempt:
    """One forbidden act: its name, what a cheater gains by it, and the function that tries it."""

    name: str
    gain: str
    act: Callable[[Facts], None]


def read_solutions(facts: Facts) -> None:
    Path(facts["solution"]).read_bytes()


def import_solutions(_: Facts) -> None:
    sys.modules.pop("solutions", None)
    importlib.import_module("solutions.ch04_triplet_loss")


def read_secret(facts: Facts) -> None:
    Path(facts["secret"]).read_bytes()


def list_folder(facts: Facts) -> None:
    list(Path(facts["secret"]).parent.iterdir())


def read_passwords(_: Facts) -> None:
    Path("/etc/passwd").read_bytes()


def write_folder(facts: Facts) -> None:
    (Path(facts["secret"]).parent / "written").write_text("x")


def write_shared_memory(_: Facts) -> None:
    place = Path("/dev/shm/triplet-attempt")  # noqa: S108  leaving a file there is the attempt
    place.write_text("x")
    place.unlink()


def change_rights(facts: Facts) -> None:
    os.chmod(facts["secret"], 0o644)  # noqa: PTH101  the bare call is the attempt


def read_parent_environment(_: Facts) -> None:
    Path(f"/proc/{os.getppid()}/environ").read_bytes()


def read_grader_memory(facts: Facts) -> None:
    with Path(f"/proc/{facts['grader']}/mem").open("rb"):
        return


def fork(_: Facts) -> None:
    if os.fork() == 0:
        os._exit(0)
    os.wait()


def start_program(_: Facts) -> None:
    subprocess.run([sys.executable, "-c", ""], check=True)


def leave_group(_: Facts) -> None:
    os.setpgid(0, os.getppid())


def signal_parent(_: Facts) -> None:
    _ask_to_signal(os.getppid())


def signal_grader(facts: Facts) -> None:
    _ask_to_signal(facts["grader"])


def _ask_to_signal(process: int) -> None:
    # On Windows signal 0 is Ctrl-C, not a permission check; any process of the user may send it.
    if sys.platform != "win32":
        os.kill(process, 0)


def slow_grader(facts: Facts) -> None:
    os.setpriority(os.PRIO_PROCESS, facts["grader"], os.getpriority(os.PRIO_PROCESS, 0))


def trace_parent(_: Facts) -> None:
    attach, detach = 16, 17
    checked(libc().ptrace(attach, os.getppid(), 0, 0), "ptrace")
    libc().ptrace(detach, os.getppid(), 0, 0)


def connect_tcp(facts: Facts) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as end:
        end.settimeout(2)
        end.connect(("127.0.0.1", facts["tcp"]))


def send_udp(facts: Facts) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        end.sendto(b"x", ("127.0.0.1", facts["udp"]))


def connect_unix(facts: Facts) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as end:
        end.connect(facts["unix"])


def send_from_pair(facts: Facts) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with ours, theirs:
        ours.sendto(b"x", facts["datagrams"])


def open_ring(_: Facts) -> None:
    if sys.platform != "linux":
        raise Stopped("only Linux has such rings")  # elsewhere 425 is another system call
    checked(libc().syscall(425, 1, (ctypes.c_char * 256)()), "io_uring_setup")


def share_memory(_: Facts) -> None:
    identity = checked(libc().shmget(0, 4096, 0o1600), "shmget")
    libc().shmctl(identity, 0, None)


def raise_limits(_: Facts) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def outlive_parent(_: Facts) -> None:
    checked(libc().prctl(1, 0, 0, 0, 0), "prctl")


def use_inherited(_: Facts) -> None:
    """Look for open file descriptors beyond the standard three and the worker's own channel."""
    inherited = []
    for number in range(3, 64):
        try:
            os.fstat(number)
        except OSError:
            continue
        inherited.append(number)
    if len(inherited) <= 1:
        raise Stopped("only the channel to the grader is open")


def take_memory(_: Facts) -> None:
    bytearray(2**33)


def ignore_cpu_limit(_: Facts) -> None:
    import resource

    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    if hard != resource.RLIM_INFINITY:
        raise Stopped("the hard limit ends it all the same")


ATTEMPTS = (
    Attempt("read a solution", "the answer", read_solutions),
    Attempt("import a solution", "the answer", import_solutions),
    Attempt("read the grader's files", "a classmate's work, the grades", read_secret),
    Attempt("list the grader's folder", "names of classmates", list_folder),
    Attempt("read a file of the system", "who has an account", read_passwords),
    Attempt("write beside the grader's files", "a forged grade", write_folder),
    Attempt("write to shared memory", "a message to another submission", write_shared_memory),
    Attempt("change the rights of a file", "a gradebook that is locked out", change_rights),
    Attempt("read the parent's environment", "passwords", read_parent_environment),
    Attempt("read the grader's memory", "the expected values", read_grader_memory),
    Attempt("fork", "a bomb, or a process that stays", fork),
    Attempt("start a program", "everything", start_program),
    Attempt("leave its process group", "to outlive the check", leave_group),
    Attempt("signal its parent", "an end of the grading", signal_parent),
    Attempt("signal the grader", "an end of the grading", signal_grader),
    Attempt("change the grader's priority", "a grader that stands still", slow_grader),
    Attempt("trace its parent", "its memory", trace_parent),
    Attempt("connect by TCP", "help from outside", connect_tcp),
    Attempt("send by UDP", "the inputs to somebody outside", send_udp),
    Attempt("connect to a Unix socket", "services of this machine", connect_unix),
    Attempt("send from a pair of sockets", "services of this machine", send_from_pair),
    Attempt("open a ring of system calls", "calls past the filter", open_ring),
    Attempt("make System V shared memory", "something that stays", share_memory),
    Attempt("raise its own limits", "all of the memory", raise_limits),
    Attempt("outlive its parent", "a process that stays", outlive_parent),
    Attempt("use an inherited descriptor", "the grader's files", use_inherited),
    Attempt("take 8 GiB of memory", "a machine that stands still", take_memory),
    Attempt("ignore the limit on processor time", "a machine that stands still", ignore_cpu_limit),
)


def attempt_all(facts: Facts) -> dict[str, list[Any]]:
    """Make all attempts; return for each name [whether it was stopped, by what]."""
    return {attempt.name: _try(attempt, facts) for attempt in ATTEMPTS}


def _try(attempt: Attempt, facts: Facts) -> list[Any]:
    try:
        attempt.act(facts)
    except OSError as error:
        return [True, error.strerror or str(error)]
    except Exception as error:
        return [True, str(error) or type(error).__name__]
    return [False, "it was done"]
