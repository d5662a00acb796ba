"""Read a folder of one's own images: one folder for each class, nested as one likes."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..errors import DataError
from ..progress import Advance, progress, say
from .picture import read_picture

FEWEST_OF_A_CLASS = 8
FEWEST_CLASSES = 3  # two to train on, and one to leave out
TEST_SHARE = 4  # one image in four
SPLIT_SEED = 0
# What systems and editors leave in folders: nobody wants to read about these.
LITTER = {"thumbs.db", "desktop.ini", "__macosx"}


def read_image_folder(folder: Path) -> tuple[list[np.ndarray], tuple[str, ...]]:
    """Return train images (n, 28, 28), their labels, test images, their labels; and the names.

    Every folder that holds image files is a class, called by its path below the
    folder that they share. Of each
    class one image in four is drawn for the test set, always the same ones. A file that cannot be
    read, and a class with fewer than 8 images, is named and left out. Raises DataError if fewer
    than three classes remain.
    """
    found = shorter_names(list(class_folders(folder)))
    with progress("Reading images", sum(len(paths) for _, paths in found) or 1) as advance:
        read = {name: read_class(paths, advance) for name, paths in found}
    classes = {name: images for name, images in read.items() if len(images) >= FEWEST_OF_A_CLASS}
    for name, images in read.items():
        if name not in classes:
            say(
                f"Left out: the class {name!r} has {len(images)} images that can be read. "
                f"It takes {FEWEST_OF_A_CLASS}."
            )
    if len(classes) < FEWEST_CLASSES:
        raise DataError(
            f"{folder}: found {len(classes)} classes of {FEWEST_OF_A_CLASS} images or more. "
            f"Expected {FEWEST_CLASSES} or more: a folder with images for each class, as in "
            f"{Path(folder.name) / 'cat' / '1.png'}."
        )
    return split(list(classes.values())), tuple(classes)


def class_folders(folder: Path) -> Iterator[tuple[str, list[Path]]]:
    """Yield the name and the files of every folder below that holds files, in one order for all."""
    for place, below, names in os.walk(folder):
        below[:] = sorted(name for name in below if not is_litter(name))
        paths = [Path(place) / name for name in sorted(names) if not is_litter(name)]
        if Path(place) == folder:
            for path in paths:
                say(f"Left out: {path} lies in no folder of a class.")
        elif paths:
            yield Path(place).relative_to(folder).as_posix(), paths


def shorter_names(found: list[tuple[str, list[Path]]]) -> list[tuple[str, list[Path]]]:
    """Return the classes without the folders at the front of every name, as in "set/train/cat"."""
    parts = [name.split("/") for name, _ in found]
    shared = 0
    while parts and all(len(own) > shared + 1 and own[shared] == parts[0][shared] for own in parts):
        shared += 1
    return [("/".join(own[shared:]), paths) for own, (_, paths) in zip(parts, found, strict=True)]


def is_litter(name: str) -> bool:
    return name.startswith(".") or name.lower() in LITTER


def read_class(paths: list[Path], advance: Advance) -> list[np.ndarray]:
    """Return the images (28, 28) of the files that can be read; the others are named."""
    images = []
    for path in paths:
        try:
            images.append(read_picture(path))
        # Pillow's readers raise whatever a damaged file leads them to.
        except Exception as error:
            say(f"Left out: {path} is broken, or no image ({reason(error, path)}).")
        advance(1)
    return images


def reason(error: Exception, path: Path) -> str:
    return str(error).replace(f"'{path}'", "the file") or type(error).__name__


def split(classes: list[list[np.ndarray]]) -> list[np.ndarray]:
    """Return train images, train labels, test images, test labels: of each class a share."""
    random = np.random.default_rng(SPLIT_SEED)
    parts: list[list[np.ndarray]] = [[], [], [], []]
    for label, images in enumerate(classes):
        order = random.permutation(len(images))
        held = round(len(images) / TEST_SHARE)
        for place, rows in ((0, order[held:]), (2, order[:held])):
            parts[place].append(np.stack([images[row] for row in rows]))
            parts[place + 1].append(np.full(len(rows), label, dtype=np.int64))
    return [np.concatenate(part) for part in parts]
