"""A chapter that a sentence names by its number is a link, and what only looks like it is none."""

import re
import sys

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from autograder.chapters import BOOK

sys.path.insert(0, str(BOOK / "_extensions"))

import chapter_links

PAGE = """\
# What chapter 9 is about

In chapter 4 and, at the end of a line, in chapter
9; in **Chapter 9**, and in chapters 4 and 9. Chapter 77 does not exist.

| where | what |
| --- | --- |
| chapter 9 | (a1, a2, b1) and `(n, 1, 28, 28)` |

:::{admonition} Exercise of chapter 9
See chapter 4.
:::

`chapter 9` in code, a [link to chapter 9](https://example.org), and $chapter 9$.

```text
chapter 9 in a listing
```
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the pages of a small book, by their stems, as Sphinx writes them."""
    folder = tmp_path_factory.mktemp("links")
    source = folder / "source"
    source.mkdir()
    toctree = "\n```{toctree}\nch04_loss\nch09_unseen\n```\n"
    (source / "index.md").write_text(PAGE + toctree, encoding="utf-8")
    for stem in ("ch04_loss", "ch09_unseen"):
        text = "# A chapter\n\nChapter 4 comes before chapter 9.\n"
        (source / f"{stem}.md").write_text(text, encoding="utf-8")
    settings = {
        "extensions": ["myst_parser", "chapter_links"],
        "myst_enable_extensions": ["dollarmath", "colon_fence"],
    }
    with docutils_namespace():
        app = Sphinx(
            source, None, folder / "html", folder / "doctrees", "html", settings, status=None
        )
        app.build()
    return {
        page.stem: page.read_text(encoding="utf-8") for page in (folder / "html").glob("*.html")
    }


def links(html: str) -> list[tuple[str, str]]:
    """Return the text and the target of each link in the text of a page to a chapter of it."""
    body = (
        html.split('role="main"')[1]
        .split('class="toctree-wrapper')[0]
        .split('class="sphinxsidebar')[0]
    )
    found = re.findall(r'<a class="reference internal" href="(ch[^"]*)">([^<]*)</a>', body)
    return [(re.sub(r"\s+", " ", text), target) for target, text in found]


FOUR, NINE = "ch04_loss.html", "ch09_unseen.html"


def test_chapters_in_sentences_tables_and_boxes_are_links(pages: dict[str, str]) -> None:
    assert links(pages["index"]) == [
        ("chapter 4", FOUR),
        ("chapter 9", NINE),
        ("Chapter 9", NINE),
        ("4", FOUR),
        ("9", NINE),
        ("chapter 9", NINE),
        ("chapter 4", FOUR),
    ]


def test_a_chapter_does_not_link_to_itself(pages: dict[str, str]) -> None:
    assert links(pages["ch04_loss"]) == [("chapter 9", NINE)]


def test_a_list_in_brackets_stays_in_one_line_unless_it_is_code(pages: dict[str, str]) -> None:
    text = pages["index"].replace("&#160;", "\N{NO-BREAK SPACE}")
    assert "(a1,\N{NO-BREAK SPACE}a2,\N{NO-BREAK SPACE}b1)" in text
    assert "\N{NO-BREAK SPACE}28" not in text
    assert re.search(r'<code class="[^"]*\bin-one-line\b[^"]*">', text)


@pytest.mark.parametrize(
    ("sentence", "numbers"),
    [
        ("chapters 2 to 8 are done", [2, 8]),
        ("chapters 2, 4, 5 and 7", [2, 4, 5, 7]),
        ("Chapter 10 has 4 sections", [10]),
        ("chapters 6 and 9.", [6, 9]),
        ("the 3 chapters", []),
        ("chapter one", []),
    ],
)
def test_every_number_of_a_list_of_chapters_counts(sentence: str, numbers: list[int]) -> None:
    assert [number for _, _, number in chapter_links.chapters_in(sentence)] == numbers
