"""Check the paths of archive members, which whoever made the archive chose at will."""

import re

from .caps import DEPTH, PATH_CHARACTERS
from .display import shown
from .entries import Unreadable

DRIVE = re.compile(r"[A-Za-z]:")


def member_path(raw: str) -> str:
    """Return a member's path for display, with "/"; "" for the archive's root.

    Raises Unreadable for an absolute path, path traversal, or a path too long or too deep. Nothing
    is ever written there: such a path is refused because nobody can tell where the work belongs.
    """
    if len(raw) > PATH_CHARACTERS:
        raise Unreadable(f"has a path of more than {PATH_CHARACTERS:,} characters")
    path = raw.replace("\\", "/")  # what some Windows programs write
    # Whole: a name that is cut off loses the platform's number, or its own ending.
    parts = [shown(part, PATH_CHARACTERS) for part in path.split("/") if part not in ("", ".")]
    if path.startswith("/") or DRIVE.match(path) or ".." in parts:
        raise Unreadable("has a path that leads out of the archive")
    if len(parts) > DEPTH + 1:
        raise Unreadable(f"is more than {DEPTH} folders deep")
    return "/".join(parts)
