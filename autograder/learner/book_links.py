"""Where a learner reads a chapter: its page, once the book is built here; its source until then."""

import re
from pathlib import Path

from rich.markup import escape

from ..chapters import BOOK

PAGES = BOOK / "_build" / "html"
SOURCE = re.compile(r"book/(ch\d\d_\w+)\.md")


def built_pages() -> Path | None:
    """Return the folder of the book's pages, None if it is not built here."""
    return PAGES if (PAGES / "index.html").is_file() else None


def with_pages(text: str, pages: Path | None) -> str:
    """Return a text as markup that names, and links to, the page instead of a chapter's source."""

    def page(found: re.Match[str]) -> str:
        path = pages / f"{found[1]}.html" if pages else None
        if path is None or not path.is_file():
            return found[0]
        return f"[link={path.as_uri()}]book/_build/html/{path.name}[/link]"

    return SOURCE.sub(page, escape(text))
