"""Chapter 6: one generator of neighbours, block by block, and small functions that fold it."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

ENTRIES_AT_A_TIME = 1 << 23  # 32 MB of distances in float32


class Found(NamedTuple):
    """Some queries, by their row, and their nearest in the gallery, from near to far."""

    queries: Tensor  # (rows,)
    nearest: Tensor  # (rows, k)


def neighbours(
    gallery: Tensor, queries: Tensor, k: int, rows: Tensor, *, leave_out_own: bool = False
) -> Iterator[Found]:
    """Yield the k nearest of the given rows of queries; `leave_out_own`, if both are one set."""
    middle = gallery.mean(dim=0)
    gallery = gallery - middle
    squares = torch.einsum("md,md->m", gallery, gallery)
    for some in rows.split(max(1, ENTRIES_AT_A_TIME // max(1, len(gallery)))):
        # The square of the distance, less that of the query's length, which changes no order.
        scores = torch.addmm(squares, queries[some] - middle, gallery.T, alpha=-2)
        if leave_out_own:
            scores.scatter_(1, some[:, None], torch.inf)
        yield Found(some, scores.topk(k, dim=1, largest=False).indices)


def vote(classes: Tensor, num_classes: int) -> Tensor:
    """Return the class of most votes in each row (rows, k), and of equal ones that of the nearest."""
    rows, k = classes.shape
    ranks = torch.arange(k, device=classes.device).expand(rows, k)
    empty = classes.new_zeros(rows, num_classes)
    votes = empty.scatter_add(1, classes, torch.ones_like(classes))
    first = empty.scatter_reduce(1, classes, ranks, "amin", include_self=False)
    return (votes * k - first).argmax(dim=1)  # a vote counts for more than any rank


@torch.no_grad()
def knn_classify(gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5) -> Tensor:
    names, classes = gallery_labels.unique(return_inverse=True)
    rows = torch.arange(len(queries), device=queries.device)
    winners = [
        vote(classes[found.nearest], len(names)) for found in neighbours(gallery, queries, k, rows)
    ]
    return names[torch.cat(winners)]


@torch.no_grad()
def nearest_mean_classify(gallery: Tensor, gallery_labels: Tensor, queries: Tensor) -> Tensor:
    classes = gallery_labels.long()
    counts = classes.bincount()
    missing = (counts == 0).nonzero().flatten().tolist()
    if missing:
        raise ValueError(f"class {missing[0]} has no examples in the gallery, so it has no mean")
    sums = gallery.new_zeros(len(counts), gallery.shape[1]).index_add(0, classes, gallery)
    exactly = "donot_use_mm_for_euclid_dist"
    distances = torch.cdist(queries, sums / counts[:, None], compute_mode=exactly)
    return distances.argmin(dim=1).to(gallery_labels.dtype)


@torch.no_grad()
def recall_at_k(embeddings: Tensor, labels: Tensor, k: int = 1) -> float:
    rows = torch.arange(len(labels), device=labels.device)
    hits = sum(
        int(labels[nearest].eq(labels[queries, None]).any(dim=1).sum())
        for queries, nearest in neighbours(embeddings, embeddings, k, rows, leave_out_own=True)
    )
    return hits / len(labels)


def average_precisions(right: Tensor) -> Tensor:
    """Return the mean over all R ranks of (precision, if right, else 0); right bool (rows, R)."""
    marks = right.double()
    ranks = torch.arange(1, right.shape[1] + 1, device=right.device, dtype=marks.dtype)
    return torch.einsum("qr,qr,r->q", marks, marks.cumsum(dim=1), 1 / ranks) / len(ranks)


@torch.no_grad()
def mean_average_precision_at_r(embeddings: Tensor, labels: Tensor) -> float:
    _, classes, sizes = labels.unique(return_inverse=True, return_counts=True)
    others = sizes[classes] - 1  # (n,), R of each query
    # Queries of one R are ranked together, so that no rank beyond it is ever looked at.
    averages = [
        average_precisions(labels[nearest].eq(labels[queries, None]))
        for r in others.unique().tolist()
        if r > 0
        for queries, nearest in neighbours(
            embeddings, embeddings, r, (others == r).nonzero().flatten(), leave_out_own=True
        )
    ]
    return torch.cat(averages).mean().item() if averages else 0.0
