"""One loader for all images: a published set by its name, or a folder of one's own."""

import os
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..errors import DataError
from .download import cached_or_downloaded
from .idx_folder import holds_idx, read_idx_folder
from .image_folder import read_image_folder
from .image_set import ImageSet
from .omniglot import read_omniglot
from .published import PUBLISHED, read_published

DEFAULT = "mnist"
OMNIGLOT = "omniglot"


def load_images(data: str | os.PathLike[str] | None = None) -> ImageSet:
    """Return MNIST, or the set or folder that is named.

    `data` is the name of a published set (mnist, omniglot, fashion-mnist, kmnist), a folder with
    four IDX files, or a folder that holds a folder of images for each class. MNIST and Omniglot are
    part of the course; the other sets are downloaded once. Raises DataError that says what was
    found and expected.
    """
    chosen = str(data or DEFAULT)
    if chosen in PUBLISHED:
        return _published(chosen)
    if chosen == OMNIGLOT:
        return image_set(*read_omniglot(), "Omniglot, two background sets", chosen)
    folder = Path(chosen).expanduser().resolve()
    if not folder.is_dir():
        found = "a file. Unpack it, and name the folder" if folder.exists() else "no such folder"
        raise DataError(
            f"{chosen}: {found}. A name may also be {', '.join([*PUBLISHED, OMNIGLOT])}."
        )
    if holds_idx(folder):
        arrays, names, remark = read_idx_folder(folder)
        return image_set(arrays, names, f"IDX files in {folder}{remark}", str(folder))
    arrays, names = read_image_folder(folder)
    return image_set(arrays, names, f"images in {folder}", str(folder))


def _published(name: str) -> ImageSet:
    found = PUBLISHED[name]
    if found.folder:
        arrays = read_published(found.folder, found.files)
    else:
        arrays = cached_or_downloaded(name)
    return image_set(arrays, found.class_names, found.title, name)


def image_set(
    arrays: list[np.ndarray], class_names: tuple[str, ...], source: str, chosen: str
) -> ImageSet:
    """Return the image set of four arrays: uint8 images (n, 28, 28) and labels (n,), twice."""
    train_images, train_labels, test_images, test_labels = arrays
    return ImageSet(
        _as_images(train_images),
        _as_labels(train_labels),
        _as_images(test_images),
        _as_labels(test_labels),
        class_names,
        source,
        chosen,
    )


def _as_images(pixels: np.ndarray) -> Tensor:
    return torch.from_numpy(pixels.copy())[:, None].float().div_(255)  # (n, 1, 28, 28)


def _as_labels(labels: np.ndarray) -> Tensor:
    return torch.from_numpy(labels.astype(np.int64))  # (n,)
