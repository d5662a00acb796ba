"""What the embeddings of one batch say about a training: distances, norms, directions."""

import torch
from torch import Tensor

from .fast_losses import batch_all_of_distances

Signs = dict[str, float | None]


def batch_signs(embeddings: Tensor, labels: Tensor, margin: float) -> Signs:
    """Return the signs of one batch; what the batch cannot say is None.

    embeddings (n, dim), labels (n,). All is computed in float64, by differences: embeddings that
    are nearly one point are told apart.
    """
    points, labels = embeddings.detach().double().cpu(), labels.cpu()  # (n, dim), (n,)
    mode = "donot_use_mm_for_euclid_dist"
    distances = torch.cdist(points, points, compute_mode=mode)  # (n, n)
    same = labels[:, None] == labels[None, :]  # (n, n)
    positives = same & ~torch.eye(len(labels), dtype=torch.bool)
    has_triplet = bool((positives.any(dim=1) & (~same).any(dim=1)).any())
    active = batch_all_of_distances(distances, labels, margin)[1]
    norms = points.norm(dim=1)  # (n,)
    return {
        "active_share": float(active) if has_triplet else None,
        "positive_distance": _mean(distances[positives]),
        "negative_distance": _mean(distances[~same]),
        "norm": float(norms.mean()),
        "norm_spread": float(norms.std(correction=0)),
        "effective_rank": effective_rank(points),
        "batch_recall_at_1": _recall_at_1(distances, labels, positives.any(dim=1)),
    }


def effective_rank(points: Tensor) -> float | None:
    """Return over how many directions points (n, dim) spread evenly: 0 for one point, 1 for a line.

    It is exp(H) with H the entropy of the singular values of the centred points, divided by their
    sum. What is below the rounding of float32, of the points as they lie, counts as zero.
    Source: "The Effective Rank" (Roy and Vetterli, 2007), definition 1.
    """
    if not torch.isfinite(points).all():
        return None
    strengths = torch.linalg.svdvals(points - points.mean(dim=0))  # (min(n, dim),)
    strengths = strengths[strengths > torch.finfo(torch.float32).eps * points.norm()]
    if len(strengths) == 0:
        return 0.0
    return float(torch.special.entr(strengths / strengths.sum()).sum().exp())


def _mean(values: Tensor) -> float | None:
    return float(values.mean()) if len(values) else None


def _recall_at_1(distances: Tensor, labels: Tensor, has_positive: Tensor) -> float | None:
    nearest = distances.clone().fill_diagonal_(torch.inf).argmin(dim=1)  # (n,)
    return _mean((labels[nearest] == labels)[has_positive].double())
