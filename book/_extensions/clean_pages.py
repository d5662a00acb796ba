"""Mend what the tools write into every page and the book cannot leave there.

Thebe would run cells on somebody else's server. The book does not use it, but Jupyter Book names
its remote script in each page, twice, which is an error of JavaScript. And docutils marks a
bibliography as a list whose entries are not marked as entries of a list.
"""

from typing import Any

from sphinx.application import Sphinx

ENTRY, LISTED_ENTRY = 'role="doc-biblioentry"', 'role="listitem"'
AFTER_ALL_OTHERS = 900


def mend(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], _tree: Any) -> None:
    """Take Thebe's scripts out of a page, and mark the entries of a bibliography."""
    context["script_files"] = [one for one in context["script_files"] if not _is_thebe(one)]
    context["body"] = context.get("body", "").replace(ENTRY, LISTED_ENTRY)


def _is_thebe(script: Any) -> bool:
    words = f"{getattr(script, 'filename', script)} {getattr(script, 'attributes', '')}"
    return "thebe" in words.lower()


def setup(app: Sphinx) -> dict[str, bool]:
    """Ask Sphinx for each page before it is written."""
    app.connect("html-page-context", mend, priority=AFTER_ALL_OTHERS)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
