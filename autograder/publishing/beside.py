"""Do one piece of work in a process of its own, while this process goes on."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

from exercises.given.errors import CourseError


@contextmanager
def beside(title: str, work: Callable[..., None], *arguments: Any) -> Iterator[Callable[[], None]]:
    """Start `work(*arguments)` in a second process, and yield a function that waits for its end.

    It computes with one thread, and writes what it finds out to a file. Whoever leaves the block
    earlier ends it. Waiting raises CourseError, with all that it printed, if it failed.
    """
    with TemporaryDirectory(prefix="beside-") as folder:
        log = Path(folder) / "log.txt"
        # As on Windows, it begins anew: a forked process could not use the threads of torch.
        process = get_context("spawn").Process(
            target=_work, args=(log, work, arguments), daemon=True
        )
        process.start()

        def wait() -> None:
            process.join()
            if process.exitcode:
                printed = log.read_text(encoding="utf-8", errors="replace")
                raise CourseError(f"{title}: it failed.\n{printed}")

        try:
            yield wait
        finally:
            process.kill()
            process.join()


def _work(log: Path, work: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    # Ctrl-C reaches both processes, and the first one ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Two progress bars in one terminal would overwrite each other.
    with log.open("wb") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    torch.set_num_threads(1)
    work(*arguments)
