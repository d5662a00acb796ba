"""Offer every chapter as a notebook that runs as it is, under the download button of its page.

The build leaves each chapter behind as an executed notebook, but with the directives of the book
in its text. Here the text becomes plain Markdown, and figures get their captions.
"""

import json
from pathlib import Path
from typing import Any

import nbformat
from executed import executed_notebook, folder_of_pages
from plain_markdown import Book, plain
from pybtex.database import parse_file
from sphinx.application import Sphinx

from exercises.given.book.pages import DARK

BEFORE_THE_BUTTONS = 500
BEGINNING = """\
*This notebook is the chapter "{title}" of the course Metric learning from scratch. Run it with the
Python in which the course is installed. It draws on the run in `book/_results`, or in the folder
that the environment variable `COURSE_RESULTS` names: `triplet experiment` makes one, in about a
minute. The numbers in the text are those of the run that the book was built from; yours may
differ.*"""


def offer(app: Sphinx, page: str, _template: str, context: dict[str, Any], tree: Any) -> None:
    """Write the notebook of a chapter, and tell the theme that there is one."""
    if tree is None or not page.startswith("ch"):
        return
    notebook = executed_notebook(app, page)
    if notebook is None:
        return
    glued = folder_of_pages(app) / f"{page}.glue.json"
    book = Book(values_in(glued), figures_of(app), cited_in(app), Path(app.srcdir))
    title = app.env.titles[page].astext()
    written = Path(app.outdir) / "_sources" / f"{page}.ipynb"
    written.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(readable(notebook, title, book), written)
    context["ipynb_source"] = written.name


def readable(notebook: nbformat.NotebookNode, title: str, book: Book) -> nbformat.NotebookNode:
    """Return the notebook with plain text, and a caption below each figure."""
    cells = [nbformat.v4.new_markdown_cell(BEGINNING.format(title=title))]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cells.append(nbformat.v4.new_markdown_cell(plain(cell.source, book)))
            continue
        figure = cell.metadata.get("mystnb", {}).get("figure")
        cells.append(
            nbformat.v4.new_code_cell(
                cell.source,
                outputs=[without_dark_picture(output) for output in cell.outputs],
                execution_count=cell.execution_count,
            )
        )
        if figure:
            number = book.figures[figure["name"]]
            cells.append(nbformat.v4.new_markdown_cell(f"*{number}: {figure['caption']}*"))
    return nbformat.v4.new_notebook(
        cells=cells, metadata={"kernelspec": notebook.metadata.kernelspec}
    )


def without_dark_picture(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return an output as it is, but for the picture that only a dark page of the book shows."""
    for about in output.get("metadata", {}).values():
        if isinstance(about, dict):
            about.pop(DARK, None)
    return output


def values_in(glued: Path) -> dict[str, str]:
    """Return the values that the cells of a page glued, by their names."""
    if not glued.is_file():
        return {}
    values = json.loads(glued.read_text(encoding="utf-8"))
    return {name: value["data"]["text/plain"].strip("'\"") for name, value in values.items()}


def figures_of(app: Sphinx) -> dict[str, str]:
    """Return the number of every figure of the book, as a reader sees it, by its name."""
    form = app.config.numfig_format["figure"]
    return {
        name: form % ".".join(map(str, number))
        for numbers in app.env.toc_fignumbers.values()
        for name, number in numbers.get("figure", {}).items()
    }


def cited_in(app: Sphinx) -> dict[str, str]:
    """Return authors and year of every entry of the bibliography, by its key."""
    entries = parse_file(str(Path(app.srcdir) / "references.bib")).entries
    said = {}
    for key, entry in entries.items():
        names = [" ".join(person.last_names) for person in entry.persons["author"]]
        authors = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
        said[key] = f"{authors}, {entry.fields['year']}"
    return said


def setup(app: Sphinx) -> dict[str, bool]:
    """Ask Sphinx for each page before its buttons are made."""
    app.connect("html-page-context", offer, priority=BEFORE_THE_BUTTONS)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
