"""List folders on disk: follow no symlink, open no named pipe, stop at the limits."""

import os
import stat
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ..submission import LeftAside
from .caps import DEPTH, ENTRIES, PATH_CHARACTERS
from .display import shown
from .entries import Entry, Listing, Unreadable, hindered, read_up_to, require_size
from .naming import NoChapterError, read_name
from .passed_over import why_passed_over

# Windows: the reparse tags of a symlink and a junction, as os.lstat returns them.
WINDOWS_LINKS = {0xA000000C, 0xA0000003}
# Follow no symlink, block on no pipe, translate no line endings: where the system has the flag.
SAFE_READ = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_BINARY"):
    SAFE_READ |= getattr(os, _flag, 0)
KINDS = (
    (stat.S_ISLNK, "is a link, and links are not followed"),
    (stat.S_ISFIFO, "is a named pipe, not a file"),
    (stat.S_ISSOCK, "is a socket, not a file"),
    (stat.S_ISCHR, "is a device, not a file"),
    (stat.S_ISBLK, "is a device, not a file"),
    (stat.S_ISDIR, "is a folder, not a file"),
)


def why_no_file(info: os.stat_result) -> str:
    """Return why something on disk is not a regular file, "" if it is one."""
    if getattr(info, "st_reparse_tag", 0) in WINDOWS_LINKS:
        return KINDS[0][1]
    return why_no_file_mode(info.st_mode)


def why_no_file_mode(mode: int) -> str:
    """Return the same as why_no_file, from a file mode alone."""
    for is_kind, why in KINDS:
        if is_kind(mode):
            return why
    return "" if stat.S_ISREG(mode) else "is no plain file"


def open_plain(path: Path) -> BinaryIO:
    """Open a regular file for reading. Raises Unreadable for anything else."""
    try:
        _require_plain(os.lstat(path))
        descriptor = os.open(path, SAFE_READ)
    except (OSError, ValueError) as error:
        raise Unreadable(f"cannot be opened ({_reason(error)})") from error
    try:
        # Check the file descriptor too: the path may have been replaced in between.
        _require_plain(os.fstat(descriptor))
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def _require_plain(info: os.stat_result) -> None:
    if why := why_no_file(info):
        raise Unreadable(why)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__


def file_on_disk(path: Path, shown_path: str, name: str = "", upload: int = 0) -> Entry:
    """Return the entry of a path on disk, whatever it is."""

    def fetch(limit: int) -> bytes:
        with open_plain(path) as file:
            require_size(os.fstat(file.fileno()).st_size, limit)
            try:
                return read_up_to(file, limit)
            except OSError as error:
                raise Unreadable(f"cannot be read ({_reason(error)})") from error

    name = name or shown_path.rsplit("/", 1)[-1]
    try:
        hindrance = why_no_file(os.lstat(path))
    except (OSError, ValueError) as error:
        hindrance = f"cannot be looked at ({_reason(error)})"
    return Entry(shown_path, name, fetch, lambda: open_plain(path), hindrance, upload)


def children(folder: Path, limit: int = ENTRIES) -> list[os.DirEntry[str]]:
    """Return the entries of a folder, sorted by name; `limit` + 1 if it has more than `limit`.

    Raises Unreadable if the folder cannot be opened.
    """
    try:
        with os.scandir(folder) as found:
            some = [entry for _, entry in zip(range(limit + 1), found, strict=False)]
    except (OSError, ValueError) as error:
        raise Unreadable(f"cannot be opened ({_reason(error)})") from error
    return sorted(some, key=lambda entry: os.fsencode(entry.name))


def is_real_folder(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a folder itself, not a symlink to one."""
    try:
        info = os.lstat(entry)  # an entry would keep what its own stat() finds, for a whole class
    except OSError:
        return False
    return stat.S_ISDIR(info.st_mode) and why_no_file(info) == KINDS[-1][1]


def walk(folder: Path, prefix: str = "", limit: int = ENTRIES) -> Listing:
    """List the files below a folder, breadth-first, within the limits."""
    listing = Listing()
    for path, child, is_folder in _steps(folder, prefix, listing, limit):
        if not is_folder:
            listing.entries.append(file_on_disk(Path(child.path), path))
        elif _names_a_chapter(path):
            listing.entries.append(hindered(path, KINDS[-1][1]))
    return listing


def _steps(
    folder: Path, prefix: str, listing: Listing, limit: int
) -> Iterator[tuple[str, os.DirEntry[str], bool]]:
    """Yield (path, child, is_folder) breadth-first; leave aside in `listing` what is not walked."""
    waiting = deque([(folder, prefix, 0)])
    seen = 0
    while waiting:
        current, path, depth = waiting.popleft()
        try:
            found = children(current, limit - seen)
        except Unreadable as error:
            listing.left_aside.append(LeftAside(path or ".", error.why))
            continue
        for child in found:
            seen += 1
            if seen > limit:
                listing.left_aside.append(LeftAside("...", too_many(limit)))
                return
            name = shown(child.name, PATH_CHARACTERS).replace("/", "_")
            below = f"{path}/{name}" if path else name
            is_folder = is_real_folder(child)
            why = why_passed_over(name, is_folder)
            if is_folder and not why and depth >= DEPTH:
                why = f"is more than {DEPTH} folders deep"
            if why:
                listing.left_aside.append(LeftAside(below, why))
                continue
            yield below, child, is_folder
            if is_folder:
                waiting.append((Path(child.path), below, depth + 1))


def too_many(limit: int) -> str:
    """Return the message for a folder or archive that holds more entries than the limit."""
    return f"there are more than {limit:,} files; the rest was not looked at"


def _names_a_chapter(path: str) -> bool:
    try:
        return bool(read_name(path.rsplit("/", 1)[-1]))
    except NoChapterError:
        return False
