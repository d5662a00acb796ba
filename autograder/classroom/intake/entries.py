"""The files of a submission, listed but not yet read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from ..submission import LeftAside
from .caps import in_words


class Unreadable(Exception):
    """A file or archive cannot be read; `why` completes the sentence "this file ..."."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


# Returns a new reader of the same bytes, at the start, so that no reader disturbs another.
Opener = Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a submission.

    path: for display, with "/"; safe to print. name: what identifies the chapter (the path's
    last part, without a learning platform's prefix). fetch(limit): returns its bytes, or raises
    Unreadable, as for more bytes than the limit. opener: opens it in place, if possible.
    hindrance: why it can never be read (a symlink, a named pipe), "" for a regular file.
    upload: higher for a later upload to the platform, if its file names show that; else 0.
    """

    path: str
    name: str
    fetch: Callable[[int], bytes]
    opener: Opener | None = None
    hindrance: str = ""
    upload: int = 0

    @property
    def folders(self) -> tuple[str, ...]:
        return tuple(self.path.split("/")[:-1])


@dataclass
class Listing:
    """The files of a folder or archive, and what was left aside without being listed as one."""

    entries: list[Entry] = field(default_factory=list)
    left_aside: list[LeftAside] = field(default_factory=list)


def hindered(path: str, why: str) -> Entry:
    """Return an entry that can never be read, such as a symlink: fetch raises Unreadable."""

    def refuse(_limit: int) -> bytes:
        raise Unreadable(why)

    return Entry(path, path.rsplit("/", 1)[-1], refuse, hindrance=why)


def require_size(size: int, limit: int) -> None:
    """Raise Unreadable if a size in bytes exceeds the limit."""
    if size > limit:
        raise Unreadable(f"holds {in_words(size)}; at most {in_words(limit)} are read")


def read_up_to(file: BinaryIO, limit: int) -> bytes:
    """Return the contents of a file. Raises Unreadable if they exceed the limit."""
    data = file.read(limit + 1)
    if len(data) > limit:
        raise Unreadable(f"holds more than {in_words(limit)}; no more are read")
    return data
