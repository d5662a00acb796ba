"""What a grade is made from: found in the imports, and compared with what a grading really loads."""

import gc
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autograder.chapters import EXERCISE_CHAPTERS, ROOT
from autograder.classroom.versions import chapter_files, common_files
from autograder.imports import imported_files, with_imports
from tests.classes import WAYS

LOADED = """
import json, sys
from pathlib import Path
from autograder.chapters import EXERCISE_CHAPTERS, ROOT
from autograder.grading.misconceptions import exercises_of
from autograder.grading.grade import grade_chapters
from autograder.isolation.callers import caller_for
before = set(sys.modules)
with caller_for(Path(sys.argv[1])) as caller:
    grade_chapters(caller, 0)
for chapter in EXERCISE_CHAPTERS:
    exercises_of(chapter)  # they are loaded where something is wrong
files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
print(json.dumps(sorted(file for file in files if file and file.startswith(str(ROOT)))))
"""
# What is loaded on the way there.
HARMLESS = {
    f"{folder}/__init__.py"
    for folder in ("autograder", "exercises", "exercises/given", "solutions")
}


def names(files) -> set[str]:
    return {Path(file).relative_to(ROOT).as_posix() for file in files}


DECIDING = names(common_files()) | names(
    file for chapter in EXERCISE_CHAPTERS for file in chapter_files(chapter.stem)
)


@pytest.mark.slow
def test_all_that_a_grading_loads_counts():
    command = [sys.executable, "-c", LOADED, str(WAYS[1])]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    loaded = names(json.loads(said.splitlines()[-1]))
    ours = {name for name in loaded if not name.startswith((".venv", "tests/accepted"))}
    assert len(ours) > 30
    assert ours - DECIDING == HARMLESS


def test_what_only_shows_or_trains_does_not_count():
    assert not {name for name in DECIDING if "/drawing/" in name or "/learner/" in name}
    assert "exercises/given/toy.py" in DECIDING


@pytest.mark.parametrize("folder", ["autograder/grading", "autograder/isolation"])
def test_every_module_of_the_deciding_rooms_counts(folder: str):
    lying_there = names((ROOT / folder).rglob("*.py"))
    assert lying_there - DECIDING == {
        name for name in lying_there if name == "autograder/grading/checks/conftest.py"
    }


def test_a_chapter_counts_with_the_solutions_that_it_builds_on():
    assert "solutions/ch04_triplet_loss.py" in names(chapter_files("ch05_triplet_mining"))
    assert "solutions/ch04_triplet_loss.py" not in names(common_files())


def test_imports_are_followed_into_functions_and_stop_at_what_is_left_out():
    entry = ROOT / "autograder/__main__.py"
    cli = ROOT / "autograder/command_line/cli.py"
    assert cli in imported_files(entry)
    assert ROOT / "autograder/classroom/whole_class.py" in with_imports([entry])  # in a function
    assert with_imports([entry], without=[cli]) == [entry]


@pytest.mark.slow
def test_threads_may_ask_at_once():
    """A class is graded by several threads, and each asks what its grades are made from."""

    def let_another_thread_go_on(*_: object) -> None:
        time.sleep(1e-5)

    # Where a garbage collection in mid-parse lets another thread parse, Python 3.11 fails.
    before = gc.get_threshold()
    gc.callbacks.append(let_another_thread_go_on)
    gc.set_threshold(100)
    try:
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(imported_files, common_files() * 10))
    finally:
        gc.callbacks.remove(let_another_thread_go_on)
        gc.set_threshold(*before)
    assert found == [imported_files(path) for path in common_files()] * 10
