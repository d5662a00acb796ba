"""Timed turns: the learner's code gets each when its time begins, and the clock is the grader's."""

import sys
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from autograder.chapters import SOLUTIONS, find_chapter
from autograder.grading import grade
from autograder.grading.check import TURNS
from autograder.grading.checks import checks_of
from autograder.grading.grade import TIMED_TRIES, Grader
from autograder.grading.outcome import Ending, Outcome, call_probe
from autograder.grading.record import Status
from autograder.isolation import workers as grader_side
from autograder.isolation.launchers import Launcher, best_launcher
from autograder.isolation.turn_clock import seconds_worked
from autograder.isolation.workers import Workers

CHAPTER = find_chapter("2")
TIMED = next(one for one in checks_of(CHAPTER) if TURNS in one.draw(np.random.default_rng(0)))
SOURCE = (SOLUTIONS / f"{CHAPTER.stem}.py").read_text(encoding="utf-8")
FIRST_LINE = "        positive = self.sample_positive(index)\n"
SECONDS_OF_AN_ITEM = 2e-4
FEWEST_TURNS = 6
WORKING = f"""
        import time
        until = time.thread_time() + {SECONDS_OF_AN_ITEM}
        while time.thread_time() < until:
            pass
"""
ASIDE = """
import threading, time

def run_aside(seconds):
    def work():
        until = time.thread_time() + seconds
        while time.thread_time() < until:
            pass
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
"""
LOOKING_AROUND = """
        if index % 10 == 0:
            import gc
            found = [
                one
                for one in gc.get_objects()
                if type(one) is list and len(one) == 2 and type(one[0]) is str
                if one[0] in ("small", "large")
            ]
            assert len(found) <= 1, "a turn that is to come"
"""


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    with best_launcher() as one:
        yield one


def files(before_each_item: str = "", at_the_top: str = "") -> dict[str, bytes]:
    assert FIRST_LINE in SOURCE
    text = SOURCE.replace(FIRST_LINE, f"{before_each_item}{FIRST_LINE}")
    return {CHAPTER.stem: f"{text}\n{at_the_top}".encode()}


def call(launcher: Launcher, chapters: dict[str, bytes]) -> Outcome:
    with Workers(launcher, chapters) as workers:
        return workers.call(CHAPTER.stem, TIMED, TIMED.draw(np.random.default_rng(0)), 0)


@pytest.mark.slow
def test_a_grader_that_is_slow_to_read_does_not_make_turns_look_short(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(frame: bytes) -> Any:
        time.sleep(0.02)
        return unpack(frame)

    unpack = grader_side.unpack
    monkeypatch.setattr(grader_side, "unpack", slow)
    outcome = call(launcher, files(WORKING))
    steps = outcome.value[1:]
    assert len(steps) >= FEWEST_TURNS
    assert all(seconds >= SECONDS_OF_AN_ITEM * len(rows) for rows, seconds in steps)


@pytest.mark.skipif(sys.platform != "linux", reason="processor time of others is counted there")
def test_what_a_worker_waits_for_is_not_counted(launcher: Launcher) -> None:
    """So is a core, on a busy machine: asleep or without a core, it does nothing."""
    outcome = call(launcher, files("        import time; time.sleep(0.01)\n"))
    steps = outcome.value[1:]
    assert len(steps) >= FEWEST_TURNS
    assert all(0 < seconds < 0.01 * len(rows) for rows, seconds in steps)


@pytest.mark.skipif(sys.platform != "linux", reason="processor time of others is counted there")
def test_a_thread_that_works_is_counted_with_its_process(launcher: Launcher) -> None:
    chapters = files(f"        run_aside({SECONDS_OF_AN_ITEM})\n", ASIDE)
    steps = call(launcher, chapters).value[1:]
    assert len(steps) >= FEWEST_TURNS
    assert all(seconds >= SECONDS_OF_AN_ITEM * len(rows) for rows, seconds in steps)


def test_a_process_that_is_gone_has_no_clock() -> None:
    assert seconds_worked(2**22 + 1) is None


@pytest.mark.parametrize(("hidden", "ending"), [(0, Ending.RETURNED), (1, Ending.RAISED)])
def test_of_all_turns_only_the_present_one_is_in_the_worker(
    launcher: Launcher, hidden: int, ending: Ending
) -> None:
    """The learner's code looks for turns among all objects; one that is hidden there it finds."""
    chapters = files(LOOKING_AROUND, f"hidden = [['small', 0] for _ in range({hidden})]\n")
    assert call(launcher, chapters).ending is ending


class Calls:
    """A caller that answers right, in times that are made up: large items cost what it is told."""

    def __init__(self, caller: Workers, of_large: list[float]) -> None:
        self.caller, self.of_large, self.tries = caller, of_large, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.caller, name)

    def call(self, stem: str, check: Any, inputs: dict[str, Any], seed: int) -> Outcome:
        outcome = self.caller.call(stem, check, inputs, seed)
        if TURNS in inputs:
            large = self.of_large[self.tries]
            self.tries += 1
            for (name, _), step in zip(inputs[TURNS], outcome.value[1:], strict=True):
                step[1] = len(step[0]) * (large if name == "large" else 1e-5)
        return outcome


@pytest.mark.parametrize(
    ("of_large", "status", "tries"),
    [
        ([1e-5], Status.PASSED, 1),
        ([1e-2, 1e-5], Status.PASSED, 2),
        ([1e-2] * TIMED_TRIES, Status.WRONG, TIMED_TRIES),
    ],
)
def test_one_disturbed_measurement_is_no_slow_item(
    launcher: Launcher, of_large: list[float], status: Status, tries: int
) -> None:
    with Workers(launcher, files()) as workers:
        caller = Calls(workers, of_large)
        records = Grader(caller, seed=0).grade(CHAPTER)
    assert {one.title: one.status for one in records}[TIMED.title] is status
    assert caller.tries == tries


def test_a_disturbed_measurement_of_the_reference_is_no_fault_of_the_grader(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = iter([1e-2, 1e-5])

    def probe(check: Any, chapter: Any, inputs: dict[str, Any], seed: int) -> Outcome:
        outcome = call_probe(check, chapter, inputs, seed)
        if TURNS in inputs:
            made_up = next(large)
            for (name, _), step in zip(inputs[TURNS], outcome.value[1:], strict=True):
                step[1] = len(step[0]) * (made_up if name == "large" else 1e-5)
        return outcome

    monkeypatch.setattr(grade, "call_probe", probe)
    with Workers(launcher, files()) as workers:
        records = Grader(Calls(workers, [1e-5]), seed=0).grade(CHAPTER)
    assert {one.title: one.status for one in records}[TIMED.title] is Status.PASSED
    assert list(large) == []
