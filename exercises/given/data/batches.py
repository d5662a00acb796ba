"""Balanced batches: P classes with K images of each, so that every image has its positives."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

# A step's time grows with the batch; ten classes have negatives enough.
MOST_CLASSES = 10


class BalancedBatches:
    """Yield `steps` batches of P classes x K images, each image shifted by up to `shift` pixels.

    images (n, 1, 28, 28) and labels (n,) in; every batch is (P*K, 1, 28, 28) and (P*K,).
    With `classes_per_batch=None`, P is the number of classes that there are, at most 10. A class
    with fewer than K images gives some of them twice. Every pass draws other batches; the seed
    fixes all.
    Source: P x K batches are from "In Defense of the Triplet Loss" (Hermans et al., 2017).
    """

    def __init__(
        self,
        images: Tensor,
        labels: Tensor,
        *,
        steps: int,
        classes_per_batch: int | None = None,
        images_per_class: int = 8,
        shift: int = 0,
        seed: int | None = None,
    ) -> None:
        self.labels = labels
        height, width = images.shape[2:]
        padded = F.pad(images[:, 0], [shift] * 4)  # (n, height + 2s, width + 2s)
        # Every image at every offset: a view of the padded images, not copies of them.
        self.windows = padded.unfold(1, height, 1).unfold(2, width, 1)  # (n, 2s+1, 2s+1, h, w)
        self.steps = steps
        self.images_per_class = images_per_class
        self.shift = shift
        self.classes = torch.unique(labels).tolist()
        self.classes_per_batch = classes_per_batch or min(len(self.classes), MOST_CLASSES)
        if self.classes_per_batch > len(self.classes):
            raise ValueError(
                f"classes_per_batch is {self.classes_per_batch}, "
                f"but the labels hold only the classes {self.classes}"
            )
        self.rows_of = {one: np.flatnonzero(labels.numpy() == one) for one in self.classes}
        self.random = np.random.default_rng(seed)

    def __len__(self) -> int:
        return self.steps

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for _ in range(self.steps):
            rows = self._draw_rows()  # (P*K,)
            down, right = self._draw_offsets(len(rows))
            yield self.windows[rows, down, right][:, None], self.labels[rows]

    def _draw_rows(self) -> Tensor:
        rows = [self._draw_rows_of(one) for one in self._draw_classes()]
        return torch.from_numpy(np.concatenate(rows))  # (P*K,)

    def _draw_classes(self) -> np.ndarray:
        return self.random.choice(self.classes, self.classes_per_batch, replace=False)  # (P,)

    def _draw_rows_of(self, label: int) -> np.ndarray:
        rows = self.rows_of[label]
        too_few = len(rows) < self.images_per_class
        return self.random.choice(rows, self.images_per_class, replace=too_few)  # (K,)

    def _draw_offsets(self, count: int) -> tuple[Tensor, Tensor]:
        """Return how far each window lies down and to the right: two (count,) from 0 to 2s."""
        offsets = torch.from_numpy(self.random.integers(0, 2 * self.shift + 1, (2, count)))
        return offsets[0], offsets[1]
