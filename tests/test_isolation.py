"""Code that nobody trusts, in real workers below all layers: what it attempts does not work."""

import os
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.chapters import SOLUTIONS, find_chapter
from autograder.grading.grade import Grader, grade_chapters
from autograder.grading.record import Record, Status
from autograder.isolation import landlock
from autograder.isolation.launchers import Launcher, LayeredLauncher, launcher_for_strangers
from autograder.isolation.level import Level, Result, attempt_acts, level_of
from autograder.isolation.seccomp import Filter
from autograder.isolation.workers import Workers

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="Landlock and seccomp are there on Linux only"
)
SECONDS = 1.0
CHAPTER = find_chapter("8")
RIGHT = (SOLUTIONS / f"{CHAPTER.stem}.py").read_bytes()


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    with launcher_for_strangers() as one:
        one.prepare()
        yield one


@pytest.fixture(scope="module")
def results(launcher: Launcher) -> dict[str, Result]:
    return {one.name: one for one in attempt_acts(launcher)}


@pytest.fixture(scope="module")
def contained() -> None:
    """Skip where the system lacks a layer; asked of the system, so that a broken layer fails."""
    try:
        Filter()
    except (ImportError, OSError, RuntimeError) as error:
        pytest.skip(f"no seccomp here: {error}")
    if not landlock.version():
        pytest.skip("no Landlock in this kernel")


def grade(launcher: Launcher, body: str, before: str = "") -> list[Record]:
    """Grade a chapter 8 whose pca consists of the given lines."""
    source = f"{before}\ndef pca(x, num_components):\n{textwrap.indent(body, '    ')}\n"
    return grade_source(launcher, source.encode())


def grade_source(launcher: Launcher, source: bytes) -> list[Record]:
    with Workers(launcher, {CHAPTER.stem: source}, SECONDS) as workers:
        return Grader(workers, seed=0).grade_name(CHAPTER, "pca")


def children_of(pid: int) -> set[int]:
    return {int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def test_every_forbidden_act_is_stopped(contained: None, results: dict[str, Result]) -> None:
    assert [one.name for one in results.values() if not one.is_stopped] == []


def test_one_act_that_can_be_done_is_below_the_base_level() -> None:
    stopped = Result("fork", "", True, "")
    memory = Result("take 8 GiB of memory", "", False, "it was done")
    assert level_of([stopped]) is Level.BASE
    assert level_of([stopped, Result("fork", "", False, "")]) is Level.LIMITS
    assert level_of([stopped, memory]) is Level.NONE


def test_the_reference_passes_below_all_layers(launcher: Launcher) -> None:
    files = {path.stem: path.read_bytes() for path in SOLUTIONS.glob("ch*.py")}
    with Workers(launcher, files) as workers:
        records = grade_chapters(workers, seed=0)
    assert {record.status for record in records} == {Status.PASSED}


@pytest.mark.parametrize(
    "before",
    [
        "import asyncio\nasyncio.run(asyncio.sleep(0))",
        "import threading\nthreading.Thread(target=print).start()",
        "import matplotlib.pyplot",
        "import scipy.special",
        "import locale, zoneinfo, decimal, sqlite3",
    ],
)
def test_honest_imports_work_below_all_layers(launcher: Launcher, before: str) -> None:
    with Workers(launcher, {CHAPTER.stem: before.encode() + b"\n" + RIGHT}, 20) as workers:
        records = Grader(workers, seed=0).grade_name(CHAPTER, "pca")
    assert [record.observed for record in records if record.status is not Status.PASSED] == []


def test_a_byte_order_mark_is_fine(launcher: Launcher) -> None:
    records = grade_source(launcher, b"\xef\xbb\xbf" + RIGHT)
    assert {record.status for record in records} == {Status.PASSED}


ATTACKS = {
    "exits with success": "import sys; sys.exit(0)",
    "ends its process": "import os; os._exit(0)",
    "aborts": "import os; os.abort()",
    "reads a null pointer": "import ctypes; ctypes.string_at(0)",
    "recurses in C": "x = []\nfor _ in range(10**6): x = [x]\nreturn repr(x)",
    "forks a bomb": "import os\nwhile True: os.fork()",
    "starts a program": "import subprocess; subprocess.run(['true'])",
    "becomes a daemon": "import os\nif os.fork() == 0: os.setsid()",
    "ends its parent": "import os; os.kill(os.getppid(), 9)",
    "ends everything": "import os; os.kill(-1, 9)",
    "takes an array of 8 GiB": "return bytearray(2**33)",
    "takes a tensor of 8 GiB": "import torch; return torch.zeros(2**33)",
    "grows slowly": "x = []\nwhile True: x.append(bytearray(2**20))",
    "never ends": "while True: pass",
    "sleeps": "import time; time.sleep(60)",
    "never ends a thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\nreturn 0",
    "prints without end": "while True: print('x' * 1000)",
    "opens the solution": f"return open({str(SOLUTIONS / 'ch08_embedding_space.py')!r}).read()",
    "imports the solution": "import importlib; return importlib.import_module('solutions.ch08_embedding_space').pca(x, num_components)",
    "walks the frames": "import sys\nframe = sys._getframe()\nwhile frame:\n    if 'expected' in frame.f_locals: return frame.f_locals['expected'].value\n    frame = frame.f_back\nreturn 0",
    "searches all objects": "import gc\nfor one in gc.get_objects():\n    if type(one).__name__ == 'Known': return one.prepared\nreturn 0",
    "writes a results file": "open('results.json', 'w').write('{\"score\": 100}'); return 0",
    "leaves a message": "open('/tmp/message', 'w').write('x'); return 0",
    "connects": "import socket; socket.create_connection(('127.0.0.1', 9)); return 0",
    "returns zeros": "import torch; return torch.zeros(len(x), num_components), torch.zeros(num_components, x.shape[1]), torch.zeros(num_components)",
    "returns NaN": "import torch; n = float('nan'); return torch.full((len(x), num_components), n), torch.full((num_components, x.shape[1]), n), torch.full((num_components,), n)",
    "returns its input": "return x, x, x",
    "returns random numbers": "import torch; return torch.rand(len(x), num_components), torch.rand(num_components, x.shape[1]), torch.rand(num_components)",
    "returns what equals everything": "import torch\nclass Equal(torch.Tensor):\n    def __eq__(self, other): return True\nreturn (torch.zeros(2).as_subclass(Equal),) * 3",
    "patches the comparison": "import numpy, torch\ntorch.allclose = numpy.allclose = lambda *a, **k: True\ntorch.Tensor.__eq__ = lambda *a: True\nreturn x, x, x",
    "patches the judge": "import sys\nfor name, module in list(sys.modules.items()):\n    if name.startswith('autograder'):\n        for key in list(vars(module)):\n            if key in ('compare', 'equal', 'judge'): setattr(module, key, lambda *a, **k: True)\nreturn x, x, x",
    "writes a pickle to the grader": "import os, pickle\nfor n in range(3, 20):\n    try: os.write(n, pickle.dumps({'status': 'passed'}))\n    except OSError: pass\nreturn 0",
    "writes a forged frame": "import os\nfor n in range(3, 20):\n    try: os.write(n, b'TRF1' + b'\\xff' * 60)\n    except OSError: pass\nreturn 0",
    "writes a frame without end": "import os\nwhile True:\n    for n in range(3, 8):\n        try: os.write(n, b'\\x7f' * 2**16)\n        except OSError: pass",
    "closes every descriptor": "import os, time; os.closerange(0, 1000); time.sleep(60)",
}


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_an_attack_gains_no_point_and_harms_no_neighbour(
    contained: None, launcher: Launcher, attack: str
) -> None:
    before = children_of(os.getpid())
    records = grade(launcher, ATTACKS[attack])
    assert sum(record.earned for record in records) == 0
    assert {record.status for record in records} & {Status.PASSED, Status.GRADER_FAULT} == set()
    neighbour = grade_source(launcher, RIGHT)
    assert {record.status for record in neighbour} == {Status.PASSED}
    assert children_of(os.getpid()) == before
    assert not Path("/tmp/message").exists()  # noqa: S108  what the attack tries to leave


@pytest.mark.parametrize(
    "before",
    [
        "while True: pass",
        "import os; os._exit(0)",
        "import sys; sys.exit(0)",
        "import atexit, time; atexit.register(time.sleep, 60); raise SystemExit",
        "def pca(: pass",
        "\0",
    ],
)
def test_an_attack_while_the_file_is_imported_gains_no_point(
    contained: None, launcher: Launcher, before: str
) -> None:
    records = grade(launcher, "return 0", before)
    assert sum(record.earned for record in records) == 0
    assert Status.GRADER_FAULT not in {record.status for record in records}


@pytest.mark.slow
def test_nothing_is_left_of_a_class_of_attacks() -> None:
    descriptors = set(os.listdir("/proc/self/fd"))  # noqa: PTH208  a Path would open one more
    before = children_of(os.getpid())
    with launcher_for_strangers() as launcher:
        assert isinstance(launcher, LayeredLauncher)
        for attack in ("forks a bomb", "becomes a daemon", "ends its process"):
            grade(launcher, ATTACKS[attack])
    assert children_of(os.getpid()) == before
    deadline = time.monotonic() + 5
    while set(os.listdir("/proc/self/fd")) != descriptors and time.monotonic() < deadline:  # noqa: PTH208  the same
        time.sleep(0.05)
    assert set(os.listdir("/proc/self/fd")) == descriptors  # noqa: PTH208  the same
