"""Chapter 2 with a helper class that knows where each digit stands, and NumPy's generator."""

from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset


class _Shelf:
    """All rows, digit beside digit, and the places that each digit takes."""

    def __init__(self, labels: Tensor) -> None:
        self.rows = torch.sort(labels, stable=True).indices.tolist()
        self.place_of = dict(zip(self.rows, range(len(self.rows)), strict=True))
        digits, counts = torch.unique_consecutive(labels[self.rows], return_counts=True)
        ends = counts.cumsum(0)
        self.places = {
            digit: range(end - count, end)
            for digit, count, end in zip(
                digits.tolist(), counts.tolist(), ends.tolist(), strict=True
            )
        }

    def check(self) -> None:
        if not self.places:
            raise ValueError("no images, so no triplets")
        for digit, places in self.places.items():
            if len(places) < 2:
                raise ValueError(f"a triplet needs two images of digit {digit}, there is one")
        if len(self.places) < 2:
            raise ValueError(f"a triplet needs a digit other than {min(self.places)}")

    def row_outside(self, gap: range, draw: int) -> int:
        """Return the row at place `draw`, counted as if the places of the gap were not there."""
        return self.rows[draw if draw < gap.start else draw + len(gap)]


class TripletMNIST(Dataset):
    def __init__(
        self,
        images: Tensor,
        labels: Tensor,
        *,
        exclude_digits: Iterable[int] = (),
        seed: int | None = None,
    ) -> None:
        super().__init__()
        kept = torch.ones_like(labels, dtype=torch.bool)
        for digit in exclude_digits:
            kept.logical_and_(labels.ne(int(digit)))
        self._images = images[kept]
        self._digits = labels[kept].tolist()
        self._shelf = _Shelf(labels[kept])
        self._shelf.check()
        self._rng = np.random.default_rng(seed)

    def __len__(self) -> int:
        return len(self._digits)

    def sample_positive(self, index: int) -> int:
        places = self._shelf.places[self._digits[index]]
        own = self._shelf.place_of[index]
        draw = int(self._rng.integers(places.start, places.stop - 1))
        return self._shelf.row_outside(range(own, own + 1), draw)

    def sample_negative(self, index: int) -> int:
        places = self._shelf.places[self._digits[index]]
        draw = int(self._rng.integers(len(self) - len(places)))
        return self._shelf.row_outside(places, draw)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, Tensor, int]:
        if not 0 <= index < len(self):
            raise IndexError(index)
        triplet = (index, self.sample_positive(index), self.sample_negative(index))
        anchor, positive, negative = map(self._images.__getitem__, triplet)
        return anchor, positive, negative, self._digits[index]
