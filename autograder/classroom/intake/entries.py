"""What stands in a submission before anything of it is read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from ..submission import LeftAside
from .caps import in_words


class Unreadable(Exception):
    """A file or an archive cannot be read; `why` completes "this file ..."."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


# Opens the same bytes anew each time, at the start, so that no reader disturbs another.
Opener = Callable[[], BinaryIO]


@dataclass(frozen=True)
class Entry:
    """One file of a submission.

    path: for people, with "/"; safe to print. name: what says which chapter it is (the path's
    last part, without what a learning platform put in front). fetch(limit): its bytes, or
    Unreadable where there are more than the limit. opener: where its bytes can be read in place.
    hindrance: why it can never be read (a link, a named pipe), "" for a plain file.
    upload: counts up with each upload to the platform, where its file names say so.
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
    """The files of a folder or an archive, and what was not even listed as one."""

    entries: list[Entry] = field(default_factory=list)
    left_aside: list[LeftAside] = field(default_factory=list)


def hindered(path: str, why: str) -> Entry:
    """Return the entry of something that stands where a file could, and is none."""

    def refuse(_limit: int) -> bytes:
        raise Unreadable(why)

    return Entry(path, path.rsplit("/", 1)[-1], refuse, hindrance=why)


def require_size(size: int, limit: int) -> None:
    """Raise Unreadable where a size is more than the limit."""
    if size > limit:
        raise Unreadable(f"holds {in_words(size)}; at most {in_words(limit)} are read")


def read_up_to(file: BinaryIO, limit: int) -> bytes:
    """Return what a file holds; Unreadable where that is more than the limit."""
    data = file.read(limit + 1)
    if len(data) > limit:
        raise Unreadable(f"holds more than {in_words(limit)}; no more are read")
    return data
