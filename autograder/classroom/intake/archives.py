"""Read zip and tar archives, recognised by content, not by name; no member is extracted to disk."""

import re
import tempfile
import weakref
from typing import BinaryIO, cast

from .caps import MIB
from .entries import Listing, Opener, Unreadable
from .inflate import inflate, packing_of
from .tars import is_tar, list_tar
from .zips import is_zip, list_zip

ARCHIVE_NAME = re.compile(
    r"(.+)\.(?:zip|tar|tgz|tbz2?|txz|tar\.gz|tar\.bz2|tar\.xz|rar|7z)", re.DOTALL | re.IGNORECASE
)
IN_MEMORY = 16 * MIB
FOREIGN = ((b"Rar!", "a .rar archive"), (b"7z\xbc\xaf\x27\x1c", "a .7z archive"))


def archive_root(name: str) -> str | None:
    """Return an archive's name without its extension, None if it is not an archive's name."""
    said = ARCHIVE_NAME.fullmatch(name.strip())
    return said[1] if said else None


def list_archive(opener: Opener, limit: int, inflated_bytes: int) -> tuple[Listing, int]:
    """Return the files of a zip or tar, and how many bytes had to be decompressed to list them.

    Raises Unreadable for other files, damaged archives and decompression bombs.
    """
    with opener() as file:
        packing = packing_of(file)
        if packing is None:
            return _list_plain(file, opener, limit), 0
        unpacked = _Unpacked(file, packing, inflated_bytes)
    with unpacked.open() as plain:
        if not is_tar(plain):
            raise Unreadable("is a compressed file, but no tar archive")
        return list_tar(plain, unpacked.open, limit), unpacked.size


def _list_plain(file: BinaryIO, opener: Opener, limit: int) -> Listing:
    if is_tar(file):
        return list_tar(file, opener, limit)
    if is_zip(file):
        return list_zip(file, opener, limit)
    file.seek(0)
    head = file.read(8)
    for magic, what in FOREIGN:
        if head.startswith(magic):
            raise Unreadable(f"is {what}; only zip and tar are read")
    raise Unreadable("is damaged, or no archive: neither a zip nor a tar")


class _Unpacked:
    """A decompressed tar, in memory or in an unnamed temporary file, for as long as it is used."""

    def __init__(self, packed: BinaryIO, packing: str, limit: int) -> None:
        # Closed with the last reference: no reader can know whether it is the last.
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self.size = inflate(packed, packing, cast(BinaryIO, self._file), limit)

    def open(self) -> BinaryIO:
        return cast(BinaryIO, _Window(self))

    def read_at(self, position: int, count: int) -> bytes:
        self._file.seek(position)
        return self._file.read(count)


class _Window:
    """A reader of a decompressed tar, with its own position."""

    def __init__(self, whole: _Unpacked) -> None:
        self._whole, self._position = whole, 0

    def read(self, count: int = -1) -> bytes:
        data = self._whole.read_at(self._position, count)
        self._position += len(data)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        base = (0, self._position, self._whole.size)[whence]
        self._position = max(0, base + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def __enter__(self) -> "_Window":
        return self

    def __exit__(self, *_: object) -> None:
        self._position = 0
