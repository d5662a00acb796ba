"""Let `pytest autograder/grading/checks` collect every check as a test of the learner's stubs.

`--seed` draws the same inputs again; the seed of a run stands in pytest's header. `--in-process`
runs the learner's code in pytest's own process, so that breakpoint() works.
"""

import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ...chapters import EXERCISES, Chapter, find_chapter
from ...isolation.callers import caller_for
from ...learner.explanation import explanation
from ..check import Check
from ..grade import Grader
from ..record import Status
from . import checks_of

SEED = pytest.StashKey[int]()
GRADER = pytest.StashKey[Grader]()
OPEN = pytest.StashKey[contextlib.ExitStack]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, help="draw the same inputs as an earlier run")
    parser.addoption("--in-process", action="store_true", help="run the stubs in this process")


def pytest_xdist_auto_num_workers() -> int:
    """Take no process beside pytest's own: one run has one seed and one grader."""
    return 0


def pytest_configure(config: pytest.Config) -> None:
    given = config.getoption("--seed")
    config.stash[SEED] = secrets.randbelow(10**6) if given is None else given
    config.stash[OPEN] = contextlib.ExitStack()


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[OPEN].close()


def pytest_report_header(config: pytest.Config) -> str:
    return f"seed of the checks: {config.stash[SEED]}"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.parent == Path(__file__).parent and file_path.name.startswith("ch"):
        chapter_file: ChapterFile = ChapterFile.from_parent(parent, path=file_path)
        return chapter_file
    return None


def grader_of(config: pytest.Config) -> Grader:
    """Return the run's one grader, which is made when the first check needs it."""
    if GRADER not in config.stash:
        opened = caller_for(EXERCISES, in_process=config.getoption("--in-process"))
        caller = config.stash[OPEN].enter_context(opened)
        config.stash[GRADER] = Grader(caller, config.stash[SEED])
    return config.stash[GRADER]


class ChapterFile(pytest.File):
    """The checks of one chapter."""

    def collect(self) -> Iterator[pytest.Item]:
        chapter = find_chapter(self.path.stem)
        for check in checks_of(chapter):
            name = f"{check.name}: {check.title}"
            yield CheckItem.from_parent(self, name=name, chapter=chapter, check=check)


class CheckItem(pytest.Item):
    """One check of the learner's stub."""

    def __init__(self, *, chapter: Chapter, check: Check, **others: Any) -> None:
        super().__init__(**others)
        self.chapter, self.check = chapter, check

    def runtest(self) -> None:
        records = grader_of(self.config).grade_name(self.chapter, self.check.name)
        record = next(record for record in records if record.title == self.check.title)
        if record.status is not Status.PASSED:
            raise CheckFailedError("\n".join(explanation(record)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, CheckFailedError):
            return str(excinfo.value)  # the explanation says it all: no traceback of ours
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, self.name


class CheckFailedError(Exception):
    """A check did not pass; the message is what a person needs to know."""
