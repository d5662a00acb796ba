"""Kill -9 `triplet grade` while it runs real code: it goes on, and nothing is left running."""

import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder.chapters import ROOT
from autograder.classroom.gradebook import open_gradebook
from tests.attack.leftovers import descendants
from tests.classes import write_class

STUDENTS = 12
KILLS = 12
SECONDS_TO_END = 5.0


def main(kills: int = KILLS) -> None:
    seed = secrets.randbelow(10**6)
    instants = random.Random(seed)
    print(f"kill -9 of triplet grade, {kills} times, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        write_class(place / "class", STUDENTS)
        began = time.perf_counter()
        _start(place, "undisturbed").wait()
        seconds = time.perf_counter() - began
        expected = _content(place / "undisturbed")
        done = 0
        while done < kills:
            report = f"report-{done}"
            while _is_killed(_start(place, report), instants.uniform(0, seconds)):
                done += 1
            assert _content(place / report) == expected, f"seed {seed}: another gradebook"
    print(f"{done} kills: gradebooks equal to the undisturbed one, 0 processes left", flush=True)


def _start(place: Path, report: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "autograder", "grade", place / "class", "--seed", "5"]
    command += ["--out", place / report]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)


def _is_killed(process: subprocess.Popen[bytes], after: float) -> bool:
    """Kill a run unless it ends before; return whether it was killed, and left nothing running."""
    try:
        assert process.wait(after) == 0
        return False
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGSTOP)  # so that it starts nothing more while we look
        started = descendants(process.pid)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        _require_all_ended(started)
        return True


def _require_all_ended(started: set[int]) -> None:
    deadline = time.monotonic() + SECONDS_TO_END
    while left := {pid for pid in started if Path(f"/proc/{pid}").exists()}:
        assert time.monotonic() < deadline, f"still there: {left}"
        time.sleep(0.05)


def _content(report: Path) -> str:
    with open_gradebook(report) as gradebook:
        assert gradebook.damaged == []
        return gradebook.content()
