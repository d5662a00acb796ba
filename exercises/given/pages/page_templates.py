"""The templates of the pages, and how numbers are written in them."""

from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parent / "templates"


def filled_in(template: str, **values: Any) -> str:
    """Return a page; what it is given is escaped, unless it is markup of our own."""
    return _environment().get_template(template).render(**values)


def as_data(png: bytes) -> str:
    """Return a picture as an address that a page holds in itself."""
    return f"data:image/png;base64,{b64encode(png).decode()}"


def environment_of(folder: Path) -> Environment:
    """Return the templates of a folder; what a page is given is escaped unless it is our markup."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["thousands"] = lambda count: f"{count:,}"
    return environment


@cache
def _environment() -> Environment:
    return environment_of(TEMPLATES)
