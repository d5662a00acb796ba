"""Run the learner's code in this process: for breakpoints, inside a worker, or on trusted code."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from ..grading.check import Check
from ..grading.forbidden import ForbiddenCall, forbidding_imports
from ..grading.loading import ChapterFolder, Chapters
from ..grading.outcome import Outcome, call_probe, failure
from ..grading.survey import Survey, survey


class InProcess:
    """Load one learner's chapters, from a folder or elsewhere, and call them in this process."""

    def __init__(self, chapters: Chapters | Path) -> None:
        self.chapters = ChapterFolder(chapters) if isinstance(chapters, Path) else chapters
        self.loaded: dict[str, ModuleType | Outcome] = {}

    def survey(self, stem: str) -> Survey | Outcome:
        """Return the survey of a chapter's file, or the outcome if it cannot be read or parsed."""
        try:
            return survey(self.chapters.source(stem), stem)
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return failure(_with_file(error, stem))

    def load(self, stem: str) -> Outcome | None:
        """Import the chapter, once; return the outcome if that failed, else None."""
        if stem not in self.loaded:
            self.loaded[stem] = self._load(stem)
        loaded = self.loaded[stem]
        return loaded if isinstance(loaded, Outcome) else None

    def call(
        self,
        stem: str,
        check: Check,
        inputs: dict[str, Any],
        seed: int,
        step: Callable[[Any], Any] | None = None,
    ) -> Outcome:
        """Call a check's probe on the chapter, which is loaded first if necessary."""
        self.load(stem)
        code = self.loaded[stem]
        if isinstance(code, Outcome):
            return code
        return call_probe(check, code, inputs, seed, step)

    def _load(self, stem: str) -> ModuleType | Outcome:
        try:
            with forbidding_imports():
                return self.chapters.load(stem)
        except (Exception, SystemExit, ForbiddenCall) as error:
            return failure(error)


def _with_file(error: Exception, stem: str) -> Exception:
    # ast.parse is given bytes, not a file, so its error lacks the file name.
    if isinstance(error, SyntaxError):
        error.filename = f"{stem}.py"
    return error
