"""How fast, in how much memory, and against whom a class is graded."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from autograder.chapters import ROOT
from tests.benchmarks import nbgrader_class
from tests.classes import write_class

LOSS_STUDENTS = 60  # enough that starting does not count
WARM_STUDENTS = 100


def speed() -> None:
    """Grade 200: the rate, and what share of the processor went elsewhere than it had to."""
    floor = _seconds_of_import()
    found = graded(200)
    rate = found["students"] / found["seconds"]
    needed = found["code"] + found["comparison"]
    outside = 1 - needed / found["processor"]
    print(
        f"200 submissions, all checks, {os.cpu_count()} cores: {found['seconds']:.1f} s with start "
        f"(import torch took {floor:.2f} s)"
    )
    _line("submissions a second", rate, 5, rate >= 5)
    _line("share outside learner code and comparison", outside, 1 / 3, outside <= 1 / 3)


def processor() -> None:
    """Grade a class, and the same checks in one warm process: what containing them costs."""
    few, many = graded(10), graded(10 + WARM_STUDENTS)
    ours = (many["processor"] - few["processor"]) / WARM_STUDENTS
    command = [sys.executable, "-m", "tests.benchmarks.warm_class", str(WARM_STUDENTS)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    warm = json.loads(done.stdout)["processor"]
    print(f"processor time of a submission: {1000 * ours:.0f} ms, in one process {1000 * warm:.0f}")
    _line("times the checks alone", ours / warm, 2.5, ours / warm <= 2.5)


def memory() -> None:
    """Grade 200 and 2,000: the grader's peak stays where it is."""
    small, large = graded(200), graded(2_000)
    for name in ("peak", "zygote_peak"):
        growth = large[name] / small[name] - 1
        print(f"{name}: {small[name]:.0f} MiB for 200, {large[name]:.0f} MiB for 2,000")
        _line(f"growth of the {name}", growth, 0.1, growth <= 0.1)


def against_nbgrader() -> None:
    """Grade the loss with nbgrader and with ours, each once it is running."""
    theirs = nbgrader_class.submissions_a_minute()
    few = graded(2, "--chapter", "4")["seconds"]
    many = graded(2 + LOSS_STUDENTS, "--chapter", "4")["seconds"]
    ours = 60 * LOSS_STUDENTS / (many - few)
    print(f"the loss alone: nbgrader {theirs:.1f} submissions a minute, ours {ours:.0f}")
    _line("times nbgrader", ours / theirs, 50, ours / theirs >= 50)


def graded(students: int, *options: str) -> dict[str, Any]:
    """Grade a class in a process of its own, and return what one_class.py found."""
    with tempfile.TemporaryDirectory() as folder:
        place = write_class(Path(folder) / "class", students)
        command = [sys.executable, "-m", "tests.benchmarks.one_class", place, f"{folder}/report"]
        done = subprocess.run(
            [*command, *options], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
        )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _seconds_of_import() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import torch"], check=True)
    return time.perf_counter() - began


def _line(what: str, value: float, bar: float, is_met: bool) -> None:
    verdict = "ok" if is_met else "MISSES THE BAR"
    print(f"{what:<58} {value:6.2f}     (bar {bar:.2f})  {verdict}", flush=True)
