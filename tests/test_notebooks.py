"""The notebook of each chapter: plain Markdown, the cells of the page, and it runs as it is."""

import os
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.chapters import BOOK, CHAPTERS, ROOT
from tests.book_text import code_cells

sys.path.insert(0, str(BOOK / "_extensions"))

import plain_markdown

BUILT = BOOK / "_build" / "html" / "_sources"
built = pytest.mark.skipif(not BUILT.is_dir(), reason="the book is not built: make book")
each_chapter = pytest.mark.parametrize("stem", [chapter.stem for chapter in CHAPTERS])
NOT_PLAIN = ("{glue", "{numref", "{cite", "{quiz", "{dropdown", "{admonition", ":::", "```{")


def plain(text: str, folder: Path = ROOT) -> str:
    """Return the text as a notebook has it, in a book with one number, figure and source."""
    book = plain_markdown.Book(
        glued={"ch05_share": "61.11 %"},
        figures={"fig-idea": "Figure 1.2"},
        cited={
            "weinberger2009": "Weinberger and Saul, 2009",
            "schroff2015": "Schroff et al., 2015",
        },
        folder=folder,
    )
    return plain_markdown.plain(text, book)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a share of {glue:text}`ch05_share`", "a share of 61.11 %"),
        ("{numref}`fig-idea` shows", "Figure 1.2 shows"),
        ("mining {cite}`schroff2015`", "mining (Schroff et al., 2015)"),
        (
            "two {cite}`weinberger2009,schroff2015`",
            "two (Weinberger and Saul, 2009; Schroff et al., 2015)",
        ),
        ("[the appendix](mistakes.md) lists", "the appendix lists"),
        ("$$x^2$$ (eq-square)", "$$x^2$$"),
        ("$d(a, p)$ and `code`", "$d(a, p)$ and `code`"),
    ],
)
def test_what_the_book_refers_to_is_written_out(written: str, shown: str) -> None:
    assert plain(written) == shown


def test_a_name_that_nobody_glued_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(KeyError):
        plain("{glue:text}`nobody`")


def test_a_quiz_becomes_answers_that_unfold() -> None:
    shown = plain("```{quiz}\nWhat?\n\nThis\n: Yes. So it is.\n\nThat\n: No.\n```\n")
    assert "**Question.** What?" in shown
    assert "<details><summary>This</summary>\n\nYes. So it is.\n\n</details>" in shown
    assert shown.count("<details>") == 2


def test_a_listing_in_a_drop_down_in_a_box_keeps_its_fences(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("answer = 42\n", encoding="utf-8")
    shown = plain(
        "::::{admonition} Exercise: one\n:class: tip\n\nDo it.\n\n"
        "```{dropdown} The reference\nCompare.\n\n"
        ":::{literalinclude} one.py\n:language: python\n:::\n```\n::::\n",
        tmp_path,
    )
    assert "### Exercise: one" in shown
    assert "<details><summary>The reference</summary>" in shown
    assert "```python\nanswer = 42\n```" in shown
    assert not any(word in shown for word in NOT_PLAIN)


@built
@each_chapter
def test_a_notebook_has_plain_text_and_every_cell_of_its_page(stem: str) -> None:
    notebook = nbformat.read(BUILT / f"{stem}.ipynb", as_version=4)
    nbformat.validate(notebook)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert not any(word in text for word in NOT_PLAIN)
    code = [cell.source.strip() for cell in notebook.cells if cell.cell_type == "code"]
    assert code == [cell.source.strip() for cell in code_cells(stem)]


@built
@each_chapter
def test_a_page_offers_its_notebook(stem: str) -> None:
    page = (BUILT.parent / f"{stem}.html").read_text(encoding="utf-8")
    assert f'href="_sources/{stem}.ipynb"' in page


@pytest.mark.slow
@built
@each_chapter
def test_a_notebook_runs_as_it_is_wherever_it_was_put(
    stem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A reader's kernel starts beside the download, and knows of the course only by its install.
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    notebook = nbformat.read(BUILT / f"{stem}.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    done = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    ).execute()
    cells = [cell for cell in done.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in cells)
    assert any(output.output_type == "display_data" for cell in cells for output in cell.outputs)
