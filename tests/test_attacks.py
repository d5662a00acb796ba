"""A whole class with one who cheats: the row in the gradebook, and the neighbour's, untouched."""

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.chapters import CHECKS, SOLUTIONS, find_chapter
from autograder.classroom.gradebook import Gradebook
from autograder.classroom.intake.students import find_students
from autograder.classroom.run import grade_class
from autograder.classroom.station import GradingSettings
from autograder.grading.record import Status
from autograder.isolation.launchers import Launcher, launcher_for_strangers
from tests.classes import honest_files
from tests.test_classroom import Source

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the layers are there on Linux only"
)
SPACE = find_chapter("8")
SETTINGS = GradingSettings(seed=1, level="base", seconds=1, chapters=(SPACE,))
RIGHT = {SPACE.stem: (SOLUTIONS / f"{SPACE.stem}.py").read_bytes()}


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    with launcher_for_strangers() as one:
        one.prepare()
        yield one


def graded(
    folder: Path, sources: list[Source], launcher: Launcher, jobs: int = 1
) -> dict[str, dict[str, str]]:
    """Return the status of each check of each student, under its identity."""
    with Gradebook(folder) as book:
        for _ in grade_class(sources, book, SETTINGS, launcher, jobs):
            pass
        return {
            one.student: {
                grade.record.check: grade.record.status for grade in book.grades_of(one.student)
            }
            for one in sources
        }


# In the way of Python, of pytest and of the grader: none of it is a chapter.
BESIDE = {
    "conftest.py": "import os; os._exit(0)",
    "pytest.ini": "[pytest]\naddopts = --collect-only",
    "sitecustomize.py": "raise SystemExit(0)",
    "usercustomize.py": "raise SystemExit(0)",
    "torch.py": "raise SystemExit(0)",
    "path.pth": "import os; os._exit(0)",
    "results.json": '{"score": 100}',
    "gradebook.sqlite": "not a gradebook",
}


@pytest.mark.slow
def test_files_beside_a_submission_do_nothing_and_are_listed(
    launcher: Launcher, tmp_path: Path
) -> None:
    for student, wrong in (("ann", False), ("bob", True)):
        place = tmp_path / "class" / student
        place.mkdir(parents=True)
        for name, text in BESIDE.items():
            (place / name).write_text(text, encoding="utf-8")
        if not wrong:
            (place / f"{SPACE.stem}.py").write_bytes(RIGHT[SPACE.stem])
    sources = find_students(tmp_path / "class")
    found = graded(tmp_path / "report", sources, launcher)  # type: ignore[arg-type]  # other sources
    assert set(found["ann"].values()) == {Status.PASSED}
    assert set(found["bob"].values()) == {Status.NOT_STARTED}
    left_aside = {one.path for one in sources[0].read().left_aside}
    assert {Path(path).name for path in left_aside} == set(BESIDE)


# Each tries to leave something for the next one, who returns it if it is there.
LEAVE = """
import ctypes, os, socket
from multiprocessing import shared_memory
def leave(attempt):
    try: attempt()
    except BaseException: pass
for folder in ('/tmp', '/var/tmp', '/dev/shm', '/run', '.', os.path.expanduser('~')):
    leave(lambda: open(folder + '/left-by-a-classmate', 'w').write('x'))
leave(lambda: shared_memory.SharedMemory('left-by-a-classmate', True, 16))
leave(lambda: socket.socket(socket.AF_UNIX).bind(chr(0) + 'left-by-a-classmate'))
leave(lambda: ctypes.CDLL(None).shmget(4711, 16, 0o1666))
leave(lambda: ctypes.CDLL(None).semget(4711, 1, 0o1666))
leave(lambda: ctypes.CDLL(None).msgget(4711, 0o1666))
"""
# Anybody may write to these; the worker may not.
PLACES = ("/tmp", "/var/tmp", "/dev/shm", "/run", "/")  # noqa: S108  nothing is written there


@pytest.mark.slow
def test_a_submission_leaves_nothing_for_the_next(launcher: Launcher, tmp_path: Path) -> None:
    kinds = [Path(f"/proc/sysvipc/{kind}") for kind in ("shm", "sem", "msg")]
    before = [kind.read_text().count("\n") for kind in kinds]
    leaving = Source("leaving", {SPACE.stem: LEAVE.encode() + RIGHT[SPACE.stem]})
    found = graded(tmp_path, [leaving, Source("next", RIGHT)], launcher)
    assert set(found["next"].values()) == {Status.PASSED}
    assert not [place for place in PLACES if (Path(place) / "left-by-a-classmate").exists()]
    assert [kind.read_text().count("\n") for kind in kinds] == before


def require_nothing_earned(attack: bytes, folder: Path, launcher: Launcher) -> None:
    """Grade the attack beside a right submission: it earns nothing, and the other its points."""
    sources = [Source("attack", {SPACE.stem: attack}), Source("next", RIGHT)]
    found = graded(folder, sources, launcher)
    # Forbidden would mean that it was read and never run: then the attack was not tried.
    never = {Status.PASSED, Status.GRADER_FAULT, Status.FORBIDDEN}
    assert not set(found["attack"].values()) & never
    assert set(found["next"].values()) == {Status.PASSED}


# What is sent comes from the worker's own modules, which hostile code can rewrite at will. It still
# has to send arrays that are right for inputs that it was given.
FORGING = {
    "outcomes that say passed": """
import sys
worker = sys.modules["autograder.isolation.worker"]
pack = sys.modules["autograder.isolation.frames"].pack
worker._reply = lambda *_: pack({"status": "passed", "ending": "passed", "points": 100})
""",
    "outcomes without an error": """
import sys
worker = sys.modules["autograder.isolation.worker"]
pack = sys.modules["autograder.isolation.frames"].pack
outcomes = sys.modules["autograder.grading.outcome"]
Ending, Outcome = outcomes.Ending, outcomes.Outcome
worker._reply = lambda *_: pack(worker._as_dict(Outcome(Ending.RETURNED, value=True)))
""",
    "a probe that echoes": """
import sys
for name, module in list(sys.modules.items()):
    if name.startswith('autograder.grading.checks.ch08'):
        for check in module.CHECKS: object.__setattr__(check, 'probe', lambda chapter, **inputs: inputs)
""",
    "replies in advance": """
import sys
worker = sys.modules["autograder.isolation.worker"]
pack = sys.modules["autograder.isolation.frames"].pack
outcomes = sys.modules["autograder.grading.outcome"]
Ending, Outcome = outcomes.Ending, outcomes.Outcome
import gc
Channel = sys.modules["autograder.isolation.channel"].Channel
for one in gc.get_objects():
    if isinstance(one, Channel):
        for _ in range(3): one.send(pack(worker._as_dict(Outcome(Ending.RETURNED, value=(0, 0, 0)))))
""",
    "arrays where words belong": """
import sys
worker = sys.modules["autograder.isolation.worker"]
import numpy as np
pack = sys.modules["autograder.isolation.frames"].pack
worker._reply = lambda *_: pack([np.array([1.0, 2.0]), 0])
""",
    "a line beyond all numbers": """
import sys
worker = sys.modules["autograder.isolation.worker"]
pack = sys.modules["autograder.isolation.frames"].pack
found = {"pca": [["torch.pca_lowrank", float("inf"), "why"]]}
worker._plain = lambda survey: {"uses": {}, "findings": found}
worker._reply = lambda *_: pack({"uses": {}, "findings": found})
""",
    "no clock": """
import time
time.perf_counter = time.monotonic = time.process_time = lambda: 0.0
""",
    "another json": """
import json
json.dumps = lambda *all, **named: '["tuple", []]'
""",
}


@pytest.mark.parametrize("body", FORGING.values(), ids=FORGING.keys())
def test_a_forged_reply_earns_nothing(launcher: Launcher, tmp_path: Path, body: str) -> None:
    lazy = b"\ndef pca(x, num_components): return x, x, x\n"
    require_nothing_earned(body.encode() + lazy, tmp_path, launcher)


STRANGE = {
    "an endless generator": "return (x for _ in iter(int, 1))",
    "a number of a million digits": "return 10 ** 10**6",
    "lists in lists": "x = []\nfor _ in range(10**5): x = [x]\nreturn x",
    "an exception that cannot be worded": "class E(Exception):\n    def __str__(self): raise E\nraise E",
    "an exception that is never worded": "class E(Exception):\n    def __str__(self):\n        while True: pass\nraise E",
    "an exit of another kind": "class E(BaseException): pass\nraise E",
    "a mismatch of its own": "import sys\nraise sys.modules['autograder.grading.comparison'].Mismatch('', '')",
    "memory that runs out by hand": "raise MemoryError",
    "a hook that never ends": "import sys\ndef hook(*_):\n    while True: pass\nsys.settrace(hook)\nreturn x, x, x",
    "a lock that is held at exit": "import atexit, threading\nlock = threading.Lock(); lock.acquire()\natexit.register(lock.acquire)\nraise SystemExit(0)",
    "an alarm": "import signal\nsignal.setitimer(signal.ITIMER_REAL, 0.001)\nwhile True: pass",
    "more limits": "import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "its own modules gone": "import sys\nsys.modules.clear()\nreturn x, x, x",
    "an answer for what it wrote itself": "x.zero_()\nimport torch\nn = num_components\nreturn torch.zeros(len(x), n), torch.eye(x.shape[1])[:n], torch.zeros(n)",
}  # fmt: skip


@pytest.mark.parametrize("body", STRANGE.values(), ids=STRANGE.keys())
def test_a_strange_result_earns_nothing(launcher: Launcher, tmp_path: Path, body: str) -> None:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    strange = f"def pca(x, num_components):\n{lines}".encode()
    require_nothing_earned(strange, tmp_path, launcher)


READS = {
    "the grader's memory": "open(f'/proc/{os.getppid()}/mem', 'rb')",
    "the grader's environment": "open(f'/proc/{os.getppid()}/environ', 'rb').read(1)",
    "the grader's descriptors": "os.listdir(f'/proc/{os.getppid()}/fd')",
    "the gradebook": "open({gradebook!r}, 'rb')",
    "a classmate's folder": "os.listdir({classmate!r})",
    "the checks": "open({checks!r})",
}


@pytest.mark.parametrize("attempt", READS.values(), ids=READS.keys())
def test_what_is_not_the_learners_cannot_be_read(
    launcher: Launcher, tmp_path: Path, attempt: str
) -> None:
    """The code is right exactly where the reading fails, so a point says that it failed."""
    places = {
        "gradebook": str(tmp_path / "report" / "gradebook.sqlite"),
        "classmate": str(tmp_path),
        "checks": str(CHECKS / "ch08_embedding_space.py"),
    }
    assert Path(places["checks"]).is_file()
    attempt = attempt if "getppid" in attempt else attempt.format(**places)
    reading = f"import os\ntry: {attempt}\nexcept OSError: pass\nelse: raise SystemExit('read')\n"
    source = Source("reading", {SPACE.stem: reading.encode() + RIGHT[SPACE.stem]})
    found = graded(tmp_path / "report", [source], launcher)
    assert set(found["reading"].values()) == {Status.PASSED}


def test_a_worker_has_no_descriptor_but_its_channel(launcher: Launcher, tmp_path: Path) -> None:
    looking = """
import os
kinds = sorted(os.readlink(f'/proc/self/fd/{n}').split(':')[0] for n in os.listdir('/proc/self/fd')
               if os.path.lexists(f'/proc/self/fd/{n}'))
if [kind for kind in kinds if kind not in ('/dev/null', 'socket')] or kinds.count('socket') != 1:
    raise SystemExit(str(kinds))
"""
    source = Source("looking", {SPACE.stem: looking.encode() + RIGHT[SPACE.stem]})
    with Gradebook(tmp_path) as book:
        for _ in grade_class([source], book, SETTINGS, launcher, 1):
            pass
        seen = {grade.record.observed for grade in book.grades_of("looking")}
    # Where /proc cannot be read at all, even less is to be had.
    assert all(not text or "PermissionError" in text for text in seen), seen


def test_grades_depend_neither_on_the_order_nor_on_how_many_run_at_once(
    launcher: Launcher, tmp_path: Path
) -> None:
    sources = [Source(f"s{number}", honest_files(number)) for number in range(9)]
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    shuffled = random.Random(seed).sample(sources, len(sources))
    expected = graded(tmp_path / "one", sources, launcher, 1)
    assert graded(tmp_path / "three", shuffled, launcher, 3) == expected
    with Gradebook(tmp_path / "one") as one, Gradebook(tmp_path / "three") as three:
        assert one.content() == three.content()
