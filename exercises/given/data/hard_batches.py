"""Balanced batches of the images that the network still finds hard."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from .batches import BalancedBatches


class HardBatches(BalancedBatches):
    """Balanced batches that prefer images which were hard when they were last met.

    For each place in a batch `candidates` images of its class are drawn at random, and the hardest
    of them all take the places. An image that was never met is the hardest there is. Whoever
    trains has to call `remember` after every batch. All else is as in BalancedBatches.
    Source: the idea is from "Online Batch Selection for Faster Training of Neural Networks"
    (Loshchilov and Hutter, 2016), which ranks all examples instead of comparing a few.
    """

    def __init__(self, images: Tensor, labels: Tensor, *, candidates: int, **others: Any) -> None:
        super().__init__(images, labels, **others)
        self.candidates = candidates
        self.hardness = np.full(len(labels), np.inf)  # (n,)
        self.rows = torch.empty(0, dtype=torch.long)  # of the batch that was handed out last

    def remember(self, embeddings: Tensor) -> None:
        """Keep how hard each image of the last batch was, by its embeddings (P*K, dim)."""
        labels = self.labels[self.rows].to(embeddings.device)
        self.hardness[self.rows] = hardness_of(embeddings.detach(), labels).cpu().numpy()

    def _draw_rows(self) -> Tensor:
        self.rows = super()._draw_rows()
        return self.rows

    def _draw_rows_of(self, label: int) -> np.ndarray:
        rows = self.rows_of[label]
        if len(rows) <= self.images_per_class:
            return super()._draw_rows_of(label)
        count = min(self.candidates * self.images_per_class, len(rows))
        drawn = self.random.choice(rows, count, replace=False)
        by_hardness = np.argsort(-self.hardness[drawn], kind="stable")
        return drawn[by_hardness[: self.images_per_class]]  # (K,)


def hardness_of(embeddings: Tensor, labels: Tensor) -> Tensor:
    """Return by how much the farthest positive is farther than the nearest negative.

    embeddings (n, dim) and labels (n,) in, (n,) out. An image without a positive, or without a
    negative, is not hard: minus infinity.
    """
    distances = torch.cdist(embeddings, embeddings)  # (n, n)
    same = labels[:, None] == labels[None, :]  # (n, n)
    itself = torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    farthest = distances.masked_fill(~same | itself, -torch.inf).amax(dim=1)  # (n,)
    nearest = distances.masked_fill(same, torch.inf).amin(dim=1)  # (n,)
    return farthest - nearest
