"""Grade one class as `triplet grade` does, and say where the time and the memory went, as JSON.

python -m tests.benchmarks.one_class SUBMISSIONS REPORT [option of triplet grade ...]

In a process of its own, since the peak of memory is that of a whole process.
"""

import functools
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from autograder.classroom import station
from autograder.command_line import class_commands as commands
from autograder.grading import grade as grading
from autograder.isolation.workers import Workers

spent = {"code": 0.0, "comparison": 0.0}


class CountingWorkers(Workers):
    """Workers that say in the end what they spent on the learner's code."""

    def close(self) -> None:
        super().close()
        spent["code"] += self.seconds_in_code
        self.seconds_in_code = 0.0


def timed(function: Callable[..., Any]) -> Callable[..., Any]:
    """Count a function as comparison: its own processor time, not what it waits for others."""

    @functools.wraps(function)
    def counting(*arguments: Any, **named: Any) -> Any:
        began = time.thread_time()
        try:
            return function(*arguments, **named)
        finally:
            spent["comparison"] += time.thread_time() - began

    return counting


def main(submissions: str, report: str, *options: str) -> None:
    station.Workers = CountingWorkers  # type: ignore[misc]  # for this process only
    # The comparison: the reference on the same inputs, the judge, and which mistake gives the same.
    grading._prepared = timed(grading._prepared)
    grading._judged = timed(grading._judged)
    grading.diagnose = timed(grading.diagnose)
    began = time.perf_counter()
    result = CliRunner().invoke(commands.grade, [submissions, "--out", report, *options])
    seconds = time.perf_counter() - began
    assert result.exit_code == 0, (result.output, result.exception)
    import resource  # Windows has none

    own, workers = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    processor = sum(one.ru_utime + one.ru_stime for one in (own, workers))
    rest = {
        "seconds": seconds,
        "processor": processor,
        "peak": own.ru_maxrss / 1024,
        "zygote_peak": workers.ru_maxrss / 1024,
        "students": len(list(Path(submissions).iterdir())),
    }
    print(json.dumps({**spent, **rest}))


if __name__ == "__main__":
    main(*sys.argv[1:])
