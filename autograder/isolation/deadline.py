"""How long to wait for a process: the time in which the machine gives it no core is not counted."""

import time
from collections.abc import Callable
from pathlib import Path

MOST_WAITED = 20  # times the seconds of a deadline: a worker can make itself wait, with threads


class Deadline:
    """The end of so many seconds, later by as long as the process waited for a core.

    A check then ends in the same way on a busy machine as on a quiet one. A process that sleeps
    waits for no core.
    """

    def __init__(self, seconds: float, waited: Callable[[], float] = lambda: 0.0) -> None:
        self.seconds = seconds
        self.waited = waited
        self._began = time.monotonic()
        self._before = waited()

    def left(self) -> float:
        """Return the seconds that are left. Raises TimeoutError if there are none."""
        if (left := self.seconds - self._clock()) > 0:
            return left  # the usual case: nothing needs to be asked
        if (left := self.seconds - self.spent()) > 0:
            return left
        raise TimeoutError

    def spent(self) -> float:
        """Return the seconds since the beginning, without those of waiting for a core."""
        waited = min(self.waited() - self._before, MOST_WAITED * self.seconds)
        return max(0.0, self._clock() - waited)

    def _clock(self) -> float:
        return time.monotonic() - self._began


def seconds_without_core(pid: int) -> float:
    """Return how long a process has been ready to run and got no core; 0 where nobody says.

    Linux counts it for the first thread, in nanoseconds: the second number of
    /proc/PID/schedstat (Documentation/scheduler/sched-stats.rst).
    """
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0
