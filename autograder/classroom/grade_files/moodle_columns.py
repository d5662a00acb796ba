"""Find people in a file of Moodle, whose headings are in the language of whoever exported it."""

import re

from ..intake.enrolled import keys_of
from .cells import Sheet

TAG = re.compile(r"<[^>]*>")  # a suspended student's name comes with a picture


def keys_in(sheet: Sheet, row: int, columns: list[int]) -> frozenset[str]:
    """Return what the person of a row may be called by: logins, emails and numbers."""
    return frozenset().union(*(keys_of(sheet.text(row, one)) for one in columns))


def key_columns(sheet: Sheet, rows: list[int], columns: range) -> list[int]:
    """Return the columns that tell people apart: an email, or one word that no two share."""
    return [one for one in columns if _tells_apart(sheet.column(one, rows))]


def _tells_apart(texts: list[str]) -> bool:
    told = [text for text in texts if text]
    if any("@" in text for text in told):
        return True
    words = [text for text in told if not re.search(r"\s", text)]
    return len(words) > 1 and len(set(words)) == len(words) == len(told)


def name_in(sheet: Sheet, row: int, *columns: int) -> str:
    """Return a name without the marks that Moodle puts around it."""
    return " ".join(TAG.sub("", sheet.text(row, one)).strip() for one in columns).strip()
