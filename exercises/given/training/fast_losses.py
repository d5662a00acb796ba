"""Batch-all without an array of all triplets, and batch-hard without a gradient of all distances.

Chapter 5 has the textbook forms, and explains these. A test holds them equal.
"""

import torch
from torch import Tensor
from torch.nn import functional as F


def batch_all_of_distances(
    distances: Tensor, labels: Tensor, margin: float
) -> tuple[Tensor, Tensor]:
    """Return (loss, active_fraction) of batch-all, in the order of n^2 log n.

    distances (n, n), labels (n,). For an anchor and a positive, the active negatives are those
    nearer than the bound d(a, p) + margin. In a sorted row they come first, so a search finds how
    many there are, and a running sum what their distances add up to. A batch without a valid or
    without an active triplet gives a zero that still backpropagates.
    """
    same = labels[:, None] == labels[None, :]  # (n, n)
    positives = same & ~torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    bounds = distances + margin  # (n, n) a row for each anchor, a column for each positive
    far = torch.finfo(distances.dtype).max
    to_negatives = distances.masked_fill(same, far).sort(dim=1).values  # (n, n)
    nearer = torch.searchsorted(to_negatives.detach(), bounds.detach())  # (n, n) active negatives
    running = to_negatives.masked_fill(to_negatives == far, 0).cumsum(dim=1)  # (n, n)
    running = F.pad(running, (1, 0))  # (n, n + 1) none add up to zero
    losses = nearer * bounds - running.gather(1, nearer)  # (n, n) summed over the negatives
    active = nearer[positives].sum()
    valid = (positives.sum(dim=1) * (~same).sum(dim=1)).sum()
    loss = losses[positives].sum() / active.clamp(min=1)
    # With no pair at all the sum is a zero apart from the graph: hang it on the distances.
    return loss + 0.0 * distances.sum(), active / valid.clamp(min=1)


def batch_hard_by_index(embeddings: Tensor, labels: Tensor, margin: float | None = None) -> Tensor:
    """Return batch-hard: choose without a gradient, then measure the chosen pairs only.

    embeddings (n, dim), labels (n,). Which example is the hardest has no gradient, so only 2n of
    the n^2 distances need one. Of equally hard examples the first is chosen.
    """
    same = labels[:, None] == labels[None, :]  # (n, n)
    positives = same & ~torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    with torch.no_grad():
        distances = torch.cdist(embeddings, embeddings)  # (n, n)
        farthest = distances.masked_fill(~positives, -torch.inf).argmax(dim=1)  # (n,)
        nearest = distances.masked_fill(same, torch.inf).argmin(dim=1)  # (n,)
        has_triplet = positives.any(dim=1) & ~same.all(dim=1)  # (n,)
    anchors = embeddings[has_triplet]  # (anchors, dim)
    to_positive = torch.linalg.vector_norm(anchors - embeddings[farthest[has_triplet]], dim=1)
    to_negative = torch.linalg.vector_norm(anchors - embeddings[nearest[has_triplet]], dim=1)
    gaps = to_positive - to_negative  # (anchors,)
    losses = F.softplus(gaps) if margin is None else F.relu(gaps + margin)
    # The mean of nothing is NaN: without a triplet, a zero that hangs on the embeddings.
    return losses.mean() if len(losses) else embeddings.sum() * 0.0
