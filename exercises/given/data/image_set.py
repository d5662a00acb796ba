"""Labelled images, split into a training and a test set."""

import difflib
from dataclasses import dataclass

import torch
from torch import Tensor

from ..errors import CourseError, DataError

SIDE = 28
FEWEST_IMAGES = 2  # of a class, in the training and in the test set: an image and its positive
GROUPS = ("all", "seen", "unseen")
SHOWN_NAMES = 5


@dataclass(frozen=True)
class ImageSet:
    """Images float32 (n, 1, 28, 28) in [0, 1], labels int64 (n,): places in `class_names`.

    `chosen` is what `load_images` was given, so that the same images can be loaded again. Raises
    DataError if a class has too few images, or a name that stands for a group of classes.
    """

    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor
    class_names: tuple[str, ...]
    source: str
    chosen: str

    def __post_init__(self) -> None:
        for name in set(GROUPS) & set(self.class_names):
            raise DataError(
                f"A class of {self.source} is called {name!r}. Rename it: the tables use the words "
                f"{', '.join(GROUPS)} for groups of classes."
            )
        for part, labels in (("training", self.train_labels), ("test", self.test_labels)):
            counts = torch.bincount(labels, minlength=len(self.class_names))  # (classes,)
            for label in self.classes:
                if counts[label] < FEWEST_IMAGES:
                    raise DataError(
                        f"The class {self.class_names[label]!r} of {self.source} has "
                        f"{int(counts[label])} {part} images. It takes {FEWEST_IMAGES} or more: an "
                        "image, and another one to be found."
                    )

    @property
    def classes(self) -> tuple[int, ...]:
        """Return the labels that there are, in order. Not every name needs to have images."""
        return tuple(torch.unique(torch.cat([self.train_labels, self.test_labels])).tolist())

    def names_of(self, labels: tuple[int, ...]) -> tuple[str, ...]:
        return tuple(self.class_names[label] for label in labels)

    def find_class(self, name: str) -> int:
        """Return the label of the class that a person means by a name, or by the end of one.

        The end of "Latin/a" is "a". Raises CourseError if no class is meant, or more than one.
        """
        known = {self.class_names[label]: label for label in self.classes}
        if name in known:
            return known[name]
        meant = [one for one in known if one.lower().endswith(f"/{name.lower()}")]
        meant = meant or [one for one in known if one.lower() == name.lower()]
        if len(meant) == 1:
            return known[meant[0]]
        if meant:
            raise CourseError(f"{name!r} may be any of {listed(meant)}. Name it in full.")
        close = difflib.get_close_matches(name, known, n=SHOWN_NAMES) or list(known)
        raise CourseError(f"There is no class {name!r} in {self.source}. There is {listed(close)}.")


def listed(names: list[str]) -> str:
    """Return the first names as a person reads them, and how many others there are."""
    others = len(names) - SHOWN_NAMES * 2
    shown = ", ".join(names[: SHOWN_NAMES * 2])
    return f"{shown}, and {others} others" if others > 0 else shown
