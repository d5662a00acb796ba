"""Chapter 5 with masks of shape (n, n, n), weights instead of selections, and no branch."""

import torch
from torch import Tensor
from torch.nn import functional as F

from .ch04_triplet_loss import pairwise_distances


def _pairs(labels: Tensor) -> tuple[Tensor, Tensor]:
    same = labels[:, None].eq(labels[None, :])  # (n, n)
    itself = torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    return same & ~itself, ~same


def _mean_where(values: Tensor, mask: Tensor) -> Tensor:
    return (values * mask).sum() / mask.sum().clamp(min=1)


def valid_triplets(labels: Tensor) -> Tensor:
    positive, negative = _pairs(labels)
    return torch.einsum("ij,ik->ijk", positive.int(), negative.int()).bool()


def batch_all_triplet_loss(
    embeddings: Tensor, labels: Tensor, margin: float
) -> tuple[Tensor, Tensor]:
    distances = pairwise_distances(embeddings, embeddings)
    losses = F.relu(distances[:, :, None] - distances[:, None, :] + margin)  # (n, n, n)
    valid = valid_triplets(labels)
    active = valid & losses.gt(0)
    return _mean_where(losses, active), _mean_where(active.to(losses.dtype), valid)


def semi_hard_triplet_loss(
    embeddings: Tensor, labels: Tensor, margin: float, *, distance=pairwise_distances
) -> Tensor:
    distances = distance(embeddings, embeddings)
    near, far = distances[:, :, None], distances[:, None, :]
    semi_hard = valid_triplets(labels) & (near < far) & (far < near + margin)
    return _mean_where(near - far + margin, semi_hard)


def batch_hard_triplet_loss(
    embeddings: Tensor, labels: Tensor, margin: float | None = None
) -> Tensor:
    distances = pairwise_distances(embeddings, embeddings)
    positive, negative = _pairs(labels)
    complete = positive.any(dim=1) & negative.any(dim=1)  # (n,)
    farthest = torch.where(positive, distances, 0.0).amax(dim=1)
    beyond_all = distances.detach().amax() + 1
    nearest = torch.where(negative, distances, beyond_all).amin(dim=1)
    gap = farthest - nearest
    losses = F.softplus(gap) if margin is None else F.relu(gap + margin)
    return _mean_where(losses, complete)
