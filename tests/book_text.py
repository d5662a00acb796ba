"""What a page of the book holds, told apart: its code cells, its listings, and its prose."""

import re
from functools import cache
from pathlib import Path

from myst_nb.core.read import read_myst_markdown_notebook

from autograder.chapters import BOOK

# Fences whose inside is no prose: what a terminal shows, what a file holds, bibliographies.
LISTING = re.compile(
    r"^(`{3,}|:{3,})(console|text|python|\{literalinclude\}[^\n]*)\n.*?^\1\n", re.M | re.S
)
FENCE = re.compile(r"^(`{3,}|:{3,}).*$", re.M)
OPTION = re.compile(r"^:[a-z-]+:.*$", re.M)
DISPLAY = re.compile(r"\$\$.*?\$\$(\s*\([\w-]+\))?", re.S)
FORMULA = re.compile(r"\$[^$]+\$")
ROLE = re.compile(r"\{[\w:]+\}`([^`]*)`")
CODE = re.compile(r"`[^`\n]+`")
QUIZ = re.compile(r"^```\{quiz\}\n.*?^```\n", re.M | re.S)
SHOWN_CODE = re.compile(r"^```python\n(.*?)^```", re.M | re.S)
WORD = re.compile(r"\w[\w'@.,-]*")


@cache
def notebook(page: str):
    """Return a page of book/, by its stem, as the notebook that the build makes of it."""
    return read_myst_markdown_notebook((BOOK / f"{page}.md").read_text(encoding="utf-8"))


def code_cells(page: str) -> list:
    return [cell for cell in notebook(page).cells if cell.cell_type == "code"]


def markdown(page: str) -> str:
    """Return everything outside the code cells."""
    return "\n\n".join(cell.source for cell in notebook(page).cells if cell.cell_type == "markdown")


def prose(page: str, *, formulas: bool = False) -> str:
    """Return what is read as sentences: no listing, no code; each formula is one word.

    With `formulas`, they are kept as they are written.
    """
    text = LISTING.sub("", markdown(page) + "\n")
    if not formulas:
        text = FORMULA.sub("formula", DISPLAY.sub("", text))
    return CODE.sub("code", ROLE.sub("glued", text))


def word_count(page: str) -> int:
    return len(WORD.findall(OPTION.sub("", FENCE.sub("", prose(page)))))


def without_quizzes(text: str) -> str:
    return QUIZ.sub("", text)


def visible_code(page: str) -> list[str]:
    """Return the lines of code that a reader sees without opening anything."""
    seen = [
        cell for cell in code_cells(page) if "remove-input" not in cell.metadata.get("tags", [])
    ]
    texts = [cell.source for cell in seen] + SHOWN_CODE.findall(markdown(page))
    return [line for text in texts for line in text.splitlines() if line.strip()]


def visible_code_lines(page: str) -> int:
    return len(visible_code(page))


def source_files() -> list[Path]:
    return sorted(BOOK.glob("*.md"))
