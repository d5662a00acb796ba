"""Work in a second process: it is waited for, its failure is told, and it never outlives its block."""

import os
import time
from multiprocessing import active_children
from pathlib import Path

import pytest
import torch

from autograder.publishing.beside import beside
from exercises.given.errors import CourseError


def write_process(path: Path) -> None:
    path.write_text(f"{os.getpid()} {torch.get_num_threads()}", encoding="utf-8")


def print_and_fail() -> None:
    print("half way", flush=True)
    raise ValueError("the disk is on fire")


def write_and_sleep(path: Path) -> None:
    write_process(path)
    time.sleep(60)


@pytest.mark.slow
def test_the_work_is_done_in_another_process_and_with_one_thread(tmp_path: Path):
    with beside("Some work", write_process, tmp_path / "done") as wait:
        wait()
        process, threads = (tmp_path / "done").read_text(encoding="utf-8").split()
    assert process != str(os.getpid())
    assert threads == "1"


@pytest.mark.slow
def test_a_failure_is_told_with_all_that_was_printed(capfd: pytest.CaptureFixture):
    with (
        pytest.raises(CourseError, match=r"(?s)Some work: it failed.*half way.*disk is on fire"),
        beside("Some work", print_and_fail) as wait,
    ):
        wait()
    # In a terminal, it would be written over what this process shows there.
    assert "half way" not in "".join(capfd.readouterr())


def test_the_work_ends_with_its_block(tmp_path: Path):
    started = tmp_path / "started"
    with pytest.raises(KeyboardInterrupt), beside("Some work", write_and_sleep, started):
        while not started.exists() or not started.read_text(encoding="utf-8"):
            time.sleep(0.05)
        raise KeyboardInterrupt
    assert not active_children()
