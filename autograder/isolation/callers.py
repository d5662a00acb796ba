"""Start what runs the learner's code of one folder, and clean up after it."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from ..grading.grade import Caller
from .in_process import InProcess
from .launchers import best_launcher
from .workers import SECONDS_A_CHECK, Workers


@contextlib.contextmanager
def caller_for(
    folder: Path,
    *,
    in_process: bool = False,
    forking: bool = False,
    training: bool = True,
    seconds: float = SECONDS_A_CHECK,
) -> Iterator[Caller]:
    """Yield what runs the chapters of a folder: workers, or this process for breakpoints.

    forking: fork the zygote from this process, before it loads anything secret; see fork_zygote.
    training: whether chapter 7 will be checked, for which more has to be loaded.
    seconds: timeout of a single check in a worker.
    """
    if in_process:
        yield InProcess(folder)
        return
    with (
        best_launcher(forking=forking, training=training) as launcher,
        Workers(launcher, folder, seconds) as workers,
    ):
        yield workers
