"""Chapter 6: classify by neighbours, and measure how well an embedding retrieves."""

from collections.abc import Iterator

import torch
from torch import Tensor

### BEGIN SOLUTION
# A block holds this many distances at most: 64 MB of float32, whatever the size of the sets.
BLOCK_ELEMENTS = 16_000_000


def _distance_blocks(gallery: Tensor, queries: Tensor) -> Iterator[tuple[slice, Tensor]]:
    """Yield (which queries, their distances (rows, m) to the whole gallery, up to order).

    The order of the neighbours needs neither the square root nor the |query|^2 of a row.
    """
    rows = max(1, BLOCK_ELEMENTS // max(1, len(gallery)))
    gallery_squared = gallery.square().sum(dim=1)  # (m,)
    for start in range(0, len(queries), rows):
        block = slice(start, start + rows)
        yield block, torch.addmm(gallery_squared, queries[block], gallery.T, alpha=-2)


### END SOLUTION


def knn_classify(gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5) -> Tensor:
    """Return for every query the digit that most of its k nearest gallery examples have.

    gallery (m, dim), gallery_labels (m,), queries (n, dim) -> labels (n,); k is at most m. When
    digits have equally many votes, the one with the nearest example wins. Memory stays bounded
    at 60,000 x 10,000.
    """
    ### BEGIN SOLUTION: block by block, the k nearest labels of each query, and their vote
    predicted = [
        _vote(gallery_labels[distances.topk(k, dim=1, largest=False).indices])
        for _, distances in _distance_blocks(gallery, queries)
    ]
    return torch.cat(predicted) if predicted else gallery_labels[:0]  # (n,)
    ### END SOLUTION


def nearest_mean_classify(gallery: Tensor, gallery_labels: Tensor, queries: Tensor) -> Tensor:
    """Return for every query the digit whose mean embedding is nearest.

    gallery (m, dim), gallery_labels (m,), queries (n, dim) -> labels (n,). The classes are
    0 to the largest gallery label. Raises ValueError that names a class without examples.
    """
    ### BEGIN SOLUTION: one mean for each class, then the nearest of them
    num_classes = int(gallery_labels.max()) + 1
    counts = torch.bincount(gallery_labels, minlength=num_classes)  # (classes,)
    if (counts == 0).any():
        empty = torch.nonzero(counts == 0).flatten().tolist()
        # A mean of zeros would be a prototype that catches queries of every digit.
        raise ValueError(f"no gallery examples of class {', '.join(map(str, empty))}")
    sums = torch.zeros(num_classes, gallery.shape[1], dtype=gallery.dtype)
    sums.index_add_(0, gallery_labels, gallery)  # (classes, dim)
    means = sums / counts[:, None]
    return knn_classify(means, torch.arange(num_classes), queries, k=1)  # (n,)
    ### END SOLUTION


def recall_at_k(embeddings: Tensor, labels: Tensor, k: int = 1) -> float:
    """Return the share of examples that have one of their own digit among their k nearest others.

    embeddings (n, dim), labels (n,). Every example is a query once, and is left out of its own
    gallery by its index (not by its rank: a copy of it may be just as near). Memory stays
    bounded at 60,000 x 60,000.
    """
    ### BEGIN SOLUTION: block by block, the labels of the k nearest others
    hits = 0
    for block, nearest in _nearest_others(embeddings, k):
        hits += int((labels[nearest] == labels[block, None]).any(dim=1).sum())
    return hits / len(labels)
    ### END SOLUTION


def mean_average_precision_at_r(embeddings: Tensor, labels: Tensor) -> float:
    """Return MAP@R: how early each query meets the R others of its digit, 1 if they come first.

    embeddings (n, dim), labels (n,). For a query with R others of its digit, the mean over the
    ranks i = 1..R of (precision among the first i, if rank i is of its digit, else 0). Each
    query is left out of its own gallery; a query with R = 0 is left out of the mean, which is 0
    where that leaves none.
    Source: "A Metric Learning Reality Check" (Musgrave et al., 2020), section 3.2.
    """
    ### BEGIN SOLUTION: rank the others, mark the right ones, average the precision at each
    relevant = torch.bincount(labels)[labels] - 1  # (n,) R of each query
    most = int(relevant.max())
    if most == 0:
        return 0.0  # no query has anything to find
    ranks = torch.arange(1, most + 1)  # (most,)
    total = 0.0
    for block, nearest in _nearest_others(embeddings, most):
        within_r = ranks <= relevant[block, None]  # (rows, most)
        right = (labels[nearest] == labels[block, None]) & within_r  # (rows, most)
        precision = right.cumsum(dim=1) / ranks  # (rows, most)
        average = (precision * right).sum(dim=1) / relevant[block].clamp(min=1)  # (rows,)
        total += average.sum().item()
    return total / int((relevant > 0).sum())
    ### END SOLUTION


### BEGIN SOLUTION
def _vote(labels: Tensor) -> Tensor:
    """Return the most frequent label of each row (n, k), whose columns go from near to far."""
    same = labels[:, :, None] == labels[:, None, :]  # (n, k, k)
    votes = same.sum(dim=2)  # (n, k) how many votes the label in each column has
    # argmax returns the first of equals, which is the nearest of the tied classes.
    winner = votes.argmax(dim=1, keepdim=True)  # (n, 1)
    return labels.gather(1, winner)[:, 0]  # (n,)


def _nearest_others(embeddings: Tensor, k: int) -> Iterator[tuple[slice, Tensor]]:
    """Yield (which queries, the indices (rows, k) of their nearest examples but themselves)."""
    k = min(k, len(embeddings) - 1)  # nobody has more others than there are
    for block, distances in _distance_blocks(embeddings, embeddings):
        own = torch.arange(len(embeddings))[block, None]  # (rows, 1)
        distances.scatter_(1, own, torch.inf)
        yield block, distances.topk(k, dim=1, largest=False).indices


### END SOLUTION
