"""What the tests of assemblies share: which there are, and a small site that has all of them."""

import io
import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from autograder.chapters import BOOK
from autograder.publishing.assemblies.assembly import Assembly, Chosen, all_assemblies

ASSEMBLIES = all_assemblies()


def small_site(folder: Path, *names: str) -> Path:
    """Write a page with these assemblies, in the look of the book, and return it.

    The book's extensions have to be on the path. Raises RuntimeError for what Sphinx warns of.
    """
    source = folder / "source"
    shutil.copytree(BOOK / "explorables", source / "explorables")
    unused = shutil.ignore_patterns("readme")
    shutil.copytree(BOOK / "_static", source / "_static", ignore=unused)
    (source / "_results" / "explorables").mkdir(parents=True)
    text = "".join(f"```{{assemble}} {name}\n```\n\n" for name in names)
    (source / "index.md").write_text(f"# A page\n\n{text}", encoding="utf-8")
    settings: dict[str, Any] = {
        "extensions": ["myst_parser", "explorable", "assemble"],
        "html_theme": "sphinx_book_theme",
        "html_static_path": ["_static"],
        "html_css_files": ["course.css", "explorables.css"],
        "exclude_patterns": ["_results"],
    }
    warnings = io.StringIO()
    with docutils_namespace():  # what one build registers does not meet the next one
        app = Sphinx(
            source,
            None,
            folder / "html",
            folder / "doctrees",
            "html",
            settings,
            status=None,
            warning=warnings,
        )
        app.build()
    if warnings.getvalue():
        raise RuntimeError(warnings.getvalue())
    return folder / "html" / "index.html"


def described(assembly: Assembly, chosen: Chosen) -> str:
    """Return a combination as the texts of its options, for the message of a test."""
    return " | ".join(option.text for option in assembly.options_of(chosen))
