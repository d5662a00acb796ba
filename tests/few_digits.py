"""The first images of MNIST, for tests that need real digits but not 70,000 of them."""

import functools
import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np

from exercises.given.data import ImageSet, load_images
from exercises.given.data.published import PUBLISHED

FEW_TRAIN, FEW_TEST = 1_500, 500


@functools.cache
def mnist() -> ImageSet:
    return load_images()


def few_digits(train: int = FEW_TRAIN, test: int = FEW_TEST) -> ImageSet:
    """Return MNIST with its first training and test images alone."""
    every = mnist()
    return replace(
        every,
        train_images=every.train_images[:train],
        train_labels=every.train_labels[:train],
        test_images=every.test_images[:test],
        test_labels=every.test_labels[:test],
        source="MNIST, the first images",
    )


def write_few_digits(folder: Path, train: int = FEW_TRAIN, test: int = FEW_TEST) -> Path:
    """Write the same images as four IDX files, for commands that take --data, and return where."""
    digits = few_digits(train, test)
    pixels = [digits.train_images, digits.train_labels, digits.test_images, digits.test_labels]
    folder.mkdir(parents=True, exist_ok=True)
    for file, values in zip(PUBLISHED["mnist"].files, pixels, strict=True):
        is_images = values.ndim == 4
        array = ((values[:, 0] * 255).round() if is_images else values).numpy().astype(np.uint8)
        (folder / f"{file.name}.gz").write_bytes(gzip.compress(idx_bytes(array), 1))
    return folder


def idx_bytes(array: np.ndarray) -> bytes:
    """Return an array of unsigned bytes in the IDX format."""
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, dtype=">u4").tobytes()
    return header + array.tobytes()
