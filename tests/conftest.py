"""What all tests share."""

import os
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest

from autograder.isolation.one_thread import think_with_one_thread
from tests.browser import CHROMIUM, NO_CHROMIUM, NO_TOOLS

# The tensors here are tiny: a second thread only waits, and on a busy machine it waits long. What
# the tests start inherits it: the other cores are for the other tests.
think_with_one_thread()
# Other tests run beside these: how long an example takes says nothing.
hypothesis.settings.register_profile("course", deadline=None)
hypothesis.settings.load_profile("course")
MOST_PROCESSES = 4
IS_BESIDE = "PYTEST_XDIST_WORKER" in os.environ  # one of several processes that run the tests


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Spread the tests over the cores; of files that somebody names, one process is done sooner."""
    return 0 if are_named(config) else min(MOST_PROCESSES, os.cpu_count() or 1)


def pytest_configure(config: pytest.Config) -> None:
    """Leave out no slow test of files that somebody names."""
    if are_named(config) and config.option.markexpr == "not slow":
        config.option.markexpr = ""


def are_named(config: pytest.Config) -> bool:
    # The other processes are given the tests by name, whatever somebody typed.
    return config.args_source is config.ArgsSource.ARGS and not IS_BESIDE


@pytest.fixture
def without_diagnosis(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for no mistakes: where only the verdicts count, the search would take most of the time."""
    monkeypatch.setattr("autograder.grading.grade.diagnose", lambda *_: {})


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser without a window, for all tests that look at a page."""
    playwright = pytest.importorskip("playwright.sync_api", reason=NO_TOOLS)
    if not CHROMIUM:
        pytest.skip(NO_CHROMIUM)
    with playwright.sync_playwright() as tools:
        # Root, as in a container, has no sandbox of its own; the pages are ours.
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def without_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write no page of a run, which takes a second: for tests of what else a run leaves."""
    monkeypatch.setattr("autograder.experiments.say_verdict.PageOfRun.write", lambda *_: None)
