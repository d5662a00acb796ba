"""Read zip files: the central directory with zipfile, the members with our own size limits."""

import io
import itertools
import struct
import zipfile
import zlib
from typing import BinaryIO

from ..submission import LeftAside
from .caps import in_words
from .entries import Listing, Opener, Unreadable, require_size
from .folders import too_many, why_no_file_mode
from .members import add_folder, add_member

TABLE_BYTES_PER_ENTRY = 200  # a header of 46, and a name of usual length
LOCAL_HEADER = struct.Struct("<4s5H3I2H")
ENCRYPTED = 0x1
CHUNK = 64 << 10
DAMAGED = "is damaged: what the archive says of it and what it holds differ"


class _Guarded(io.RawIOBase):
    """A file whose read refuses a huge central directory, which zipfile would read at once."""

    def __init__(self, file: BinaryIO, limit: int) -> None:
        self._file, self._limit = file, limit

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0:
            size = self._limit
        if size > self._limit:
            raise Unreadable(f"has a table of contents of more than {in_words(self._limit)}")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True


def is_zip(file: BinaryIO) -> bool:
    """Return whether a file has the end-of-central-directory record of a zip."""
    try:
        return zipfile.is_zipfile(file)
    except Exception:  # forged numbers may break zipfile anywhere
        return False


def list_zip(file: BinaryIO, opener: Opener, limit: int) -> Listing:
    """List the files of a zip. Raises Unreadable if its central directory is damaged."""
    listing, seen = Listing(), set[str]()
    members = _table(file, limit)
    overlapping = _overlapping(members)
    for info in members[:limit]:
        if info.is_dir():
            add_folder(listing, info.filename)
            continue
        why = DAMAGED if id(info) in overlapping else _hindrance(info)
        add_member(listing, info.filename, why, _reader(opener, info), seen)
    if len(members) > limit:
        listing.left_aside.append(LeftAside("...", too_many(limit)))
    return listing


def _table(file: BinaryIO, limit: int) -> list[zipfile.ZipInfo]:
    guarded = _Guarded(file, max(limit * TABLE_BYTES_PER_ENTRY, 1 << 17))
    try:
        with zipfile.ZipFile(guarded) as archive:
            return archive.infolist()
    except Unreadable:
        raise
    except Exception as error:  # forged numbers may break zipfile anywhere
        raise Unreadable("is damaged: it has no table of contents that can be read") from error


def _overlapping(members: list[zipfile.ZipInfo]) -> set[int]:
    """Return the id() of members that overlap the next, as in a zip bomb that holds petabytes."""
    ordered = sorted(members, key=lambda info: info.header_offset)
    return {
        id(one)
        for one, following in itertools.pairwise(ordered)
        if one.header_offset + LOCAL_HEADER.size + one.compress_size > following.header_offset
    }


def _hindrance(info: zipfile.ZipInfo) -> str:
    mode = info.external_attr >> 16
    # The upper bits are zero if the archive was made on a system without file modes.
    if mode >> 12 and (why := why_no_file_mode(mode)):
        return why
    if info.flag_bits & ENCRYPTED:
        return "is encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is compressed by a method other than zip's usual one"
    return ""


class _reader:  # noqa: N801  called like a function; slots save memory for a class of students
    """Read one member up to a limit. Raises Unreadable if it differs from the central directory."""

    __slots__ = ("crc", "is_stored", "offset", "opener", "packed", "size")

    def __init__(self, opener: Opener, info: zipfile.ZipInfo) -> None:
        self.opener, self.offset, self.crc = opener, info.header_offset, info.CRC
        self.size, self.packed = info.file_size, info.compress_size
        self.is_stored = info.compress_type == zipfile.ZIP_STORED

    def __call__(self, limit: int) -> bytes:
        require_size(self.size, limit)
        try:
            with self.opener() as file:
                self._find_data(file)
                data = self._stored(file) if self.is_stored else self._inflated(file)
        except (OSError, ValueError, OverflowError, struct.error, zlib.error) as error:
            raise Unreadable(DAMAGED) from error
        if len(data) != self.size or zlib.crc32(data) != self.crc:
            raise Unreadable(DAMAGED)
        return data

    def _find_data(self, file: BinaryIO) -> None:
        file.seek(self.offset)
        magic, *_, name, extra = LOCAL_HEADER.unpack(file.read(LOCAL_HEADER.size))
        if magic != b"PK\x03\x04":
            raise Unreadable(DAMAGED)
        file.seek(name + extra, 1)

    def _stored(self, file: BinaryIO) -> bytes:
        return file.read(min(self.size, self.packed))

    def _inflated(self, file: BinaryIO) -> bytes:
        """Decompress at most one byte more than the central directory states."""
        decompressor, left = zlib.decompressobj(-zlib.MAX_WBITS), self.packed
        plain = bytearray()
        while left > 0 and not decompressor.eof and len(plain) <= self.size:
            chunk = file.read(min(CHUNK, left))
            if not chunk:
                break
            left -= len(chunk)
            plain += decompressor.decompress(chunk, self.size + 1 - len(plain))
        return bytes(plain)
