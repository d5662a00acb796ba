"""Chapter 5 over the list of (anchor, positive) pairs: a row of gaps for each of them."""

from typing import NamedTuple

import torch
from torch import Tensor

from .ch04_triplet_loss import pairwise_distances


class Relations(NamedTuple):
    """Who may be a positive of whom, and who a negative: bool (n, n) each."""

    positive: Tensor
    negative: Tensor


def relations(labels: Tensor) -> Relations:
    _, classes = labels.unique(return_inverse=True)
    differs = classes.unsqueeze(0).ne(classes.unsqueeze(1))
    return Relations(differs.logical_not().fill_diagonal_(False), differs)


def gaps_of_pairs(embeddings: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Return d(a, p) - d(a, n) for each pair (a, p) and each n, and where n is a negative of a."""
    may_be = relations(labels)
    distances = pairwise_distances(embeddings, embeddings)
    anchors, positives = may_be.positive.nonzero(as_tuple=True)  # (pairs,) each
    to_positives = distances[anchors, positives]
    return to_positives[:, None] - distances[anchors], may_be.negative[anchors]  # (pairs, n)


def mean_or_zero(values: Tensor) -> Tensor:
    # The sum of no values is a zero that still hangs on the embeddings.
    return values.sum() / max(values.numel(), 1)


def valid_triplets(labels: Tensor) -> Tensor:
    return torch.einsum("ap,an->apn", *(one.byte() for one in relations(labels))).bool()


def batch_all_triplet_loss(
    embeddings: Tensor, labels: Tensor, margin: float
) -> tuple[Tensor, Tensor]:
    gaps, is_valid = gaps_of_pairs(embeddings, labels)
    losses = gaps[is_valid] + margin
    active = losses > 0
    return mean_or_zero(losses[active]), mean_or_zero(active.to(embeddings.dtype))


def semi_hard_triplet_loss(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    gaps, is_valid = gaps_of_pairs(embeddings, labels)
    candidates = gaps[is_valid]
    return mean_or_zero(candidates[(candidates < 0) & (candidates + margin > 0)] + margin)


def extreme_of_each_row(distances: Tensor, chosen: Tensor, which: str) -> Tensor:
    """Return the "amax" or "amin" of the chosen entries of each row; zero in a row without one."""
    rows, _ = chosen.nonzero(as_tuple=True)
    start = distances.new_zeros(len(distances))
    return start.scatter_reduce(0, rows, distances[chosen], which, include_self=False)


def batch_hard_triplet_loss(
    embeddings: Tensor, labels: Tensor, margin: float | None = None
) -> Tensor:
    may_be = relations(labels)
    distances = pairwise_distances(embeddings, embeddings)
    farthest = extreme_of_each_row(distances, may_be.positive, "amax")
    nearest = extreme_of_each_row(distances, may_be.negative, "amin")
    gaps = (farthest - nearest)[may_be.positive.any(dim=1) & may_be.negative.any(dim=1)]
    if margin is None:
        return mean_or_zero(torch.logaddexp(gaps, torch.zeros_like(gaps)))
    return mean_or_zero((gaps + margin).relu())
