"""Read a folder of four IDX files with any content: one's own images in MNIST's format."""

from pathlib import Path

import numpy as np

from ..errors import DataError
from .idx import decompress, parse_idx
from .image_set import SIDE

CLASS_NAMES = "classes.txt"
LIGHT = 128


def holds_idx(folder: Path) -> bool:
    return any("idx1-ubyte" in path.name or "idx3-ubyte" in path.name for path in folder.iterdir())


def read_idx_folder(folder: Path) -> tuple[list[np.ndarray], tuple[str, ...], str]:
    """Return the four arrays, the classes' names, and a remark for whoever reads the source.

    Arrays are train images (n, 28, 28), train labels (n,), test images, test labels. The files
    have MNIST's names, gzipped or not. The names stand in classes.txt, one a line from label 0 on;
    without it a class is called by its number. Images on a light ground are inverted. Raises
    DataError that names the file, what was found and what was expected.
    """
    arrays = []
    for half in ("train", "t10k"):
        images = _read(folder, f"{half}-images", 3)
        labels = _read(folder, f"{half}-labels", 1)
        if images.shape[1:] != (SIDE, SIDE):
            raise DataError(
                f"{folder / half}-images: found images of {images.shape[1]} x {images.shape[2]} "
                f"pixels, expected {SIDE} x {SIDE}. A folder of image files, with one folder for "
                "each class, may have any size."
            )
        if len(images) != len(labels):
            raise DataError(
                f"{folder / half}-labels: found {len(labels)} labels, expected {len(images)}, one "
                "for each image."
            )
        if not len(images):
            raise DataError(f"{folder / half}-images: found no image, expected some.")
        arrays += [images, labels]
    names = _class_names(folder, 1 + int(max(arrays[1].max(), arrays[3].max())))
    if is_light(arrays[0]):
        return [255 - arrays[0], arrays[1], 255 - arrays[2], arrays[3]], names, ", inverted"
    return arrays, names, ""


def is_light(images: np.ndarray) -> bool:
    """Return whether the ground of images (n, h, w) is light, by the median of their borders."""
    border = np.ones(images.shape[1:], dtype=bool)
    border[1:-1, 1:-1] = False
    return bool(np.median(images[:, border]) >= LIGHT)


def _read(folder: Path, stem: str, ndim: int) -> np.ndarray:
    # Some copies of MNIST have a dot where the published names have a hyphen.
    names = [f"{stem}{mark}idx{ndim}-ubyte{end}" for mark in "-." for end in (".gz", "")]
    path = next((folder / name for name in names if (folder / name).is_file()), None)
    if path is None:
        raise DataError(
            f"{folder}: found no {names[0]}, nor {names[1]}. Expected four files: train-images, "
            "train-labels, t10k-images and t10k-labels."
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}).") from error
    return parse_idx(decompress(data, str(path)), str(path), ndim)


def _class_names(folder: Path, count: int) -> tuple[str, ...]:
    path = folder / CLASS_NAMES
    if not path.is_file():
        return tuple(map(str, range(count)))
    names = tuple(path.read_text(encoding="utf-8-sig").split("\n"))
    names = tuple(name.strip() for name in names if name.strip())
    if len(names) < count or len(set(names)) < len(names):
        raise DataError(
            f"{path}: found {len(names)} names, {len(set(names))} of them different. Expected one "
            f"for each label from 0 to {count - 1}, a line each, no two alike."
        )
    return names
