"""Chapter 6 with torch.cdist in chunks, scatter for the votes, and a class for the others."""

from collections.abc import Iterator

import torch
from torch import Tensor

CHUNK = 256


class _Others:
    """Every example with its k nearest others, the example itself left out by its index."""

    def __init__(self, embeddings: Tensor, labels: Tensor) -> None:
        self.embeddings, self.labels = embeddings, labels

    def right(self, k: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield chunks of rows (c,), and (c, k) whether each neighbour is of the same digit."""
        n = len(self.labels)
        for rows in torch.arange(n, device=self.labels.device).split(CHUNK):
            distances = torch.cdist(self.embeddings[rows], self.embeddings)
            distances.scatter_(1, rows.unsqueeze(1), float("inf"))
            order = distances.argsort(dim=1)[:, : min(k, n - 1)]
            yield rows, self.labels[order].eq(self.labels[rows].unsqueeze(1))


def knn_classify(gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5) -> Tensor:
    classes, kinds = torch.unique(gallery_labels, return_inverse=True)  # (c,), (m,)
    k = min(k, len(gallery))
    ranks = torch.arange(k, device=gallery.device)
    winners = []
    for chunk in queries.split(CHUNK):
        nearest = torch.cdist(chunk, gallery).topk(k, dim=1, largest=False, sorted=True).indices
        near = kinds[nearest]  # (q, k)
        votes = torch.zeros(len(chunk), len(classes), dtype=torch.long, device=gallery.device)
        first = torch.full_like(votes, k)
        votes.scatter_add_(1, near, torch.ones_like(near))
        first.scatter_reduce_(1, near, ranks.expand_as(near), reduce="amin")
        # One vote counts more than any difference in rank; the rank decides between equals.
        winners.append((votes * (k + 1) - first).argmax(dim=1))
    return classes[torch.cat(winners)]


def nearest_mean_classify(gallery: Tensor, gallery_labels: Tensor, queries: Tensor) -> Tensor:
    counts = gallery_labels.bincount()  # (c,)
    for digit, count in enumerate(counts.tolist()):
        if count == 0:
            raise ValueError(f"class {digit} has no mean: the gallery has no example of it")
    sums = gallery.new_zeros(len(counts), gallery.shape[1]).index_add_(0, gallery_labels, gallery)
    return torch.cdist(queries, sums / counts.unsqueeze(1)).min(dim=1).indices


def recall_at_k(embeddings: Tensor, labels: Tensor, k: int = 1) -> float:
    chunks = _Others(embeddings, labels).right(k)
    return sum(int(right.any(dim=1).sum()) for _, right in chunks) / len(labels)


def mean_average_precision_at_r(embeddings: Tensor, labels: Tensor) -> float:
    others = torch.eq(labels.unsqueeze(0), labels.unsqueeze(1)).sum(dim=1) - 1  # (n,)
    averages = []
    for rows, right in _Others(embeddings, labels).right(int(others.max())):
        for row, hits in zip(rows, right, strict=True):
            r = int(others[row])
            if r > 0:
                hit_ranks = hits[:r].nonzero().squeeze(1) + 1  # ranks of the right ones
                found = torch.arange(1, len(hit_ranks) + 1, device=hits.device)
                averages.append((found / hit_ranks).sum().item() / r)
    return sum(averages) / max(len(averages), 1)
