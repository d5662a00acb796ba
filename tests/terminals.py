"""The command line in a real terminal, on a copy of the course: for tests and benchmarks."""

import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from autograder.chapters import BREAKS, EXERCISE_CHAPTERS, ROOT
from autograder.stubs import write_stub
from tests.systems import pseudo_terminals


def copy_of_course(place: Path) -> Path:
    """Copy the course to a place of its own, its exercises untouched, and return the place."""
    for folder in ("autograder", "solutions", "exercises"):
        without_caches = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, place / folder, ignore=without_caches)
    for chapter in (*EXERCISE_CHAPTERS, BREAKS):
        write_stub(chapter, place / "exercises", overwrite=True)
    shutil.copy(ROOT / "constraints.txt", place)
    return place


class Terminal:
    """One command, in a pseudo-terminal of its own."""

    def __init__(self, course: Path, *arguments: str) -> None:
        self.screen, theirs = pseudo_terminals().openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "autograder", *arguments],
            cwd=course,
            env={**os.environ, "PYTHONPATH": str(course), "TERM": "xterm", "PYTHONUTF8": "1"},
            preexec_fn=lambda: _as_a_person_opens_it(theirs),
        )
        os.close(theirs)
        self.shown = ""

    def wait_for(self, text: str, seconds: float = 60) -> str:
        """Read the screen until the text is there; return all that was shown up to now."""
        deadline = time.monotonic() + seconds
        while text not in plain(self.shown):
            left = deadline - time.monotonic()
            assert left > 0, f"no {text!r} in:\n{plain(self.shown)}"
            if select.select([self.screen], [], [], left)[0]:
                try:
                    self.shown += os.read(self.screen, 65536).decode(errors="replace")
                except OSError:  # Linux raises when the other end has closed
                    assert text in plain(self.shown), plain(self.shown)
        return plain(self.shown)

    def press(self, key: str) -> None:
        self.shown = ""
        os.write(self.screen, key.encode())

    def end(self) -> int:
        try:
            return self.process.wait(timeout=10)
        finally:
            self.process.kill()
            os.close(self.screen)


def _as_a_person_opens_it(end: int) -> None:
    """Let Ctrl-C reach the command, even where the tests themselves run in the background.

    A shell starts what it runs in the background with SIGINT ignored, and children inherit that.
    """
    os.login_tty(end)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def plain(text: str) -> str:
    without_links = re.sub(r"\x1b\]8;.*?(?:\x1b\\|\a)", "", text)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", without_links).replace("\r", "")
