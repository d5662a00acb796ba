"""Turn the book's MyST Markdown into the plain Markdown that every notebook program shows.

A downloaded notebook meets Jupyter, VS Code or Colab, which know nothing of directives: a quiz
becomes a list of answers to unfold, a reference to a figure its number, a glued number its value.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LISTED = re.compile(r"^:::\{literalinclude\} (\S+)\n(?::[^\n]*\n)*:::\n", re.M)
DROPDOWN = re.compile(r"^```\{dropdown\} ([^\n]+)\n(.*?)^```\n", re.M | re.S)
QUIZ = re.compile(r"^```\{quiz\}\n(.*?)^```\n", re.M | re.S)
ANSWER = re.compile(r"^(\S[^\n]*)\n: (.+?)(?=\n\n|\Z)", re.M | re.S)
BOX = re.compile(r"^(:{3,4})\{admonition\} ([^\n]+)\n(?::class: \w+\n)?(.*?)^\1\n", re.M | re.S)
EXPLORABLE = re.compile(r"^```\{explorable\} \w+\n:title: ([^\n]+)\n.*?^```\n", re.M | re.S)
ASSEMBLY = re.compile(r"^```\{assemble\} (\w+)\n```\n", re.M)
GLUED = re.compile(r"\{glue:text\}`(\w+)`")
FIGURE = re.compile(r"\{numref\}`([\w-]+)`")
CITED = re.compile(r"\{cite\}`([\w,]+)`")
PAGE = re.compile(r"\[([^\]]+)\]\(\w+\.md\)")
LABEL = re.compile(r"(\$\$) \([\w-]+\)")


@dataclass(frozen=True)
class Book:
    """What a page refers to: glued values, the numbers of figures, authors and years, a folder."""

    glued: Mapping[str, str]
    figures: Mapping[str, str]
    cited: Mapping[str, str]
    folder: Path


def plain(text: str, book: Book) -> str:
    """Return the text without directives and roles. Raises KeyError for a name that is unknown."""
    text = f"{text}\n"
    listings: list[str] = []

    def keep_listing(found: re.Match[str]) -> str:
        # Its own fences would end the fence of the directive around it, so it waits outside.
        code = (book.folder / found[1]).read_text(encoding="utf-8").rstrip()
        listings.append(f"```python\n{code}\n```\n")
        return f"@listing {len(listings) - 1}@\n"

    text = LISTED.sub(keep_listing, text)
    text = DROPDOWN.sub(lambda found: unfolding(found[1], found[2]), text)
    text = QUIZ.sub(lambda found: quiz(found[1]), text)
    text = EXPLORABLE.sub(lambda found: in_the_book(found[1]), text)
    text = ASSEMBLY.sub(lambda found: in_the_book(f"put together {found[1]}"), text)
    text = BOX.sub(lambda found: f"---\n\n### {found[2]}\n{found[3]}\n---\n", text)
    text = GLUED.sub(lambda found: book.glued[found[1]], text)
    text = FIGURE.sub(lambda found: book.figures[found[1]], text)
    text = CITED.sub(lambda found: cited(found[1], book), text)
    text = LABEL.sub(r"\1", PAGE.sub(r"\1", text))
    for number, listing in enumerate(listings):
        text = text.replace(f"@listing {number}@\n", listing)
    return text.rstrip()


def unfolding(title: str, body: str) -> str:
    """Return a title that unfolds when it is clicked."""
    return f"<details><summary>{title}</summary>\n\n{body.rstrip()}\n\n</details>\n"


def quiz(written: str) -> str:
    """Return the question, and each answer with what is said to it folded away."""
    question, answers = written.strip().split("\n\n", 1)
    said = [unfolding(answer, feedback) for answer, feedback in ANSWER.findall(answers)]
    return f"**Question.** {question}\n\n" + "\n".join(said)


def in_the_book(title: str) -> str:
    """Return a line in place of what only the pages of the book can show."""
    return f"*In the book, there is something to move here: {title}.*\n"


def cited(keys: str, book: Book) -> str:
    """Return authors and years in brackets."""
    return f"({'; '.join(book.cited[key] for key in keys.split(','))})"
