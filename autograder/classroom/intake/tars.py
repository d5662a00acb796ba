"""Tar files, read here and not by the standard library.

Python's tarfile, in versions that this course supports, can be made to loop for ever by a negative
size (CVE-2025-8194) or by a long number in an extended header (CVE-2024-6232). What a submission
needs is little: names, sizes, and which members are no files.
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
NAME_BYTES = 64 << 10  # of an extended header: longer names are none
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
    """Return whether a file begins like a tar: with a header whose checksum is right."""
    file.seek(0)
    return _has_checksum(file.read(BLOCK))


def list_tar(file: BinaryIO, opener: Opener, limit: int) -> Listing:
    """List the files of a tar; what follows damage is left aside as one."""
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


class _reader:  # noqa: N801  called like a function; a class, so that a class of students is light
    """Read one member, which stands in the archive as it is."""

    __slots__ = ("member", "opener")

    def __init__(self, opener: Opener, member: _Member) -> None:
        self.opener, self.member = opener, member

    def __call__(self, limit: int) -> bytes:
        require_size(self.member.size, limit)
        with self.opener() as file:
            file.seek(self.member.offset)
            return file.read(self.member.size)


def _members(file: BinaryIO) -> Iterator[_Member]:
    """Yield the members; each step goes forward by a block at least, so that there is an end."""
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
        # Links and folders may name a size, and have no contents.
        position += 0 if kind in b"123456" else -(-size // BLOCK) * BLOCK


def _has_checksum(header: bytes) -> bool:
    said = _number(header[148:156])
    return len(header) == BLOCK and said == sum(header[:148]) + 8 * 32 + sum(header[156:])


def _number(field: bytes) -> int | None:
    """Return a number in octal digits or, for a large one, in bytes; None for anything else."""
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0")
    return int(digits or b"0", 8) if re.fullmatch(rb"[0-7]*", digits) else None


def _name(header: bytes) -> str:
    name, prefix = _text(header[:100]), _text(header[345:500])
    # In the older GNU format other things stand where POSIX has the beginning of a long path.
    return f"{prefix}/{name}" if prefix and header[257:263] == b"ustar\0" else name


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("utf-8", "surrogateescape")


def _extended(text: bytes, name: str) -> tuple[str, int | None]:
    """Return the path and the size that an extended header gives to the member behind it."""
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
