"""Chapter 6: classify by neighbours, and measure how well an embedding retrieves."""

from collections.abc import Iterator

import torch
from torch import Tensor


def knn_classify(gallery: Tensor, gallery_labels: Tensor, queries: Tensor, k: int = 5) -> Tensor:
    """Return for every query the digit that most of its k nearest gallery examples have.

    gallery (m, dim), gallery_labels (m,), queries (n, dim) -> labels (n,); k is at most m. When
    digits have equally many votes, the one with the nearest example wins. Memory stays bounded
    at 60,000 x 10,000.
    """
    # TODO 1: block by block, the k nearest labels of each query, and their vote.
    raise NotImplementedError("TODO 1: read book/ch06_nearest_neighbours.md")


def nearest_mean_classify(gallery: Tensor, gallery_labels: Tensor, queries: Tensor) -> Tensor:
    """Return for every query the digit whose mean embedding is nearest.

    gallery (m, dim), gallery_labels (m,), queries (n, dim) -> labels (n,). The classes are
    0 to the largest gallery label. Raises ValueError that names a class without examples.
    """
    # TODO 2: one mean for each class, then the nearest of them.
    raise NotImplementedError("TODO 2: read book/ch06_nearest_neighbours.md")


def recall_at_k(embeddings: Tensor, labels: Tensor, k: int = 1) -> float:
    """Return the share of examples that have one of their own digit among their k nearest others.

    embeddings (n, dim), labels (n,). Every example is a query once, and is left out of its own
    gallery by its index (not by its rank: a copy of it may be just as near). Memory stays
    bounded at 60,000 x 60,000.
    """
    # TODO 3: block by block, the labels of the k nearest others.
    raise NotImplementedError("TODO 3: read book/ch06_nearest_neighbours.md")


def mean_average_precision_at_r(embeddings: Tensor, labels: Tensor) -> float:
    """Return MAP@R: how early each query meets the R others of its digit, 1 if they come first.

    embeddings (n, dim), labels (n,). For a query with R others of its digit, the mean over the
    ranks i = 1..R of (precision among the first i, if rank i is of its digit, else 0). Each
    query is left out of its own gallery; a query with R = 0 is left out of the mean, which is 0
    where that leaves none.
    Source: "A Metric Learning Reality Check" (Musgrave et al., 2020), section 3.2.
    """
    # TODO 4: rank the others, mark the right ones, average the precision at each.
    raise NotImplementedError("TODO 4: read book/ch06_nearest_neighbours.md")


# Stub 56a3382bca7a: as long as this fits the text above, nobody has edited it.
