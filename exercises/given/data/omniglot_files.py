"""Omniglot's published archives, which are part of the course: checked, and read in memory.

Each drawing is a black-and-white PNG of 105 x 105 pixels. Source: "Human-level concept learning
through probabilistic program induction" (Lake, Salakhutdinov and Tenenbaum, 2015).
"""

import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from ..errors import DataError

FOLDER = Path(__file__).parent / "omniglot"
SHA256 = {
    "images_background_small1.zip": (
        "f38eb80f801274ac2b4dff5b24289016bfaba4a7d5bb50deebf27104ad6cb8a4"
    ),
    "images_background_small2.zip": (
        "3ccaa407515a8778e5d0861875af38b17e418f301ad5bb3b5a6b65d901a41c7f"
    ),
    "all_runs.zip": "437c1eeab0af8484112e1b4cc0f3d541ec727f7c47b9b202da738af9dfd6c325",
}


def opened(name: str, folder: Path = FOLDER) -> zipfile.ZipFile:
    """Return one of the published archives, open for reading.

    Raises DataError that names the archive if it is missing, or is not the published one.
    """
    path = folder / name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}. Fetch it again.") from error
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256[name]:
        raise DataError(
            f"{path}: not the published file. Expected SHA-256 {SHA256[name]}, found {found}. "
            "Fetch it again."
        )
    return zipfile.ZipFile(io.BytesIO(data))


def ink_of(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    """Return where a drawing has ink: bool (105, 105). The published files are black on white."""
    with Image.open(io.BytesIO(archive.read(name))) as drawing:
        return ~np.asarray(drawing, dtype=bool)
