"""Read the IDX format in which MNIST is published."""

import gzip
import zlib

import numpy as np

from ..errors import DataError

# Byte 3 of the magic number names the element type, byte 4 the number of axes.
ELEMENTS = {
    8: "unsigned byte", 9: "signed byte", 11: "short", 12: "int", 13: "float", 14: "double",
}  # fmt: skip
UNSIGNED_BYTE = 8
GZIP_MAGIC = b"\x1f\x8b"


def decompress(data: bytes, name: str) -> bytes:
    """Return the bytes of a gzip file, or of a plain file as they are."""
    if not data.startswith(GZIP_MAGIC):
        return data
    try:
        return gzip.decompress(data)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            f"{name}: the gzip data is damaged or cut short ({error}). Fetch or write it again."
        ) from error


def parse_idx(data: bytes, name: str, ndim: int) -> np.ndarray:
    """Return the unsigned bytes of an IDX file as an array with `ndim` axes.

    Raises DataError with what was expected and what was found.
    Source: the IDX description at http://yann.lecun.com/exdb/mnist/.
    """
    _check_magic(data[:4], name, ndim)
    header = 4 + 4 * ndim
    if len(data) < header:
        raise DataError(f"{name}: cut short inside its header. Fetch or write it again.")
    shape = np.frombuffer(data, dtype=">u4", count=ndim, offset=4)
    expected_bytes = header + int(np.prod(shape.astype(np.int64)))
    if len(data) != expected_bytes:
        raise DataError(
            f"{name}: its header promises {expected_bytes} bytes, found {len(data)}. "
            "Fetch or write it again."
        )
    return np.frombuffer(data, dtype=np.uint8, offset=header).reshape(tuple(shape))


def _check_magic(magic: bytes, name: str, ndim: int) -> None:
    expected = bytes([0, 0, UNSIGNED_BYTE, ndim])
    if magic == expected:
        return
    raise DataError(
        f"{name}: not the expected IDX file. Its first four bytes should be {expected.hex()} "
        f"(unsigned bytes, {_axes(ndim)}), found {_described(magic)}."
    )


def _described(magic: bytes) -> str:
    if not magic:
        return "an empty file"
    is_idx = len(magic) == 4 and magic[:2] == b"\0\0" and magic[2] in ELEMENTS
    return f"{magic.hex()} ({ELEMENTS[magic[2]]}, {_axes(magic[3])})" if is_idx else magic.hex()


def _axes(ndim: int) -> str:
    return "1 axis" if ndim == 1 else f"{ndim} axes"
