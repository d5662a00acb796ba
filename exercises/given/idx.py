"""Read the IDX format in which MNIST is published."""

import gzip
import zlib

import numpy as np

from .errors import DataError

# Byte 3 of the magic number names the element type (8: unsigned byte), byte 4 the dimensions.
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
            f"{name}: the gzip data is damaged or cut short ({error}). "
            "Delete the file and fetch it again."
        ) from error


def parse_idx(data: bytes, name: str, ndim: int) -> np.ndarray:
    """Return the unsigned bytes of an IDX file as an array with `ndim` axes.

    Raises DataError with what was expected and what was found.
    Source: the IDX description at http://yann.lecun.com/exdb/mnist/.
    """
    expected_magic = bytes([0, 0, UNSIGNED_BYTE, ndim])
    if data[:4] != expected_magic:
        raise DataError(
            f"{name}: not the expected IDX file. Its first four bytes should be "
            f"{expected_magic.hex()}, found {data[:4].hex() or 'an empty file'}. "
            "Fetch the file again."
        )
    header = 4 + 4 * ndim
    if len(data) < header:
        raise DataError(f"{name}: cut short inside its header. Fetch the file again.")
    shape = np.frombuffer(data, dtype=">u4", count=ndim, offset=4)
    expected_bytes = header + int(np.prod(shape.astype(np.int64)))
    if len(data) != expected_bytes:
        raise DataError(
            f"{name}: its header promises {expected_bytes} bytes, found {len(data)}. "
            "Fetch the file again."
        )
    return np.frombuffer(data, dtype=np.uint8, offset=header).reshape(tuple(shape))
