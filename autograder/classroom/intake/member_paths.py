"""Paths inside an archive, which whoever made it could choose at will."""

import re

from .caps import DEPTH, PATH_CHARACTERS
from .display import shown
from .entries import Unreadable

DRIVE = re.compile(r"[A-Za-z]:")


def member_path(raw: str) -> str:
    """Return a member's path for people, with "/"; "" for the archive's own folder.

    Raises Unreadable for a path that leads out of the archive, or is out of all proportion.
    Nothing is ever written there: what is refused is work whose place nobody can tell.
    """
    if len(raw) > PATH_CHARACTERS:
        raise Unreadable(f"has a path of more than {PATH_CHARACTERS:,} characters")
    path = raw.replace("\\", "/")  # what some Windows programs write
    parts = [shown(part) for part in path.split("/") if part not in ("", ".")]
    if path.startswith("/") or DRIVE.match(path) or ".." in parts:
        raise Unreadable("has a path that leads out of the archive")
    if len(parts) > DEPTH + 1:
        raise Unreadable(f"is more than {DEPTH} folders deep")
    return "/".join(parts)
