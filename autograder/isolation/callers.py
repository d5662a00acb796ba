"""One run of the grader over a folder: start what runs the code, grade, clean up."""

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
    """Give what runs the chapters of a folder: workers, or this process for breakpoints.

    forking: fork the zygote off this process, which must be young; see isolation/zygote.py.
    training: whether chapter 7 will be checked, which needs more to be loaded.
    seconds: how long a single check may take in a worker.
    """
    if in_process:
        yield InProcess(folder)
        return
    with (
        best_launcher(forking=forking, training=training) as launcher,
        Workers(launcher, folder, seconds) as workers,
    ):
        yield workers
