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

# What has a name of its own, and gives the same as other mistakes do together: to add up the mean
# losses and to divide by nothing, say, is to add up over the batches.
SAME_AS = {
    "mask-of-pairs": {"mask-positive-as-negative", "mask-without-third-axis"},
    "semi-easy-ones-included": {"semi-hard-ones-included", "semi-mean-over-valid"},
    "knn-similarity-as-distance": {"knn-dot-product", "knn-farthest"},
    "knn-other-default": {"knn-drops-the-nearest", "knn-only-the-nearest"},
    # The right ones of a whole ranking are R, and a query that finds itself does so first: both give 1.
    "map-query-finds-itself": {"map-whole-ranking", "map-r-precision"},
    "map-reciprocal-rank": {"map-whole-ranking", "map-r-precision"},
    # Over a whole ranking, one shift or the other gives the same sum.
    "map-precision-before-the-hit": {
        "map-precision-at-every-rank",
        "map-ranks-from-two",
        "map-whole-ranking",
    },
    "train-sum-over-batches": {"train-means-divided-by-the-examples", "train-sum-over-examples"},
}


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


def mistakes_in(assembly: Assembly, chosen: Chosen) -> set[str]:
    """Return the ids of the mistakes that a combination has."""
    return {option.mistake for option in assembly.options_of(chosen)} - {""}


def may_be_named(there: set[str]) -> set[str]:
    """Return these mistakes, and what several of them are together."""
    return there | {name for name, others in SAME_AS.items() if others <= there}


def described(assembly: Assembly, chosen: Chosen) -> str:
    """Return a combination as the texts of its options, for the message of a test."""
    return " | ".join(option.text for option in assembly.options_of(chosen))
