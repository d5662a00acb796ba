"""Measures query by query, so that each digit can be reported apart."""

import torch
from torch import Tensor

ROWS_AT_A_TIME = 1_000


def leave_one_out_hits(embeddings: Tensor, labels: Tensor) -> Tensor:
    """Return for every example whether its nearest other example has its label: bool (n,).

    embeddings (n, dim), labels (n,). An example is left out of its own gallery by its index.
    """
    squared = embeddings.square().sum(dim=1)  # (n,)
    everyone = torch.arange(len(embeddings))
    nearest = []
    for own in everyone.split(ROWS_AT_A_TIME):
        distances = squared - 2 * embeddings[own] @ embeddings.T  # (rows, n) up to |query|^2
        distances[torch.arange(len(own)), own] = torch.inf
        nearest.append(distances.argmin(dim=1))
    return labels[torch.cat(nearest)] == labels


def share_by_digit(right: Tensor, labels: Tensor, unseen: int) -> dict[str, float]:
    """Return the share of right answers: over all, the seen digits, the unseen, and each digit.

    right bool (n,), labels (n,). The keys are "all", "seen", "unseen" and "0" to "9".
    """
    groups = {
        "all": torch.ones_like(right),
        "seen": labels != unseen,
        "unseen": labels == unseen,
        **{str(digit): labels == digit for digit in torch.unique(labels).tolist()},
    }
    return {name: right[group].float().mean().item() for name, group in groups.items()}


def confusion_row(predicted: Tensor, labels: Tensor, digit: int) -> dict[str, int]:
    """Return how often the examples of one digit were taken for each of the ten."""
    counts = torch.bincount(predicted[labels == digit], minlength=10)  # (10,)
    return {str(answer): count for answer, count in enumerate(counts.tolist())}
