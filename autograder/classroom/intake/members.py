"""Turn the members of a zip or tar archive into entries, or leave them aside."""

from collections.abc import Callable

from ..submission import LeftAside
from .caps import PATH_CHARACTERS
from .display import shown
from .entries import Entry, Listing, Unreadable, hindered
from .member_paths import member_path
from .naming import NoChapterError, read_name
from .passed_over import why_passed_over


def add_member(
    listing: Listing, raw: str, hindrance: str, fetch: Callable[[int], bytes], seen: set[str]
) -> None:
    """Add one archive member to a listing; `seen` holds the paths that were already passed over."""
    try:
        path = member_path(raw)
    except Unreadable as error:
        path = shown(raw.replace("\\", "/"), PATH_CHARACTERS)
        listing.entries.append(hindered(path, error.why))
        return
    if passed := _passed_over(path):
        if passed.path not in seen:
            seen.add(passed.path)
            listing.left_aside.append(passed)
        return
    name = path.rsplit("/", 1)[-1]
    listing.entries.append(Entry(path, name, fetch, hindrance=hindrance))


def add_folder(listing: Listing, raw: str) -> None:
    """Add a folder as an unreadable entry if it is named like a chapter; else ignore it."""
    try:
        path = member_path(raw)
        read_name(path.rsplit("/", 1)[-1])
    except (Unreadable, NoChapterError):
        return
    listing.entries.append(hindered(path, "is a folder, not a file"))


def _passed_over(path: str) -> LeftAside | None:
    parts = path.split("/")
    for index, name in enumerate(parts):
        if why := why_passed_over(name, is_folder=index < len(parts) - 1):
            return LeftAside("/".join(parts[: index + 1]), why)
    return None
