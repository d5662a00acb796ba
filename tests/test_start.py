"""The command line starts at once: nothing is loaded before a command needs it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from autograder.chapters import ROOT
from autograder.isolation.one_thread import ONE_THREAD
from tests.terminals import copy_of_course

SLOW = ("torch", "numpy", "sklearn", "matplotlib", "rich", "pytest")


def said_by(*arguments: str, folder: Path = ROOT) -> str:
    """Return what a fresh process prints, whatever its exit code is."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={name: text for name, text in os.environ.items() if name not in ONE_THREAD},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    ).stdout


def test_the_command_line_loads_nothing_slow_before_a_command_runs():
    listing = "import sys, autograder.command_line.cli; print(*sorted(sys.modules))"
    loaded = set(said_by("-c", listing).split())
    assert "autograder.command_line.cli" in loaded
    assert not loaded & set(SLOW)


@pytest.mark.slow
def test_the_grader_thinks_with_one_thread(tmp_path: Path):
    course = copy_of_course(tmp_path)
    with (course / "exercises" / "ch08_embedding_space.py").open("a", encoding="utf-8") as file:
        file.write('\nprint("threads:", torch.get_num_threads())\n')
    said = said_by("-m", "autograder", "check", "8", "--in-process", folder=course)
    assert "threads: 1\n" in said


def test_the_tests_think_with_one_thread():
    # The other cores are for the other tests; conftest.py says so before torch is loaded.
    assert torch.get_num_threads() == 1


@pytest.mark.slow
def test_threads_wait_asleep_unless_somebody_says_otherwise():
    asks = "import os; from autograder.command_line.cli import main\n"
    asks += "try: main()\nfinally: print('waits:', os.environ['OMP_WAIT_POLICY'])"
    assert "waits: PASSIVE\n" in said_by("-c", asks, "rubric")
    chosen = f"import os; os.environ['OMP_WAIT_POLICY'] = 'ACTIVE'\n{asks}"
    assert "waits: ACTIVE\n" in said_by("-c", chosen, "rubric")
