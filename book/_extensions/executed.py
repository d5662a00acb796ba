"""Find the notebook of a page with what its cells returned."""

from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from sphinx.application import Sphinx


def folder_of_pages(app: Sphinx) -> Path:
    """Return where the build leaves the notebook of each page, its pictures and glued values."""
    return Path(app.outdir).parent / "jupyter_execute"


def executed_notebook(app: Sphinx, page: str) -> nbformat.NotebookNode | None:
    """Return the notebook of a page, or nothing for a page without code."""
    written = folder_of_pages(app) / f"{page}.ipynb"
    if not written.is_file():
        return None
    # What the build leaves there are the cells as they stand in the page: the cache has the rest.
    cache = get_cache(app.env.mystnb_config.execution_cache_path)  # type: ignore[attr-defined]  # MyST-NB puts it there
    _, executed = cache.merge_match_into_notebook(nbformat.read(written, as_version=4))
    return executed
