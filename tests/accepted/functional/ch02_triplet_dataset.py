"""Chapter 2 as a ring: what may not be drawn is one arc of it, and the rest begins where that ends."""

import random
from collections import Counter
from collections.abc import Iterable
from itertools import accumulate, compress
from operator import index as as_index
from typing import NamedTuple

import torch
from torch import Tensor
from torch.utils.data import Dataset


class Arc(NamedTuple):
    """A stretch of the ring: the images of one digit."""

    start: int
    size: int


def arcs_of(digits: list[int]) -> dict[int, Arc]:
    sizes = sorted(Counter(digits).items())
    ends = accumulate(size for _, size in sizes)
    return {digit: Arc(end - size, size) for (digit, size), end in zip(sizes, ends, strict=True)}


def refuse_sets_without_triplets(arcs: dict[int, Arc]) -> None:
    if not arcs:
        raise ValueError("there are no images, so there are no triplets")
    for digit, arc in arcs.items():
        if arc.size == 1:
            raise ValueError(f"digit {digit} has a single image, so it has no positive")
    if len(arcs) == 1:
        raise ValueError(f"all images show the digit {min(arcs)}, so there is no negative")


class TripletMNIST(Dataset):
    def __init__(
        self,
        images: Tensor,
        labels: Tensor,
        *,
        exclude_digits: Iterable[int] = (),
        seed: int | None = None,
    ) -> None:
        excluded = frozenset(map(int, exclude_digits))
        every_digit = labels.tolist()
        is_left = [digit not in excluded for digit in every_digit]
        self._digits = list(compress(every_digit, is_left))
        self._arcs = arcs_of(self._digits)
        refuse_sets_without_triplets(self._arcs)
        self._pictures = images[torch.tensor(is_left, device=images.device)]
        self._ring = sorted(range(len(self._digits)), key=self._digits.__getitem__)
        self._seat = [0] * len(self._ring)
        for seat, row in enumerate(self._ring):
            self._seat[row] = seat
        self._random = random.Random(None if seed is None else int(seed))

    def __len__(self) -> int:
        return len(self._digits)

    def sample_positive(self, index: int) -> int:
        # Walk on from the anchor, round and round within its own arc.
        start, size = self._arcs[self._digits[index]]
        steps = 1 + self._random.randrange(size - 1)
        return self._ring[start + (self._seat[index] - start + steps) % size]

    def sample_negative(self, index: int) -> int:
        # Walk on from the end of the anchor's arc, round the ring, up to where the arc begins.
        start, size = self._arcs[self._digits[index]]
        steps = self._random.randrange(len(self._ring) - size)
        return self._ring[(start + size + steps) % len(self._ring)]

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, Tensor, int]:
        anchor = as_index(index)
        rows = (anchor, self.sample_positive(anchor), self.sample_negative(anchor))
        return *(self._pictures[row] for row in rows), self._digits[anchor]
