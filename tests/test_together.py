"""All chapters of a submission in one worker: none harms the next, and honest ones need no other."""

import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch

from autograder.chapters import SOLUTIONS, find_chapter
from autograder.classroom.gradebook import Grade
from autograder.classroom.station import GradingSettings, Station
from autograder.classroom.submission import Submission
from autograder.grading.record import Status
from autograder.isolation.launchers import LayeredLauncher, Worker
from autograder.isolation.left_behind import changes, traces
from tests.attack.load import under_load
from tests.systems import on_linux

FIRST, *REST = (find_chapter(number) for number in "458")
CHAPTERS = GradingSettings(seed=3, level="base", seconds=5, chapters=(FIRST, *REST))
RIGHT = {one.stem: (SOLUTIONS / f"{one.stem}.py").read_bytes() for one in (FIRST, *REST)}
# What the first chapter does as it is loaded; some of it can be read in any forum.
HARMS = {
    "another default dtype": "torch.set_default_dtype(torch.float64)",
    "no gradients": "torch.set_grad_enabled(False)",
    "errors for NumPy's warnings": "import numpy; numpy.seterr(all='raise')",
    "errors for all warnings": "import warnings; warnings.simplefilter('error')",
    "a function of torch": "torch.cdist = torch.where = torch.Tensor.sum = None",
    "a method of tensors": "torch.Tensor.clamp = lambda *_, **__: 1 / 0",
    "a built-in function": "import builtins; builtins.range = builtins.len = None",
    "a module": "import sys; sys.modules['torch'] = sys.modules['numpy'] = None",
    "little recursion": "import sys; sys.setrecursionlimit(60)",
    "a mode of torch": "torch.utils._device.DeviceContext(torch.device('meta')).__enter__()",
    "a default device": "torch.set_default_device('meta')",
    "a hook": "torch.nn.modules.module.register_module_forward_hook(lambda *_: 1 / 0)",
    "a thread": "import threading; threading.Thread(target=lambda: exec('while True: pass')).start()",
    "memory": "kept = [torch.ones(2**26) for _ in range(6)]",
    "a timer": "import signal; signal.setitimer(signal.ITIMER_REAL, 0.2)",
    # These are not on the list: the next chapter fails, and is asked once more.
    "a limit of memory": "import resource; resource.setrlimit(resource.RLIMIT_AS, (2**20, 2**20))",
    "a limit of time": "import resource, time; now = int(time.process_time())\n"
    "resource.setrlimit(resource.RLIMIT_CPU, (now + 1, now + 1))\n"
    "while time.process_time() < now + 0.9: pass",
}
# The others run with the slow tests.
QUICK = ("another default dtype", "a function of torch", "a module", "a default device")


class Counting(LayeredLauncher):
    """A launcher that counts its workers."""

    def __init__(self) -> None:
        super().__init__()
        self.started = 0

    def start(self) -> Worker:
        self.started += 1
        return super().start()


Grades = Callable[[dict[str, bytes]], list[Grade]]


@pytest.fixture(scope="module")
def launcher() -> Iterator[Counting]:
    launcher = Counting()
    launcher.prepare()
    yield launcher
    launcher.close()


@pytest.fixture(scope="module")
def station(launcher: Counting) -> Station:
    return Station(CHAPTERS, launcher)


def statuses(grades: list[Grade], *chapters: str) -> set[Status]:
    return {one.record.status for one in grades if one.record.stem in chapters}


@pytest.mark.slow
@on_linux
def test_a_submission_that_changes_nothing_has_one_worker(station: Station, launcher: Counting):
    before = launcher.started
    grades = station.grade(Submission("ada", "Ada", RIGHT), [])
    assert statuses(grades, *RIGHT) == {Status.PASSED}
    assert launcher.started == before + 1


@on_linux
@pytest.mark.parametrize(
    "harm", [one if one in QUICK else pytest.param(one, marks=pytest.mark.slow) for one in HARMS]
)
def test_what_a_chapter_changes_harms_no_other(station: Station, harm: str):
    text = RIGHT[FIRST.stem] + f"\nimport torch\n{HARMS[harm]}\n".encode()
    grades = station.grade(Submission("eve", "Eve", {**RIGHT, FIRST.stem: text}), [])
    # Chapter 5 loads chapter 4 itself, wherever it runs; chapter 8 does not.
    assert statuses(grades, REST[-1].stem) == {Status.PASSED}


def test_traces_that_are_taken_twice_are_the_same():
    assert changes(traces(), traces()) == []


DIFFERENT: dict[str, Callable[[pytest.MonkeyPatch], object]] = {
    "what is in torch": lambda patch: patch.setattr(torch, "cdist", None),
    "what is in numpy.random": lambda patch: patch.delattr(np.random, "shuffle"),
    "the names of Tensor": lambda patch: patch.setattr(torch.Tensor, "clamp", max),
    "what is in sys.modules": lambda patch: patch.delitem(sys.modules, "math"),
    "sys.path": lambda patch: patch.syspath_prepend("elsewhere"),
    "the environment": lambda patch: patch.setenv("OMP_NUM_THREADS", "7"),
    "the working folder": lambda patch: patch.chdir("/"),
}


@pytest.mark.parametrize("what", DIFFERENT)
def test_what_is_different_is_named(what: str):
    before = traces()
    with pytest.MonkeyPatch.context() as patch:
        DIFFERENT[what](patch)
        found = changes(before, traces())
    assert found == [what]
    assert changes(before, traces()) == []


def test_a_new_name_in_a_module_replaces_nothing(monkeypatch: pytest.MonkeyPatch):
    before = traces()
    monkeypatch.setattr(torch, "mine", 1, raising=False)
    monkeypatch.setitem(sys.modules, "mine", torch)
    assert changes(before, traces()) == []


@on_linux
@pytest.mark.slow
def test_threads_that_share_a_station_fail_at_nothing_under_load():
    assert under_load(runs=2, students=16) == ([], [])
