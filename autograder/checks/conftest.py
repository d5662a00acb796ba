"""Let `pytest autograder/checks` collect every check as a test of the learner's stubs.

`--seed` draws the same inputs again; the seed of a run stands in pytest's header.
"""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ..chapters import EXERCISES, SOLUTIONS, Chapter, find_chapter
from ..check import Check, run_check
from ..grade import checks_of
from ..loading import load_chapters
from ..record import Status
from ..terminal import explanation


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, help="draw the same inputs as an earlier run")


def pytest_configure(config: pytest.Config) -> None:
    given = config.getoption("--seed")
    config.stash[SEED] = secrets.randbelow(10**6) if given is None else given


def pytest_report_header(config: pytest.Config) -> str:
    return f"seed of the checks: {config.stash[SEED]}"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.parent == Path(__file__).parent and file_path.name.startswith("ch"):
        chapter_file: ChapterFile = ChapterFile.from_parent(parent, path=file_path)
        return chapter_file
    return None


SEED = pytest.StashKey[int]()


class ChapterFile(pytest.File):
    """The checks of one chapter."""

    def collect(self) -> Iterator[pytest.Item]:
        chapter = find_chapter(self.path.stem)
        learner = load_chapters(EXERCISES)[chapter.stem]
        reference = load_chapters(SOLUTIONS)[chapter.stem]
        for check in checks_of(chapter):
            yield CheckItem.from_parent(
                self,
                name=f"{check.name}: {check.title}",
                chapter=chapter,
                check=check,
                modules=(learner, reference),
            )


class CheckItem(pytest.Item):
    """One check of the learner's stub."""

    def __init__(self, *, chapter: Chapter, check: Check, modules: Any, **others: Any) -> None:
        super().__init__(**others)
        self.chapter, self.check, self.modules = chapter, check, modules

    def runtest(self) -> None:
        learner, reference = self.modules
        seed = self.config.stash[SEED]
        record = run_check(self.check, self.chapter.stem, learner, reference, seed)
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
