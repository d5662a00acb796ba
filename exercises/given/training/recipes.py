"""What a network can be trained with: which loss, at which share of the steps.

The course's own recipe, and those that it is compared with: same network, batches and budget.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .parts import Parts
from .settings import MARGIN

Loss = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Recipe:
    """`loss_at(share of the steps done)` returns the loss and its name.

    A head is trained beside the network, and thrown away at the end.
    """

    loss_at: Callable[[float], tuple[str, Loss]]
    head: nn.Module | None = None


def batch_all(parts: Parts, margin: float = MARGIN) -> Recipe:
    """Return batch-all from the first step to the last."""

    def loss(embeddings: Tensor, labels: Tensor) -> Tensor:
        return parts.batch_all_triplet_loss(embeddings, labels, margin)[0]

    return Recipe(lambda _: ("batch-all", loss))


def batch_hard(parts: Parts, margin: float | None = None) -> Recipe:
    """Return batch-hard from the first step to the last, without a margin by the soft one."""

    def loss(embeddings: Tensor, labels: Tensor) -> Tensor:
        return parts.batch_hard_triplet_loss(embeddings, labels, margin)

    return Recipe(lambda _: ("batch-hard", loss))


def semi_hard(parts: Parts, margin: float = MARGIN) -> Recipe:
    """Return semi-hard from the first step to the last."""

    def loss(embeddings: Tensor, labels: Tensor) -> Tensor:
        return parts.semi_hard_triplet_loss(embeddings, labels, margin)

    return Recipe(lambda _: ("semi-hard", loss))


def random_triplets(parts: Parts, seed: int, margin: float = MARGIN) -> Recipe:
    """Return one triplet for each anchor of a batch, its positive and its negative drawn."""
    generator = torch.Generator().manual_seed(seed)

    def draw(candidates: Tensor) -> Tensor:
        return torch.multinomial(candidates.cpu().float(), 1, generator=generator)[:, 0]  # (n,)

    def loss(embeddings: Tensor, labels: Tensor) -> Tensor:
        same = labels[:, None] == labels[None, :]  # (n, n)
        positives = same & ~torch.eye(len(labels), dtype=torch.bool, device=labels.device)
        positive, negative = embeddings[draw(positives)], embeddings[draw(~same)]
        return parts.triplet_loss(embeddings, positive, negative, margin)

    return Recipe(lambda _: ("random triplets", loss))


def softmax(dim: int, classes: int) -> Recipe:
    """Return a classifier: a linear layer on the embedding, and the cross-entropy."""
    head = nn.Linear(dim, classes)

    def loss(embeddings: Tensor, labels: Tensor) -> Tensor:
        return F.cross_entropy(head(embeddings), labels)

    return Recipe(lambda _: ("softmax", loss), head)
