"""`triplet doctor`: say what works on this machine, by trying it."""

import importlib.metadata
import os
import platform
import re
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from exercises.given.data import load_images
from exercises.given.data.download import cache_folder
from exercises.given.errors import CourseError
from exercises.given.training.device import choose_device

from ..chapters import EXERCISE_CHAPTERS, EXERCISES, ROOT, find_chapter
from ..grading.checks import names_of
from ..grading.grade import Grader, Known
from ..grading.record import Status
from ..isolation.launchers import (
    Launcher,
    LaunchError,
    best_launcher,
    can_fork,
    launcher_for_strangers,
)
from ..isolation.level import Level, Result, attempt_acts, level_of
from ..isolation.workers import Workers
from .journal import PLACE

OLDEST_PYTHON = (3, 11, 5)
SECONDS = 1.0


@dataclass(frozen=True)
class CheckUp:
    """One thing that was tried: whether it is in order, what was found, and what would help."""

    is_fine: bool
    what: str
    remedy: str = ""


@dataclass(frozen=True)
class Act:
    """Something that a chapter may do wrong, and the status that must come of it."""

    what: str
    code: str
    status: Status


ACTS = (
    Act("a loop that never ends is stopped", "while True: pass", Status.TIMED_OUT),
    Act("an exit() in a chapter ends only its own check", "exit()", Status.CRASHED),
    Act("a crash in native code ends only its own check", "os.abort()", Status.CRASHED),
    Act("printing without end does no harm", "while True: print('x' * 1000)", Status.TIMED_OUT),
    Act("memory without end is refused", "bytearray(2**33)", Status.OUT_OF_MEMORY),
)


def examine() -> Iterator[CheckUp]:
    """Yield one finding after the other."""
    with best_launcher(forking=True, training=False) as launcher:
        yield from _versions()
        yield from _places()
        yield _data()
        yield CheckUp(True, f"training and embedding run on: {choose_device('auto').type}")
        yield CheckUp(True, f"each chapter is checked in a process that is {_way_of_starting()}")
        known = Known()
        # At once: an endless loop takes all the time that it is given.
        with ThreadPoolExecutor(len(ACTS)) as pool:
            yield from pool.map(lambda act: attempt(act, launcher, known), ACTS)


def examine_isolation() -> tuple[Level, list[Result]]:
    """Attempt what a class of untrusted submissions must not be able to do."""
    try:
        with launcher_for_strangers() as launcher:
            results = attempt_acts(launcher)
    except LaunchError as error:
        return Level.NONE, [Result("start a worker below the layers", "", False, str(error))]
    return level_of(results), results


def attempt(act: Act, launcher: Launcher, known: Known) -> CheckUp:
    """Let a chapter do it, and see whether the grader says what it should.

    known: see Grader; what is the same for several acts.
    """
    chapter = find_chapter("8")
    (name,) = names_of(chapter)
    with tempfile.TemporaryDirectory() as folder:
        source = f"import os\n\n\ndef {name}(x, num_components):\n    {act.code}\n"
        (Path(folder) / f"{chapter.stem}.py").write_text(source, encoding="utf-8")
        with Workers(launcher, Path(folder), SECONDS) as workers:
            record = Grader(workers, seed=0, known=known).grade_name(chapter, name)[0]
    if record.status is act.status:
        return CheckUp(True, act.what)
    return CheckUp(
        False, f"{act.what}: no, it {record.status}", "Your own checks work all the same."
    )


def _versions() -> Iterator[CheckUp]:
    found = platform.python_version()
    remedy = "Install Python 3.11.5 or newer, and run the README's install line again."
    yield CheckUp(sys.version_info >= OLDEST_PYTHON, f"Python {found}", remedy)
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    for package in ("torch", "numpy", "scikit-learn", "jupyter-book"):
        pin = re.search(rf"^{re.escape(package)}==(\S+)", pins, re.MULTILINE)
        wanted = pin[1] if pin else ""
        version = importlib.metadata.version(package)
        same = version.partition("+")[0] == wanted
        remedy = f"The course is tested with {wanted}. Run the README's install line again."
        yield CheckUp(same, f"{package} {version}", "" if same else remedy)


def _places() -> Iterator[CheckUp]:
    missing = [one.stub for one in EXERCISE_CHAPTERS if not (EXERCISES / f"{one.stem}.py").exists()]
    yield CheckUp(
        not missing,
        f"stubs missing: {', '.join(missing)}" if missing else "all stubs are there",
        "triplet reset writes one afresh: triplet reset 4",
    )
    for folder in (PLACE.parent, cache_folder()):
        nearest = next(one for one in (folder, *folder.parents) if one.exists())
        yield CheckUp(os.access(nearest, os.W_OK), f"can write to {folder}", "Free or unlock it.")


def _data() -> CheckUp:
    try:
        images = load_images()
    except CourseError as error:
        return CheckUp(
            False, str(error), "Take the course's files afresh: git restore exercises/given"
        )
    count = len(images.train_labels) + len(images.test_labels)
    return CheckUp(True, f"{images.source} is here: {count:,} images")


def _way_of_starting() -> str:
    return "forked (a few milliseconds)" if can_fork() else "spawned (a few seconds the first time)"
