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
        self.labels = labels
        height, width = images.shape[2:]
        padded = F.pad(images[:, 0], [shift] * 4)  # (n, height + 2s, width + 2s)
        # Every image at every offset: a view of the padded images, not copies of them.
        self.windows = padded.unfold(1, height, 1).unfold(2, width, 1)  # (n, 2s+1, 2s+1, h, w)
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
            down, right = self._draw_offsets(len(rows))
            yield self.windows[rows, down, right][:, None], self.labels[rows]

    def _draw_rows(self) -> Tensor:
        digits = self.random.choice(self.digits, self.digits_per_batch, replace=False)  # (P,)
        rows = [self._draw_rows_of(digit) for digit in digits]
        return torch.from_numpy(np.concatenate(rows))  # (P*K,)

    def _draw_rows_of(self, digit: int) -> np.ndarray:
        rows = self.rows_of[digit]
        too_few = len(rows) < self.images_per_digit
        return self.random.choice(rows, self.images_per_digit, replace=too_few)  # (K,)

    def _draw_offsets(self, count: int) -> tuple[Tensor, Tensor]:
        """Return how far each window lies down and to the right: two (count,) from 0 to 2s."""
        offsets = torch.from_numpy(self.random.integers(0, 2 * self.shift + 1, (2, count)))
        return offsets[0], offsets[1]
