"""Fetch MNIST from its public mirrors."""

import urllib.request
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path

import numpy as np

from .errors import DataError
from .files import replacing
from .mnist import FILES, MnistFile, checked_array
from .progress import progress

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
TIMEOUT_SECONDS = 10
CHUNK_BYTES = 1 << 16


def download(
    mirrors: Sequence[str] = MIRRORS, files: Sequence[MnistFile] = FILES
) -> tuple[list[bytes], list[np.ndarray]]:
    """Return the gzipped bytes and the arrays of every file, each from the first mirror with it.

    Raises DataError if no mirror gives a file with the right checksum.
    """
    blobs = [_fetch_from_any(mirrors, file) for file in files]
    arrays = [checked_array(blob, file.name, file) for blob, file in zip(blobs, files, strict=True)]
    return blobs, arrays


def store(folder: Path, blobs: Sequence[bytes], files: Sequence[MnistFile] = FILES) -> None:
    """Write the gzipped bytes into the folder, each file whole or not at all.

    Raises OSError if the folder cannot be written.
    """
    for blob, file in zip(blobs, files, strict=True):
        with replacing(folder / f"{file.name}.gz") as temporary:
            temporary.write_bytes(blob)


def _fetch_from_any(mirrors: Sequence[str], file: MnistFile) -> bytes:
    problems = []
    for mirror in mirrors:
        url = f"{mirror.rstrip('/')}/{file.name}.gz"
        try:
            blob = _fetch(url, file.name)
            checked_array(blob, url, file)
            return blob
        except (DataError, OSError, HTTPException, ValueError) as error:
            problems.append(f"{url}: {error}")
    raise DataError("No mirror has the file. " + " ".join(problems))


def _fetch(url: str, title: str) -> bytes:
    with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310  # the mirrors are ours, or the user's own choice
        total = int(response.headers.get("Content-Length") or 0)
        chunks = []
        with progress(f"Downloading {title}", max(total, 1)) as advance:
            while chunk := response.read(CHUNK_BYTES):
                chunks.append(chunk)
                advance(len(chunk))
    blob = b"".join(chunks)
    if total and len(blob) != total:
        raise OSError(f"the connection ended after {len(blob)} of {total} bytes")
    return blob
