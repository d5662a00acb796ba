"""One loader for the handwritten digits, with four sources and a default that always works."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import platformdirs
import torch
from torch import Tensor

from . import download, mnist
from .embedded import embedded_digits
from .errors import DataError
from .progress import say


@dataclass(frozen=True)
class Digits:
    """Handwritten digits, split into a training and a test set.

    Images are float32 (n, 1, 28, 28) in [0, 1], labels int64 (n,).
    """

    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor
    source: str
    is_embedded: bool = False


def load_digits(folder: str | os.PathLike[str] | None = None) -> Digits:
    """Load MNIST, or the embedded digits where MNIST is not to be had.

    The first of these that exists: `folder` or the environment variable MNIST_DIR; the user's
    cache folder; a download from the public mirrors (or from MNIST_MIRROR, a web address);
    the digits inside scikit-learn. Raises DataError if a folder was named and is not complete.
    """
    named = folder or os.environ.get("MNIST_DIR")
    if named:
        return _digits(mnist.read_folder(Path(named)), f"MNIST from {named}")
    arrays = _from_cache() or _from_mirrors()
    if arrays:
        return _digits(arrays, "MNIST")
    return load_embedded()


def load_embedded() -> Digits:
    """Return the 1,797 digits inside scikit-learn, whatever else there is."""
    source = "the 1,797 digits inside scikit-learn"
    return replace(_digits(embedded_digits(), source), is_embedded=True)


def cache_folder() -> Path:
    """Return the user's cache folder for the downloaded files."""
    return platformdirs.user_cache_path("metric-learning-course") / "mnist"


def _from_cache() -> list[np.ndarray] | None:
    folder = cache_folder()
    try:
        return None if mnist.missing_files(folder) else mnist.read_folder(folder)
    except (DataError, OSError) as error:
        say(f"The cached copy is not usable and is fetched again: {error}")
        return None


def _from_mirrors() -> list[np.ndarray] | None:
    own_mirror = os.environ.get("MNIST_MIRROR")
    mirrors = (own_mirror,) if own_mirror else download.MIRRORS
    try:
        blobs, arrays = download.download(mirrors)
    except DataError:
        say(
            "MNIST could not be downloaded: using the 1,797 digits inside scikit-learn instead. "
            "For MNIST, put its four files into a folder and name it with --data or MNIST_DIR."
        )
        return None
    try:
        download.store(cache_folder(), blobs)
    except OSError as error:
        say(f"MNIST was downloaded but cannot be kept for the next run: {error}")
    return arrays


def _digits(arrays: list[np.ndarray], source: str) -> Digits:
    train_images, train_labels, test_images, test_labels = arrays
    return Digits(
        _as_images(train_images),
        _as_labels(train_labels),
        _as_images(test_images),
        _as_labels(test_labels),
        source,
    )


def _as_images(pixels: np.ndarray) -> Tensor:
    return torch.from_numpy(pixels.copy())[:, None].float().div_(255)  # (n, 1, 28, 28)


def _as_labels(labels: np.ndarray) -> Tensor:
    return torch.from_numpy(labels.astype(np.int64))  # (n,)
