"""Balanced batches: P digits with K images of each, so that every image has its positives."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F


class BalancedBatches:
    """Yield `steps` batches of P digits x K images, each image shifted by up to `shift` pixels.

    images (n, 1, 28, 28) and labels (n,) in; every batch is (P*K, 1, 28, 28) and (P*K,).
    With `digits_per_batch=None`, P is the number of digits that there are. A digit with fewer
    than K images gives some of them twice. Every pass draws other batches; the seed fixes all.
    Source: P x K batches are from "In Defense of the Triplet Loss" (Hermans et al., 2017).
    """

    def __init__(
        self,
        images: Tensor,
        labels: Tensor,
        *,
        steps: int,
        digits_per_batch: int | None = None,
        images_per_digit: int = 8,
        shift: int = 0,
        seed: int | None = None,
    ) -> None:
        self.images = images
        self.labels = labels
        self.steps = steps
        self.images_per_digit = images_per_digit
        self.shift = shift
        self.digits = torch.unique(labels).tolist()
        self.digits_per_batch = digits_per_batch or len(self.digits)
        if self.digits_per_batch > len(self.digits):
            raise ValueError(
                f"digits_per_batch is {self.digits_per_batch}, "
                f"but the labels hold only the digits {self.digits}"
            )
        self.rows_of = {digit: np.flatnonzero(labels.numpy() == digit) for digit in self.digits}
        self.random = np.random.default_rng(seed)

    def __len__(self) -> int:
        return self.steps

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for _ in range(self.steps):
            rows = self._draw_rows()  # (P*K,)
            yield self._shifted(self.images[rows]), self.labels[rows]

    def _draw_rows(self) -> Tensor:
        digits = self.random.choice(self.digits, self.digits_per_batch, replace=False)  # (P,)
        rows = [self._draw_rows_of(digit) for digit in digits]
        return torch.from_numpy(np.concatenate(rows))  # (P*K,)

    def _draw_rows_of(self, digit: int) -> np.ndarray:
        rows = self.rows_of[digit]
        too_few = len(rows) < self.images_per_digit
        return self.random.choice(rows, self.images_per_digit, replace=too_few)  # (K,)

    def _shifted(self, images: Tensor) -> Tensor:
        if self.shift == 0:
            return images
        n, _, height, width = images.shape
        padded = F.pad(images[:, 0], [self.shift] * 4)  # (n, height + 2s, width + 2s)
        offsets = torch.from_numpy(self.random.integers(0, 2 * self.shift + 1, (2, n)))  # (2, n)
        rows = offsets[0, :, None, None] + torch.arange(height)[:, None]  # (n, height, 1)
        columns = offsets[1, :, None, None] + torch.arange(width)  # (n, 1, width)
        which = torch.arange(n)[:, None, None]
        return padded[which, rows, columns][:, None]  # (n, 1, height, width)
