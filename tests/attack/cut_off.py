"""A large class on a cluster: the grader is killed once, and a worker's network cut in mid-run.

Scheduler and grader share a network namespace, and each of two workers has one of its own, so that
a cable can be pulled: the worker lives on, and nobody hears of it. Needs root, `ip` and the extra
`cluster`. One chapter is graded, of a simulated class.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.chapters import ROOT
from autograder.classroom.gradebook import Gradebook

STUDENTS, FEWER, CHAPTER, SEED = 20_000, 2_000, "8", "3"
MORE_MEMORY = 1.1  # times what a class of a tenth needs
HUB, WORKERS = "course-hub", ("course-w1", "course-w2")
ADDRESS = "10.77.0.1"
SCHEDULER = f"tcp://{ADDRESS}:8786"
# A worker that nobody has heard of for so long is given up; five minutes, unless somebody says so.
PATIENCE = {"DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "20 seconds"}
QUIET = {"DASK_LOGGING__DISTRIBUTED": "error", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}


def main() -> None:
    fewer, all_of_them = cut_off(FEWER), cut_off(STUDENTS)
    print(f"peak memory: {all_of_them / fewer:.2f} times that of {FEWER} students", flush=True)
    assert all_of_them <= MORE_MEMORY * fewer, "the memory grows with the class"


def cut_off(students: int) -> float:
    """Grade a class undisturbed and on the cluster, and compare. Raises AssertionError.

    Returns the peak of the grader's memory in MB, on the cluster.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        triplet("simulate", folder / "class", "--students", students, "--chapters", CHAPTER)
        print(f"{students} students, chapter {CHAPTER}", flush=True)
        began = time.monotonic()
        peak = graded(folder, "here")
        print(f"undisturbed: {time.monotonic() - began:.0f} s, peak {peak:.0f} MB", flush=True)
        began = time.monotonic()
        with namespaces(), cluster(folder):
            there = ["--cluster", SCHEDULER]
            graded(folder, "there", *there, until=students // 6, then=kill)
            peak = graded(folder, "there", *there, until=students // 6, then=pull_the_cable)
        print(f"disturbed: {time.monotonic() - began:.0f} s, peak {peak:.0f} MB", flush=True)
        assert content(folder / "there") == content(folder / "here"), "other grades"
        print("all grades are those of the undisturbed run", flush=True)
    return peak


def triplet(*words: object) -> None:
    command = [sys.executable, "-m", "autograder", *map(str, words)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def graded(folder: Path, out: str, *options: str, until: int = -1, then: object = None) -> float:
    """Grade the class, and return the peak of the grader's memory in MB.

    then: what happens once so many students are done, given the process.
    """
    where = ["ip", "netns", "exec", HUB] if options else []
    command = [sys.executable, "-m", "autograder", "grade", folder / "class" / "submissions"]
    choice = ["--seed", SEED, "--chapter", CHAPTER, "--out", folder / out, "--yes", *options]
    process = subprocess.Popen(
        [*where, *map(str, [*command, *choice])],
        cwd=ROOT,
        env={**os.environ, **QUIET},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    done = 0
    for line in process.stdout:
        done += line.startswith("[")
        if done == until and callable(then):
            then(process)
            until = -1
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in (0, -signal.SIGKILL), process.returncode
    return usage.ru_maxrss / 1024


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()


def pull_the_cable(_: subprocess.Popen[str]) -> None:
    ip("-n", HUB, "link", "set", f"to-{WORKERS[0]}", "down")
    print("one worker is cut off", flush=True)


@contextmanager
def namespaces() -> Iterator[None]:
    """Connect two workers' namespaces to a hub; nothing outside them is touched."""
    try:
        for name in (HUB, *WORKERS):
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        ip("-n", HUB, "link", "add", "bridge", "type", "bridge")
        ip("-n", HUB, "addr", "add", f"{ADDRESS}/24", "dev", "bridge")
        ip("-n", HUB, "link", "set", "bridge", "up")
        for number, name in enumerate(WORKERS, 2):
            end = f"to-{name}"
            pair = ("type", "veth", "peer", "name", "eth0", "netns", name)
            ip("-n", HUB, "link", "add", end, *pair)
            ip("-n", HUB, "link", "set", end, "master", "bridge", "up")
            ip("-n", name, "addr", "add", f"10.77.0.{number}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
        yield
    finally:
        for name in (HUB, *WORKERS):
            subprocess.run(["ip", "netns", "delete", name], check=False)


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


@contextmanager
def cluster(folder: Path) -> Iterator[None]:
    """Start a scheduler and two workers, each in its namespace; end them all."""
    cluster_folder = folder / "cluster"
    cluster_folder.mkdir()
    commands = [(HUB, ["dask_scheduler", "--host", ADDRESS, "--no-dashboard"])]
    options = ["--nthreads", "1", "--no-nanny", "--no-dashboard"]
    commands += [(name, ["dask_worker", SCHEDULER, *options]) for name in WORKERS]
    processes = []
    try:
        for name, (module, *arguments) in commands:
            where = ["ip", "netns", "exec", name]
            processes.append(
                subprocess.Popen(
                    [*where, sys.executable, "-m", f"distributed.cli.{module}", *arguments],
                    cwd=cluster_folder,
                    env={**os.environ, **QUIET, **PATIENCE},
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
            time.sleep(5)
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def content(report: Path) -> str:
    with Gradebook(report) as gradebook:
        return gradebook.content()
