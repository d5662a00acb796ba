"""The files that other systems run: real files in templates/, with a few places to fill in."""

import string
from pathlib import Path

TEMPLATES = Path(__file__).parent / "templates"


class _Template(string.Template):
    # "$" is the shell's, and "{{" is the workflow's.
    delimiter = "%"


def filled_in(name: str, **values: str) -> str:
    """Return a template with every %{place} filled in. Raises KeyError for one without a value."""
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    return _Template(text).substitute(values)
