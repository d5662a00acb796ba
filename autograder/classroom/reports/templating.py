"""What every page shares: the templates, and how pages refer to each other."""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment

from exercises.given.pages.page_templates import environment_of

from ...breaks.sayings import in_words
from ...chapters import EXERCISE_CHAPTERS
from ..rubric import BREAKS
from .graded_students import number

TEMPLATES = Path(__file__).parent / "templates"
LONGEST_NAME = 150


@cache
def environment() -> Environment:
    """Return the templates; what a page is given is escaped unless it is markup of our own."""
    environment = environment_of(TEMPLATES)
    environment.filters["number"] = number
    environment.filters["short_title"] = short_title
    environment.filters["href"] = feedback_link
    environment.filters["done_wrongly"] = in_words
    environment.filters["one_place"] = lambda mean: "" if mean is None else f"{mean:.1f}"
    return environment


def short_title(stem: str) -> str:
    """Return what stands at a chapter's points where there is little room."""
    return "Examples" if stem == BREAKS else f"Chapter {int(stem[2:4])}"


@cache
def titles() -> dict[str, str]:
    """Return what the pages call each chapter, by its stem."""
    chapters = {one.stem: f"Chapter {one.number}: {one.title}" for one in EXERCISE_CHAPTERS}
    return {**chapters, BREAKS: "Your examples for triplet break"}


def feedback_link(student: str, place: int = 0) -> str:
    """Return the link from the class page to a student's, at the check of this number."""
    return quote(f"feedback/{feedback_name(student)}") + (f"#check-{place}" if place else "")


def feedback_name(student: str) -> str:
    """Return a file name that no student's name leads out of the folder, or into another's."""
    name = quote(student, safe="").replace("~", "%7E")
    if name.startswith(".") or not name:
        name = "%2E" + name[1:]
    if len(name) > LONGEST_NAME or name != name.lower():
        # Where Ada.html and ada.html are the same file, the digest tells them apart.
        name = f"{name[:LONGEST_NAME]}-{hashlib.sha256(student.encode()).hexdigest()[:16]}"
    return f"{name}.html"


def places_of(checks: Iterable[str]) -> dict[str, int]:
    """Return the number of each check, by which a link finds it on a student's page."""
    return {check: place for place, check in enumerate(checks, start=1)}
