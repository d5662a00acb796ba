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
        ### BEGIN SOLUTION: keep the allowed images; sort their rows by digit once, for all draws
        excluded = torch.tensor([int(digit) for digit in exclude_digits], dtype=labels.dtype)
        kept = ~torch.isin(labels, excluded)  # (n,)
        self.images = images[kept]
        self.labels = labels[kept]
        self.random = np.random.default_rng(seed)

        digits, counts = torch.unique(self.labels, return_counts=True)
        _check_that_triplets_exist(digits.tolist(), counts.tolist())
        # The images of one digit are neighbours in this order: rows start to stop of by_digit.
        self.by_digit = torch.argsort(self.labels, stable=True)  # (n,)
        self.place = torch.argsort(self.by_digit)  # (n,) where each image stands in by_digit
        stops = counts.cumsum(0)
        self.start = dict(zip(digits.tolist(), (stops - counts).tolist(), strict=True))
        self.count = dict(zip(digits.tolist(), counts.tolist(), strict=True))
        ### END SOLUTION

    def __len__(self) -> int:
        ### BEGIN SOLUTION: the number of images that are left
        return len(self.labels)
        ### END SOLUTION

    def sample_positive(self, index: int) -> int:
        """Return the index of another image of the same digit, each equally likely."""
        ### BEGIN SOLUTION: draw among the images of this digit, stepping over the anchor
        digit = int(self.labels[index])
        own_place = int(self.place[index]) - self.start[digit]
        draw = int(self.random.integers(self.count[digit] - 1))
        if draw >= own_place:
            draw += 1  # step over the anchor: it is no positive of itself
        return int(self.by_digit[self.start[digit] + draw])
        ### END SOLUTION

    def sample_negative(self, index: int) -> int:
        """Return the index of an image of another digit, each equally likely."""
        ### BEGIN SOLUTION: draw among all images, stepping over those of this digit
        digit = int(self.labels[index])
        draw = int(self.random.integers(len(self) - self.count[digit]))
        if draw >= self.start[digit]:
            draw += self.count[digit]  # step over the anchor's own digit
        return int(self.by_digit[draw])
        ### END SOLUTION

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, Tensor, int]:
        """Return the images of anchor, positive and negative, and the anchor's digit."""
        ### BEGIN SOLUTION: draw a positive and a negative, and look up the three images
        if not 0 <= index < len(self):
            # A for loop over a data set ends at the first IndexError.
            raise IndexError(f"index {index} is outside the {len(self)} images")
        positive = self.sample_positive(index)
        negative = self.sample_negative(index)
        digit = int(self.labels[index])
        return self.images[index], self.images[positive], self.images[negative], digit
        ### END SOLUTION


### BEGIN SOLUTION
def _check_that_triplets_exist(digits: list[int], counts: list[int]) -> None:
    if not digits:
        raise ValueError("no images are left: there is nothing to draw triplets from")
    for digit, count in zip(digits, counts, strict=True):
        if count == 1:
            raise ValueError(f"digit {digit} has a single image, so it has no positive")
    if len(digits) == 1:
        raise ValueError(f"digit {digits[0]} is the only digit, so there is no negative")


### END SOLUTION
