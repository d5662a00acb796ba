"""Chapter 2 with masks by broadcasting, and with turns around a circle in place of steps."""

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.utils.data import Dataset


class TripletMNIST(Dataset):
    def __init__(
        self,
        images: Tensor,
        labels: Tensor,
        *,
        exclude_digits: Iterable[int] = (),
        seed: int | None = None,
    ) -> None:
        excluded = torch.tensor([int(digit) for digit in exclude_digits], dtype=labels.dtype)
        keep = (labels[:, None] != excluded[None, :]).all(dim=1)  # (n,)
        self.images = images[keep]
        self.labels = labels[keep]

        digits, kind, counts = torch.unique(
            self.labels, return_inverse=True, return_counts=True
        )  # (c,), (n,), (c,)
        if digits.numel() == 0:
            raise ValueError("there is no image left to make triplets of")
        if (counts == 1).any():
            raise ValueError(f"only one image, hence no positive: {digits[counts == 1].tolist()}")
        if digits.numel() == 1:
            raise ValueError(f"no negative: every image shows the digit {digits.item()}")

        self.ring = self.labels.argsort(stable=True)  # (n,) all rows, digit after digit
        self.seat = torch.empty_like(self.ring)
        self.seat[self.ring] = torch.arange(len(self.ring))
        self.first = (counts.cumsum(0) - counts)[kind]  # (n,) where the digit of a row begins
        self.count = counts[kind]  # (n,)
        self.generator = torch.Generator()
        if seed is None:
            self.generator.seed()
        else:
            self.generator.manual_seed(seed)

    def __len__(self) -> int:
        return self.labels.shape[0]

    def _below(self, low: int, high: int) -> int:
        return int(torch.randint(low, high, (), generator=self.generator))

    def sample_positive(self, index: int) -> int:
        first, count = int(self.first[index]), int(self.count[index])
        turn = self._below(1, count)  # never a whole turn, so never the anchor
        return int(self.ring[first + (int(self.seat[index]) - first + turn) % count])

    def sample_negative(self, index: int) -> int:
        first, count = int(self.first[index]), int(self.count[index])
        turn = self._below(0, len(self) - count)
        return int(self.ring[(first + count + turn) % len(self)])

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor, Tensor, int]:
        rows = torch.tensor([index, self.sample_positive(index), self.sample_negative(index)])
        anchor, positive, negative = self.images[rows]
        return anchor, positive, negative, int(self.labels[index])
