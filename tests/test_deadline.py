"""A check's seconds are its own: what else the machine has to do is not counted."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from autograder.chapters import SOLUTIONS, find_chapter
from autograder.isolation.channel import channel_pair
from autograder.isolation.deadline import MOST_WAITED, Deadline, seconds_without_core
from autograder.isolation.launchers import launcher_for_strangers
from autograder.isolation.workers import Workers
from tests.systems import on_linux

CHAPTER = find_chapter("8")
RIGHT = (SOLUTIONS / f"{CHAPTER.stem}.py").read_text()
COMPUTES = "import time\nuntil = time.thread_time() + 0.5\nwhile time.thread_time() < until: pass\n"


def test_waiting_for_a_core_moves_a_deadline_and_is_not_spent():
    waited = 0.0
    deadline = Deadline(0.05, lambda: waited)
    time.sleep(0.1)
    waited = 0.09
    assert 0 < deadline.left() <= 0.04
    assert deadline.spent() < 0.1
    waited = 0.0
    with pytest.raises(TimeoutError):
        deadline.left()


def test_a_process_cannot_move_its_deadline_for_ever():
    waited = iter([0.0, 1e9, 1e9])
    deadline = Deadline(0.001, lambda: next(waited))
    time.sleep(0.001 * (MOST_WAITED + 2))
    with pytest.raises(TimeoutError):
        deadline.left()


def test_a_message_that_comes_byte_by_byte_gains_no_time():
    ours, theirs = channel_pair()

    def drip() -> None:
        with contextlib.suppress(OSError):
            for _ in range(200):
                theirs.end.sendall(b"\1")
                time.sleep(0.01)

    sender = threading.Thread(target=drip)
    sender.start()
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        ours.receive(2**62, Deadline(0.3))
    took = time.monotonic() - began
    ours.close()
    theirs.close()
    sender.join()
    assert 0.25 < took < 1.5


def test_of_a_process_that_is_gone_nothing_is_known():
    assert seconds_without_core(2**22 + 1) == 0.0


@contextlib.contextmanager
def busy_cores() -> Iterator[None]:
    """Keep every core busy with four others."""
    # Linux shares the cores out among sessions: each of them is to have a part.
    busy = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"], start_new_session=True)
        for _ in range(4 * (os.cpu_count() or 1))
    ]
    try:
        yield
    finally:
        for one in busy:
            one.kill()
            one.wait()


@on_linux
@pytest.mark.slow
def test_a_chapter_has_its_seconds_on_a_busy_machine_too():
    source = {CHAPTER.stem: (COMPUTES + RIGHT).encode()}
    with launcher_for_strangers() as launcher, Workers(launcher, source, seconds=0.9) as workers:
        workers.survey(CHAPTER.stem)  # it starts the worker
        with busy_cores():
            began = time.monotonic()
            failure = workers.load(CHAPTER.stem)
            took = time.monotonic() - began
    assert failure is None
    assert took > 0.9  # half a second of computing is more than two beside four others
