"""What a turn of a timed check takes: processor time, to which a busy machine adds nothing."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = (
    0.5  # seconds, after which a process that does not fall asleep is timed by the wall clock
)
BETWEEN_LOOKS = 5e-5
Worked = Callable[[], float | None]


class TurnClock:
    """Time one turn after the other. worked: see seconds_worked."""

    def __init__(self, worked: Worked) -> None:
        self.worked = worked

    def begin(self) -> None:
        """Begin a turn. Call it right before the turn is handed over."""
        self._worked_before = self.worked()
        self._before = time.perf_counter()

    def seconds(self) -> float:
        """Return what the turn took; where nobody counts processor time, by the wall clock."""
        by_the_wall = time.perf_counter() - self._before
        worked = self.worked()
        if worked is None or self._worked_before is None:
            return by_the_wall
        return min(by_the_wall, worked - self._worked_before)


def seconds_worked(pid: int) -> float | None:
    """Return the processor time of a process that waits for its next turn; None if nobody says.

    All of its threads count. Linux keeps the sum up to date only where a thread falls asleep, as
    long as the process has a limit of processor time: so that is waited for. The number of the
    clock is that of clock_getcpuclockid(3), which Python does not have.
    """
    if sys.platform != "linux" or not _falls_asleep(pid):
        return None
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return None


def _falls_asleep(pid: int) -> bool:
    """Wait a moment until a process sleeps, and return whether it does."""
    until = time.monotonic() + PATIENCE
    while (state := _state(pid)) != "S":
        if not state or time.monotonic() > until:
            return False
        time.sleep(BETWEEN_LOOKS)
    return True


def _state(pid: int) -> str:
    """Return the letter of the state of a process, "" if it is gone: see proc_pid_stat(5)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""
