"""The four files of MNIST: their names and checksums, and how they are read."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .errors import DataError
from .idx import decompress, parse_idx


@dataclass(frozen=True)
class MnistFile:
    """One published file: its name, axes, and the SHA-256 of its decompressed bytes."""

    name: str
    ndim: int
    sha256: str


FILES = (
    MnistFile(
        "train-images-idx3-ubyte",
        3,
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    MnistFile(
        "train-labels-idx1-ubyte",
        1,
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    MnistFile(
        "t10k-images-idx3-ubyte",
        3,
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    MnistFile(
        "t10k-labels-idx1-ubyte",
        1,
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
)


def read_folder(folder: Path, files: Sequence[MnistFile] = FILES) -> list[np.ndarray]:
    """Return train images, train labels, test images, test labels from a folder.

    A file may be gzipped (`.gz`) or plain. Raises DataError that names the first bad file.
    """
    return [_read_file(folder, file) for file in files]


def missing_files(folder: Path, files: Sequence[MnistFile] = FILES) -> list[str]:
    """Return the names of the files that the folder does not hold."""
    return [file.name for file in files if _find(folder, file) is None]


def _find(folder: Path, file: MnistFile) -> Path | None:
    candidates = (folder / f"{file.name}.gz", folder / file.name)
    return next((path for path in candidates if path.is_file()), None)


def _read_file(folder: Path, file: MnistFile) -> np.ndarray:
    path = _find(folder, file)
    if path is None:
        raise DataError(
            f"{folder / file.name}: no such file (nor with .gz). "
            "Put the four MNIST files there, or leave out --data and MNIST_DIR."
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({os.strerror(error.errno or 0)}).") from error
    return checked_array(data, str(path), file)


def checked_array(data: bytes, name: str, file: MnistFile) -> np.ndarray:
    """Return the array inside the bytes of a file, gzipped or plain.

    Raises DataError if it is cut short, is no IDX file, or has another checksum.
    """
    plain = decompress(data, name)
    array = parse_idx(plain, name, file.ndim)
    found = hashlib.sha256(plain).hexdigest()
    if found != file.sha256:
        raise DataError(
            f"{name}: not the published file. Expected SHA-256 {file.sha256}, found {found}. "
            "Fetch the file again."
        )
    return array
