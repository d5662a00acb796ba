"""Chapter 2: draw triplets (anchor, positive, negative) in constant time."""

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset


class TripletMNIST(Dataset):
    """Serve a triplet for every image: itself, one of its digit, one of another digit.

    Arguments:
        images: float32 (n, 1, 28, 28), or any tensor with n rows.
        labels: int64 (n,).
        exclude_digits: digits that never appear, neither as anchor nor as negative.
        seed: an integer makes the draws repeatable.

    The length and every index count the images that are left after the exclusion.

    Raises ValueError that names the digit if a digit has a single image (it would have no
    positive), or if there are no images, or images of one digit only (no negative).
    """

    def __init__(
        self,
        images: Tensor,
        labels: Tensor,
        *,
        exclude_digits: Iterable[int] = (),
        seed: int | None = None,
    ) -> None:
        # TODO 1: keep the allowed images; sort their rows by digit once, for all draws.
        raise NotImplementedError("TODO 1: read book/ch02_triplet_dataset.md")

    def __len__(self) -> int:
        # TODO 2: the number of images that are left.
        raise NotImplementedError("TODO 2: read book/ch02_triplet_dataset.md")

    def sample_positive(self, index: int) -> int:
        """Return the index of another image of the same digit, each equally likely."""
        # TODO 3: draw among the images of this digit, stepping over the anchor.
        raise NotImplementedError("TODO 3: read book/ch02_triplet_dataset.md")

    def sample_negative(self, index: int) -> int:
        """Return the index of an image of another digit, each equally likely."""
        # TODO 4: draw among all images, stepping over those of this digit.
        raise NotImplementedError("TODO 4: read book/ch02_triplet_dataset.md")

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, Tensor, int]:
        """Return the images of anchor, positive and negative, and the anchor's digit."""
        # TODO 5: draw a positive and a negative, and look up the three images.
        raise NotImplementedError("TODO 5: read book/ch02_triplet_dataset.md")


# Stub 3cfd391e998c: as long as this fits the text above, nobody has edited it.
