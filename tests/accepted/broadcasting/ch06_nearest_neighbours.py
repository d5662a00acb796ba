"""Chapter 6 in blocks of queries, with comparisons of all neighbours by broadcasting."""

from collections.abc import Iterator

import torch
from torch import Tensor


def _squared(x: Tensor, y: Tensor) -> Tensor:
    return (
        torch.einsum("nd,nd->n", x, x)[:, None]
        + torch.einsum("md,md->m", y, y)[None, :]
        - 2 * torch.einsum("nd,md->nm", x, y)
    )


def _neighbours_of_all(
    embeddings: Tensor, k: int, block_size: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield blocks of rows (b,) and the indices of their k nearest others (b, k)."""
    everyone = torch.arange(len(embeddings), device=embeddings.device)
    for rows in everyone.split(block_size):
        itself = rows[:, None] == everyone[None, :]
        distances = _squared(embeddings[rows], embeddings).masked_fill(itself, torch.inf)
        yield rows, distances.topk(k, dim=1, largest=False).indices


def knn_classify(
    gallery: Tensor,
    gallery_labels: Tensor,
    queries: Tensor,
    k: int = 5,
    *,
    block_size: int = 512,
) -> Tensor:
    answers = []
    for block in queries.split(block_size):
        nearest = _squared(block, gallery).topk(min(k, len(gallery)), largest=False).indices
        voters = gallery_labels[nearest]  # (b, k), from near to far
        votes = (voters[:, :, None] == voters[:, None, :]).sum(dim=2)  # (b, k)
        answers.append(voters.gather(1, votes.argmax(dim=1, keepdim=True))[:, 0])
    return torch.cat(answers)


def nearest_mean_classify(
    gallery: Tensor, gallery_labels: Tensor, queries: Tensor, *, block_size: int = 4096
) -> Tensor:
    classes = torch.arange(int(gallery_labels.max()) + 1, device=gallery_labels.device)  # (c,)
    member = classes[:, None] == gallery_labels[None, :]  # (c, m)
    counts = member.sum(dim=1)
    if (counts == 0).any():
        raise ValueError(f"there is no example of class {classes[counts == 0].tolist()}")
    means = torch.einsum("cm,md->cd", member.to(gallery.dtype), gallery) / counts[:, None]
    nearest = [
        (block[:, None, :] - means[None, :, :]).square().sum(dim=2).argmin(dim=1)
        for block in queries.split(block_size)
    ]
    return classes[torch.cat(nearest)].to(gallery_labels.dtype)


def recall_at_k(embeddings: Tensor, labels: Tensor, k: int = 1, *, block_size: int = 512) -> float:
    k = min(k, len(labels) - 1)
    found = [
        (labels[nearest] == labels[rows][:, None]).any(dim=1)
        for rows, nearest in _neighbours_of_all(embeddings, k, block_size)
    ]
    return torch.cat(found).double().mean().item()


def mean_average_precision_at_r(
    embeddings: Tensor, labels: Tensor, *, block_size: int = 512
) -> float:
    kinds, counts = torch.unique(labels, return_inverse=True, return_counts=True)[1:]
    others = counts[kinds] - 1  # (n,) the R of each query
    most = int(others.max())
    ranks = torch.arange(1, most + 1, device=labels.device)
    total = torch.zeros((), dtype=torch.float64)
    for rows, nearest in _neighbours_of_all(embeddings, most, block_size):
        right = labels[nearest] == labels[rows][:, None]
        right &= ranks[None, :] <= others[rows][:, None]
        precision = right.cumsum(dim=1) / ranks
        total += ((precision * right).sum(dim=1) / others[rows].clamp(min=1)).sum()
    return (total / (others > 0).sum().clamp(min=1)).item()
