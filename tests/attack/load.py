"""A class of 200 under load: threads that change places all the time, and no core left for them.

Threads that share what one of them still writes fail only now and then, so the class is graded 20
times: without a fault of the grader, and with the same grades each time.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.grading.record import Status
from tests.attack.hostile_class import graded
from tests.classes import honest_files
from tests.test_classroom import Source

RUNS, STUDENTS, JOBS = 20, 200, 3
OFTEN = 1e-6  # seconds after which a thread lets another one run


def main() -> None:
    print(f"a class of {STUDENTS} under load, {RUNS} times", flush=True)
    faults, differing = under_load(RUNS, STUDENTS)
    assert not faults, f"grader faults: {faults[:5]}"
    assert not differing, f"other grades than in the first run: {differing[:5]}"
    print("no grader fault, and the same grades each time", flush=True)


def under_load(runs: int, students: int) -> tuple[list[str], list[str]]:
    """Return which checks the grader failed at, and which grades were others later."""
    faults, differing = [], []
    first = None
    sources = [Source(f"student-{number:03}", files_of(number)) for number in range(students)]
    for run in range(runs):
        with tempfile.TemporaryDirectory() as folder, busy_cores(), often_switching():
            grades = graded(Path(folder), sources, JOBS)
        first = first or grades
        differing += [
            f"{one} in run {run}: {now.record} was {before.record}"
            for one, rows in grades.items()
            for before, now in zip(first[one], rows, strict=True)
            if now != before
        ]
        faults += [
            f"{one} in run {run}: {each.record.check}: {each.record.observed}"
            for one, rows in grades.items()
            for each in rows
            if each.record.status is Status.GRADER_FAULT
        ]
        print(f"run {run + 1} of {runs}: {len(faults)} faults", flush=True)
    return faults, differing


def files_of(number: int) -> dict[str, bytes]:
    """Return what a student hands in: every other one nothing, so that chapter follows chapter."""
    return honest_files(number // 2) if number % 2 else {}


@contextmanager
def busy_cores() -> Iterator[None]:
    """Keep every core busy with something else."""
    busy = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"])
        for _ in range(os.cpu_count() or 1)
    ]
    try:
        yield
    finally:
        for one in busy:
            one.kill()
            one.wait()


@contextmanager
def often_switching() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(OFTEN)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
