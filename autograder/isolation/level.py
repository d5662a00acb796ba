"""Measure how well this machine isolates the learner's code, by attempting every forbidden act."""

import contextlib
import os
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ..chapters import SOLUTIONS
from .attempts import ATTEMPTS, Facts
from .launchers import Launcher, LaunchError
from .workers import Workers

SECONDS = 30.0
LIMITS = ("take 8 GiB of memory", "ignore the limit on processor time")


class Level(StrEnum):
    """How well a worker is isolated.

    base: every forbidden act is stopped. limits: some acts are not, but memory and CPU time are
    limited. none: not even these are.
    """

    BASE = "base"
    LIMITS = "limits"
    NONE = "none"


@dataclass(frozen=True)
class Result:
    """The result of one attempt: whether it was stopped, and by what."""

    name: str
    gain: str
    is_stopped: bool
    by: str


def attempt_acts(launcher: Launcher) -> list[Result]:
    """Attempt every forbidden act in a worker; return the results. Raises LaunchError."""
    with targets() as facts, Workers(launcher, {}, SECONDS) as workers:
        found = workers.attempts(facts)
    if missing := [attempt.name for attempt in ATTEMPTS if attempt.name not in found]:
        raise LaunchError(f"a worker did not say how these ended: {', '.join(missing)}")
    return [
        Result(one.name, one.gain, bool(found[one.name][0]), str(found[one.name][1]))
        for one in ATTEMPTS
    ]


def level_of(results: list[Result]) -> Level:
    """Return the level of isolation that the results of all attempts show."""
    done = {result.name for result in results if not result.is_stopped}
    if not done:
        return Level.BASE
    return Level.NONE if done & set(LIMITS) else Level.LIMITS


@contextlib.contextmanager
def targets() -> Iterator[Facts]:
    """Yield the targets of the attempts, such as a file and sockets that really listen."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        # World-readable: a layer must stop the attempt, not the permissions of the file.
        folder.chmod(0o755)
        secret = folder / "secret"
        secret.write_text("nobody's business", encoding="utf-8")
        secret.chmod(0o644)
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", 0))
        yield {
            "solution": str(SOLUTIONS / "ch04_triplet_loss.py"),
            "secret": str(secret),
            "tcp": tcp.getsockname()[1],
            "udp": udp.getsockname()[1],
            "unix": _unix(stack, socket.SOCK_STREAM, folder / "stream"),
            "datagrams": _unix(stack, socket.SOCK_DGRAM, folder / "datagrams"),
            "grader": os.getpid(),
        }


def _unix(stack: contextlib.ExitStack, kind: socket.SocketKind, place: Path) -> str:
    if not hasattr(socket, "AF_UNIX"):
        return str(place)
    end = stack.enter_context(socket.socket(socket.AF_UNIX, kind))
    end.bind(str(place))
    place.chmod(0o777)
    if kind is socket.SOCK_STREAM:
        end.listen()
    return str(place)
