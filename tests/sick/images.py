"""The images on which trainings are made sick: parts of MNIST, other digits, letters, Omniglot.

Omniglot is another kind of set: many classes of few images, of which two each are watched.
"""

import contextlib
import io
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

from exercises.given.data import ImageSet, load_images
from exercises.given.data.image_folder import split
from exercises.given.data.load import image_set
from exercises.given.data.omniglot import read_background, shrunk
from tests.few_digits import mnist
from tests.sick.drawn_letters import draw_letters

IMAGES, TEST_IMAGES = 4_000, 1_000
OF_A_LETTER = 120
OMNIGLOT, OTHER_OMNIGLOT = "characters of Omniglot", "other characters of Omniglot"


def some_of_mnist(first: int, count: int = IMAGES) -> ImageSet:
    every = mnist()
    rows = slice(first, first + count)
    return replace(
        every,
        train_images=every.train_images[rows],
        train_labels=every.train_labels[rows],
        test_images=every.test_images[:TEST_IMAGES],
        test_labels=every.test_labels[:TEST_IMAGES],
    )


def digits_of_eight() -> ImageSet:
    """Return scikit-learn's digits, of 8 x 8 pixels by other writers, as images of 28 x 28."""
    pixels, labels = load_digits(return_X_y=True)
    images = torch.from_numpy(pixels).float().reshape(-1, 1, 8, 8) / 16  # (n, 1, 8, 8)
    images = F.pad(F.interpolate(images, size=(20, 20), mode="bilinear"), [4] * 4)
    targets = torch.from_numpy(labels).long()
    names = tuple(map(str, range(10)))
    half = slice(1_500, None)
    source = "scikit-learn's digits"
    return ImageSet(
        images[:1_500], targets[:1_500], images[half], targets[half], names, source, source
    )


def folder_of(letters: str, seed: int) -> ImageSet:
    """Return letters as the course reads a folder of images: of any size, dark on light."""
    with tempfile.TemporaryDirectory() as place, contextlib.redirect_stderr(io.StringIO()):
        images = load_images(draw_letters(Path(place), letters, OF_A_LETTER, seed))
    return replace(images, source="a folder of drawn letters", chosen="letters")


def omniglot_characters(part: str, without: str = "") -> ImageSet:
    """Return the characters of a background set as classes, with 15 training images each.

    Left out are those that the set `without` has, too.
    """
    with contextlib.redirect_stderr(io.StringIO()):
        characters = read_background(part)
        others = read_background(without) if without else {}
    names = tuple(name for name in characters if name not in others)
    arrays = split([list(shrunk(characters[name])) for name in names])
    return image_set(arrays, names, f"Omniglot, background {part}", "omniglot")


IMAGE_SETS: dict[str, Callable[[], ImageSet]] = {
    "MNIST, images 0 to 1,199": cache(lambda: some_of_mnist(0, 1_200)),
    **{
        f"MNIST, images {first:,} to {first + IMAGES - 1:,}": cache(
            lambda first=first: some_of_mnist(first)
        )
        for first in range(0, 8 * IMAGES, IMAGES)
    },
    "scikit-learn's digits": cache(digits_of_eight),
    "a folder of 12 capitals": cache(lambda: folder_of("ABDEFGHKMRSZ", 0)),
    "a folder of 14 Greek letters": cache(lambda: folder_of("αβγδεζηθλμξπφψ", 1)),
    "a folder of 13 Cyrillic letters": cache(lambda: folder_of("БГДЖИЛПФЦЧШЭЮ", 2)),
    "a folder of 13 small letters": cache(lambda: folder_of("abdefghkmnqrt", 3)),
    OMNIGLOT: cache(lambda: omniglot_characters("small1")),
    OTHER_OMNIGLOT: cache(lambda: omniglot_characters("small2", without="small1")),
}
