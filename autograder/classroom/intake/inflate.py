"""Decompress gzip, bzip2 and xz, but no decompression bomb: the actual output is limited."""

import bz2
import lzma
import zlib
from typing import BinaryIO, Protocol

from .caps import MIB, in_words
from .entries import Unreadable

MAGIC = {"gzip": b"\x1f\x8b", "bzip2": b"BZh", "xz": b"\xfd7zXZ\x00"}
XZ_MEMORY = 128 * MIB  # twice what the strongest preset needs
CHUNK = 64 << 10
PIECE = 1 * MIB


class _Decompressor(Protocol):
    @property
    def unused_data(self) -> bytes: ...

    @property
    def eof(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Gzip:
    """zlib's decompressor with the interface of the other two: it keeps its unconsumed input."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)
        self.unused_data = b""

    @property
    def eof(self) -> bool:
        return self._inner.eof

    def decompress(self, data: bytes, max_length: int) -> bytes:
        plain = self._inner.decompress(self._inner.unconsumed_tail + data, max_length)
        self.unused_data = self._inner.unused_data
        return plain


def packing_of(file: BinaryIO) -> str | None:
    """Return the compression format of a file, None if it is not compressed."""
    file.seek(0)
    head = file.read(6)
    return next((name for name, magic in MAGIC.items() if head.startswith(magic)), None)


def inflate(packed: BinaryIO, packing: str, plain: BinaryIO, limit: int) -> int:
    """Decompress a file into another; return its size. Raises Unreadable if damaged or too big."""
    packed.seek(0)
    size = 0
    decompressor, data = _decompressor(packing), b""
    try:
        while chunk := data or packed.read(CHUNK):
            data = b""
            while piece := decompressor.decompress(chunk, PIECE):
                chunk = b""
                size += len(piece)
                if size > limit:
                    raise Unreadable(f"decompresses to more than {in_words(limit)}")
                plain.write(piece)
                if decompressor.eof:
                    break
            if decompressor.eof:
                data = decompressor.unused_data.lstrip(b"\0")  # zero padding, of tapes and of xz
                decompressor = _decompressor(packing)
    except (OSError, EOFError, zlib.error, lzma.LZMAError, MemoryError) as error:
        raise Unreadable(f"is damaged ({packing} data expected)") from error
    return size


def _decompressor(packing: str) -> _Decompressor:
    if packing == "gzip":
        return _Gzip()
    if packing == "bzip2":
        return bz2.BZ2Decompressor()
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY)
