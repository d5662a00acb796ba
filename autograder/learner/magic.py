"""`%check ch04` inside Jupyter: the same checks, as plain text."""

import secrets
from typing import Any

from rich.console import Console

from ..chapters import EXERCISE_CHAPTERS, EXERCISES, Chapter, find_chapter
from ..grading.grade import grade_chapters
from ..grading.record import Record
from ..isolation.callers import caller_for
from .book_links import built_pages
from .journal import Journal
from .terminal import show_chapter, show_progress


def check(line: str) -> None:
    """Check your stubs in exercises/: `%check` all of them, `%check ch04` one chapter."""
    chapters = [find_chapter(line.strip())] if line.strip() else list(EXERCISE_CHAPTERS)
    console = Console(force_jupyter=False, force_terminal=False, color_system=None)
    journal = Journal.read()
    seed = secrets.randbelow(10**6)
    pages = built_pages()

    def show(chapter: Chapter, records: list[Record]) -> None:
        show_chapter(console, chapter, records, pages)

    with caller_for(EXERCISES) as caller:
        fallen = journal.note(grade_chapters(caller, seed, chapters, show))
    journal.write()
    show_progress(console, journal, fallen, pages)


def register(ipython: Any) -> None:
    """Give IPython the magic command."""
    ipython.register_magic_function(check, "line", "check")
