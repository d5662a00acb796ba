"""Chapter 5 with lists of indices in place of masked arrays, and modules for the two margins."""

import torch
from torch import Tensor, nn

from .ch04_triplet_loss import pairwise_distances


class _HardMargin(nn.Module):
    def __init__(self, margin: float) -> None:
        super().__init__()
        self.margin = margin

    def forward(self, gap: Tensor) -> Tensor:
        return torch.maximum(gap + self.margin, torch.zeros_like(gap))


class _Batch:
    """The distances of a batch, and those of its valid triplets as two vectors."""

    def __init__(self, embeddings: Tensor, labels: Tensor) -> None:
        self.embeddings = embeddings
        self.distances = pairwise_distances(embeddings, embeddings)
        anchor, positive, negative = valid_triplets(labels).nonzero(as_tuple=True)  # (t,) each
        self.to_positive = self.distances[anchor, positive]
        self.to_negative = self.distances[anchor, negative]

    def mean(self, losses: Tensor) -> Tensor:
        return losses.mean() if len(losses) else 0.0 * self.embeddings.sum()


def valid_triplets(labels: Tensor) -> Tensor:
    n = len(labels)
    same = torch.eq(*torch.meshgrid(labels, labels, indexing="ij"))
    positive = same.clone().fill_diagonal_(False)
    return positive.unsqueeze(2).expand(n, n, n) & same.logical_not().unsqueeze(1)


def batch_all_triplet_loss(
    embeddings: Tensor, labels: Tensor, margin: float
) -> tuple[Tensor, Tensor]:
    batch = _Batch(embeddings, labels)
    losses = batch.to_positive - batch.to_negative + margin
    active = torch.masked_select(losses, losses > 0)
    share = embeddings.new_tensor(len(active) / max(len(losses), 1))
    return batch.mean(active), share


def semi_hard_triplet_loss(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    batch = _Batch(embeddings, labels)
    lead = batch.to_negative - batch.to_positive
    chosen = (lead > 0).logical_and(lead < margin)
    return batch.mean(margin - lead[chosen])


def batch_hard_triplet_loss(
    embeddings: Tensor, labels: Tensor, margin: float | None = None
) -> Tensor:
    batch = _Batch(embeddings, labels)
    valid = valid_triplets(labels)
    anchors = valid.any(dim=2).any(dim=1).nonzero().squeeze(1)  # those with a triplet
    distances = batch.distances[anchors]  # (a, n)
    positive, negative = valid.any(dim=2)[anchors], valid.any(dim=1)[anchors]
    farthest = distances.masked_fill(~positive, float("-inf")).max(dim=1).values
    nearest = distances.masked_fill(~negative, float("inf")).min(dim=1).values
    margin_of = nn.Softplus() if margin is None else _HardMargin(margin)
    return batch.mean(margin_of(farthest - nearest))
