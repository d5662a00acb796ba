"""`%check ch04` inside Jupyter: the same checks, as plain text."""

import secrets
from typing import Any

from rich.console import Console

from ..chapters import EXERCISE_CHAPTERS, EXERCISES, find_chapter
from ..grading.grade import grade_chapters
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
    fallen, pages = [], built_pages()
    with caller_for(EXERCISES) as caller:
        for chapter in chapters:
            records = grade_chapters(caller, seed, [chapter])
            show_chapter(console, chapter, records, pages)
            fallen += journal.note(records)
    journal.write()
    show_progress(console, journal, fallen, pages)


def register(ipython: Any) -> None:
    """Give IPython the magic command."""
    ipython.register_magic_function(check, "line", "check")
