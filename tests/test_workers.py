"""Learner code in real processes: whatever it does is a status, and nothing is left behind."""

import contextlib
import functools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.chapters import ROOT, SOLUTIONS, find_chapter
from autograder.grading.grade import Grader, grade_chapters
from autograder.grading.record import Record, Status
from autograder.isolation.launchers import Launcher, SpawnLauncher, best_launcher, can_fork
from autograder.isolation.workers import Workers
from tests.systems import not_on_windows, on_linux

SECONDS = 1.0


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    with best_launcher() as one:
        yield one


@pytest.fixture
def grade(launcher: Launcher, tmp_path: Path) -> Callable[..., list[Record]]:
    """Grade a chapter 8 whose pca consists of the given lines."""
    return functools.partial(grade_with, launcher, tmp_path)


def grade_with(launcher: Launcher, folder: Path, body: str, before: str = "") -> list[Record]:
    chapter = find_chapter("8")
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    source = f"import os, sys, time\nimport torch\n{before}\ndef pca(x, num_components):\n{lines}"
    (folder / f"{chapter.stem}.py").write_text(source, encoding="utf-8")
    with Workers(launcher, folder, SECONDS) as workers:
        return Grader(workers, seed=0).grade_name(chapter, "pca")


RIGHT = "_, s, v = torch.linalg.svd(x - x.mean(0), full_matrices=False)\nv = v[:num_components]\nreturn (x - x.mean(0)) @ v.T, v, (s.square() / s.square().sum())[:num_components]"

CASES = [
    ("while True: pass", Status.TIMED_OUT, "1 second"),
    ("time.sleep(60)", Status.TIMED_OUT, "1 second"),
    ("while True: print('x' * 1000)", Status.TIMED_OUT, "1 second"),
    ("sys.exit(0)", Status.CRASHED, "SystemExit"),
    ("os._exit(0)", Status.CRASHED, "exit code 0"),
    ("def deep(n): return deep(n + 1)\nreturn deep(0)", Status.CRASHED, "RecursionError"),
    ("input()", Status.CRASHED, "EOFError"),
    ("from solutions.ch08_embedding_space import pca as p\nreturn p(x, num_components)", Status.FORBIDDEN, "solutions"),
    ("raise KeyboardInterrupt", Status.CRASHED, ""),
    ("return object()", Status.WRONG, "an object"),
    ("return x, object(), x", Status.WRONG, "an object"),
    ("return torch.zeros(3, 2000, 2000), x, x", Status.WRONG, ""),
]  # fmt: skip
ON_UNIX = [
    ("os.closerange(3, 1000)\ntime.sleep(60)", Status.CRASHED, "closed its connection"),
    ("import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass", Status.TIMED_OUT, "1 second"),
    ("os.abort()", Status.CRASHED, "SIGABRT"),
    ("import ctypes; ctypes.string_at(0)", Status.CRASHED, "SIGSEGV"),
]  # fmt: skip
WITHOUT_MEMORY = [
    ("return bytearray(2**33)", Status.OUT_OF_MEMORY, "line 5"),
    ("return torch.zeros(2**33)", Status.OUT_OF_MEMORY, "line 5"),
]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        *CASES,
        *(pytest.param(*case, marks=not_on_windows) for case in ON_UNIX),
        *(pytest.param(*case, marks=on_linux) for case in WITHOUT_MEMORY),
    ],
)
def test_whatever_a_chapter_does_is_a_status(grade, body, status, said):
    records = grade(body)
    assert {record.status for record in records} == {status}
    assert said in records[0].observed


@pytest.mark.parametrize(
    "line",
    [
        "while True: pass",
        "os._exit(3)",
        "raise SystemExit",
        pytest.param("x = bytearray(2**33)", marks=on_linux),
    ],
)
def test_whatever_a_chapter_does_while_it_loads_is_a_status(grade, line):
    records = grade(RIGHT, before=line)
    assert not {record.status for record in records} & {Status.PASSED, Status.GRADER_FAULT}


def test_right_code_passes_in_a_worker(grade):
    assert {record.status for record in grade(RIGHT)} == {Status.PASSED}


def test_what_a_chapter_prints_is_shown_when_it_fails_and_cut_short(grade):
    records = grade("print('x is', tuple(x.shape))\nprint('y' * 2000)\nreturn x")
    assert records[0].printed.startswith("x is (6, 2)")
    assert len(records[0].printed) < 600


@on_linux
def test_a_process_that_a_chapter_started_ends_with_it(grade, tmp_path):
    pids = tmp_path / "pids"
    grade(f"pid = os.fork()\nif pid == 0:\n    time.sleep(600)\nopen({str(pids)!r}, 'a').write(str(pid) + ' ')\nreturn x")  # fmt: skip
    time.sleep(0.2)
    for pid in pids.read_text().split():
        assert not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text()


def test_the_solutions_get_full_marks_in_workers(launcher):
    with Workers(launcher, SOLUTIONS) as workers:
        records = grade_chapters(workers, seed=3)
    assert sum(record.earned for record in records) == 100


@pytest.mark.slow
def test_the_solutions_get_full_marks_in_spawned_workers():
    chapters = [find_chapter("4"), find_chapter("5")]
    with spawning() as launcher, Workers(launcher, SOLUTIONS) as workers:
        records = grade_chapters(workers, 3, chapters)
    assert {record.status for record in records} == {Status.PASSED}


@pytest.mark.slow
def test_a_runaway_is_stopped_in_a_spawned_worker_too(tmp_path):
    chapter = find_chapter("8")
    source = "def pca(x, num_components):\n    while True:\n        pass\n"
    (tmp_path / f"{chapter.stem}.py").write_text(source, encoding="utf-8")
    with spawning() as launcher, Workers(launcher, tmp_path, SECONDS) as workers:
        workers.launcher.prepare()
        records = Grader(workers, seed=0).grade_name(chapter, "pca")
    assert {record.status for record in records} == {Status.TIMED_OUT}


@pytest.mark.skipif(not can_fork(), reason="this system starts workers in another way")
def test_closing_leaves_no_process_behind(grade):
    before = children()
    grade("time.sleep(60)")
    assert children() <= before


@on_linux
def test_a_worker_holds_no_solution_and_no_seed(grade):
    # What a chapter can reach: every module that is loaded, and every object there is.
    body = (
        "import gc\nnames = [m for m in sys.modules if 'solution' in m or 'misconceptions' in m]\n"
    )
    body += "held = [type(o).__name__ for o in gc.get_objects() if type(o).__name__ in ('Grader', 'Misconception', 'Record')]\n"
    body += "print(sorted(names), held)\nreturn x"
    records = grade(body)
    assert records[0].printed.splitlines()[0] == "['solutions'] []"


@contextlib.contextmanager
def spawning() -> Iterator[SpawnLauncher]:
    launcher = SpawnLauncher()
    try:
        yield launcher
    finally:
        launcher.close()


def children() -> set[str]:
    """Return the process ids of this process's children."""
    own = str(os.getpid())
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[1] == own:
                found.add(entry.name)
    return found


@on_linux
def test_a_zygote_whose_parent_is_gone_before_it_begins_ends_at_once():
    nowhere, somebody_else = "999", "1"
    command = [sys.executable, "-m", "autograder.isolation.zygote", nowhere, "bare", somebody_else]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
