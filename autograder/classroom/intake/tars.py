"""Read tar files without Python's tarfile, which a hostile archive can hang.

In Python versions that this course supports, tarfile can hang on a negative size (CVE-2025-8194)
or on a long number in an extended header (CVE-2024-6232). A submission needs little: the names and
sizes of the members, and which of them are not regular files.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ..submission import LeftAside
from .entries import Listing, Opener, Unreadable, require_size
from .folders import too_many
from .members import add_folder, add_member

BLOCK = 512
NAME_BYTES = 64 << 10  # read of an extended header: no real name is longer
FILES = b"0\x007"
FOLDER = b"5"
OTHER = {
    b"1": "is a hard link, not a file",
    b"2": "is a link, and links are not followed",
    b"3": "is a device, not a file",
    b"4": "is a device, not a file",
    b"6": "is a named pipe, not a file",
    b"S": "is a sparse file, which is not read",
}
CUT_OFF = "the archive is damaged from here on"


@dataclass(frozen=True)
class _Member:
    name: str
    kind: bytes
    offset: int
    size: int


def is_tar(file: BinaryIO) -> bool:
    """Return whether a file begins with a tar header whose checksum is correct."""
    file.seek(0)
    return _has_checksum(file.read(BLOCK))


def list_tar(file: BinaryIO, opener: Opener, limit: int) -> Listing:
    """List the files of a tar; everything from a damaged header on is left aside as one item."""
    listing, seen = Listing(), set[str]()
    try:
        for count, member in enumerate(_members(file)):
            if count == limit:
                listing.left_aside.append(LeftAside("...", too_many(limit)))
                break
            if member.kind == FOLDER:
                add_folder(listing, member.name)
                continue
            why = "" if member.kind in FILES else OTHER.get(member.kind, "is no plain file")
            add_member(listing, member.name, why, _reader(opener, member), seen)
    except Unreadable as error:
        listing.left_aside.append(LeftAside("...", error.why))
    return listing


class _reader:  # noqa: N801  called like a function; slots save memory for a class of students
    """Read one member, which a tar stores uncompressed. Raises Unreadable past the limit."""

    __slots__ = ("member", "opener")

    def __init__(self, opener: Opener, member: _Member) -> None:
        self.opener, self.member = opener, member

    def __call__(self, limit: int) -> bytes:
        require_size(self.member.size, limit)
        with self.opener() as file:
            file.seek(self.member.offset)
            return file.read(self.member.size)


def _members(file: BinaryIO) -> Iterator[_Member]:
    """Yield the members. Each step advances by at least one block, so that the loop terminates."""
    end = file.seek(0, 2)
    position, long_name, long_size = 0, "", None
    while position + BLOCK <= end:
        file.seek(position)
        header = file.read(BLOCK)
        if not header.strip(b"\0"):
            return
        kind, size = header[156:157], _number(header[124:136])
        if not _has_checksum(header) or size is None:
            raise Unreadable(CUT_OFF)
        size = size if long_size is None or kind in b"xgLK" else long_size
        position += BLOCK
        if size > end - position:
            raise Unreadable(CUT_OFF)
        if kind in b"xL":
            text = file.read(min(size, NAME_BYTES))
            if kind == b"L":
                long_name = _text(text)
            else:
                long_name, long_size = _extended(text, long_name)
        elif kind not in b"gK":
            yield _Member(long_name or _name(header), kind, position, size)
            long_name, long_size = "", None
        # Links, devices and folders may state a size, but have no data.
        position += 0 if kind in b"123456" else -(-size // BLOCK) * BLOCK


def _has_checksum(header: bytes) -> bool:
    said = _number(header[148:156])
    return len(header) == BLOCK and said == sum(header[:148]) + 8 * 32 + sum(header[156:])


def _number(field: bytes) -> int | None:
    """Return a number stored as octal digits or, if large, in base 256; None for anything else."""
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0")
    return int(digits or b"0", 8) if re.fullmatch(rb"[0-7]*", digits) else None


def _name(header: bytes) -> str:
    name, prefix = _text(header[:100]), _text(header[345:500])
    # The older GNU format has other fields where POSIX (ustar) has the prefix of a long path.
    return f"{prefix}/{name}" if prefix and header[257:263] == b"ustar\0" else name


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("utf-8", "surrogateescape")


def _extended(text: bytes, name: str) -> tuple[str, int | None]:
    """Return the path and the size that an extended header (pax) gives the next member."""
    size = None
    while said := re.match(rb"(\d{1,6}) ", text):
        length = int(said[1])
        key, _, value = text[said.end() : max(length - 1, 0)].partition(b"=")
        if key == b"path":
            name = _text(value)
        elif key == b"size" and re.fullmatch(rb"\d{1,18}", value):
            size = int(value)
        text = text[max(length, said.end()) :]
    return name, size
