"""Chapter 4 with torch.cdist and PairwiseDistance, and a helper for unit vectors."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F


def pairwise_distances(x: Tensor, y: Tensor) -> Tensor:
    return torch.cdist(x, y)


class _Hinge(nn.Module):
    def __init__(self, margin: float) -> None:
        super().__init__()
        self.margin = margin
        self.distance = nn.PairwiseDistance(p=2, eps=0.0)

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        gap = self.distance(anchor, positive) - self.distance(anchor, negative)
        return F.relu(gap + self.margin)


def triplet_loss(anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0) -> Tensor:
    return _Hinge(margin)(anchor, positive, negative).mean()


class _Distance:
    """The distance of each two rows, and the gradient of it by the first of them."""

    def __init__(self, x: np.ndarray, y: np.ndarray) -> None:
        difference = x - y
        self.value = np.linalg.norm(difference, axis=1, keepdims=True)  # (n, 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            self.slope = np.where(self.value > 0, difference / self.value, 0)  # (n, dim)


def triplet_loss_gradient(
    anchor: np.ndarray, positive: np.ndarray, negative: np.ndarray, margin: float = 1.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    near, far = _Distance(anchor, positive), _Distance(anchor, negative)
    active = near.value + margin > far.value  # (n, 1)
    pull = np.where(active, near.slope, 0) / len(active)
    push = np.where(active, far.slope, 0) / len(active)
    return pull - push, -pull, push
