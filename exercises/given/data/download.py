"""Fetch a published set from its public mirrors, once, and keep it in the user's cache."""

import os
import urllib.request
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path

import numpy as np
import platformdirs

from ..errors import DataError
from ..files import replacing
from ..progress import progress, say
from .published import PUBLISHED, IdxFile, checked_array, read_published

OWN_MIRROR = "COURSE_MIRROR"
TIMEOUT_SECONDS = 10
CHUNK_BYTES = 1 << 16


def cache_folder() -> Path:
    """Return the user's cache folder for downloaded files."""
    return platformdirs.user_cache_path("metric-learning-course")


def cached_or_downloaded(name: str) -> list[np.ndarray]:
    """Return the four arrays of a published set: from the cache, else from a mirror.

    The environment variable COURSE_MIRROR names another mirror; it holds a folder for each set.
    Raises DataError if no mirror gives the files.
    """
    folder, files = cache_folder() / name, PUBLISHED[name].files
    if all((folder / f"{file.name}.gz").is_file() for file in files):
        try:
            return read_published(folder, files)
        except DataError as error:
            say(f"The cached copy is not usable and is fetched again: {error}")
    own_mirror = os.environ.get(OWN_MIRROR)
    mirrors = (f"{own_mirror.rstrip('/')}/{name}",) if own_mirror else PUBLISHED[name].mirrors
    try:
        blobs, arrays = download(mirrors, files)
    except DataError as error:
        raise DataError(
            f"{PUBLISHED[name].title} could not be downloaded. {error} With the four files in a "
            "folder of yours, name that folder: --data FOLDER"
        ) from error
    try:
        store(folder, blobs, files)
    except OSError as error:
        say(f"The files were downloaded but cannot be kept for the next run: {error}")
    return arrays


def download(
    mirrors: Sequence[str], files: Sequence[IdxFile]
) -> tuple[list[bytes], list[np.ndarray]]:
    """Return the gzipped bytes and the arrays of every file, each from the first mirror with it.

    Raises DataError if no mirror gives a file with the right checksum.
    """
    fetched = [_fetch_from_any(mirrors, file) for file in files]
    return [blob for blob, _ in fetched], [array for _, array in fetched]


def store(folder: Path, blobs: Sequence[bytes], files: Sequence[IdxFile]) -> None:
    """Write the gzipped bytes into the folder, each file whole or not at all.

    Raises OSError if the folder cannot be written.
    """
    for blob, file in zip(blobs, files, strict=True):
        with replacing(folder / f"{file.name}.gz") as temporary:
            temporary.write_bytes(blob)


def _fetch_from_any(mirrors: Sequence[str], file: IdxFile) -> tuple[bytes, np.ndarray]:
    problems = []
    for mirror in mirrors:
        url = f"{mirror.rstrip('/')}/{file.name}.gz"
        try:
            blob = _fetch(url, file.name)
            return blob, checked_array(blob, file, mirror)
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
