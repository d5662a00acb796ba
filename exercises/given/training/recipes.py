"""What a network can be trained with: which loss, at which share of the steps.

The course's own recipe, and those that it is compared with: same network, batches and budget.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .parts import Parts

WARM_UP_SHARE = 0.06
MARGIN = 1.0

Loss = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Recipe:
    """`loss_at(share of the steps done)` returns the loss and its name.

    A head is trained beside the network, and thrown away at the end.
    """

    loss_at: Callable[[float], tuple[str, Loss]]
    head: nn.Module | None = None


def course(parts: Parts) -> Recipe:
    """Return batch-all for the warm-up, then batch-hard with the soft margin.

    Batch-hard from the first step on often collapses: every embedding the same, the loss at
    ln 2. Batch-all does not, so it comes first; batch-hard then refines.
    """
    warm_up, refine = batch_all(parts).loss_at(0), batch_hard(parts).loss_at(0)
    return Recipe(lambda done: warm_up if done < WARM_UP_SHARE else refine)


def batch_all(parts: Parts) -> Recipe:
    """Return batch-all from the first step to the last."""

    def loss(embeddings: Tensor, labels: Tensor) -> Tensor:
        return parts.batch_all_triplet_loss(embeddings, labels, MARGIN)[0]

    return Recipe(lambda _: ("batch-all", loss))


def batch_hard(parts: Parts) -> Recipe:
    """Return batch-hard with the soft margin from the first step to the last."""
    return Recipe(lambda _: ("batch-hard", parts.batch_hard_triplet_loss))


def semi_hard(parts: Parts) -> Recipe:
    """Return semi-hard from the first step to the last."""

    def loss(embeddings: Tensor, labels: Tensor) -> Tensor:
        return parts.semi_hard_triplet_loss(embeddings, labels, MARGIN)

    return Recipe(lambda _: ("semi-hard", loss))


def random_triplets(parts: Parts, seed: int) -> Recipe:
    """Return one triplet for each anchor of a batch, its positive and its negative drawn."""
    generator = torch.Generator().manual_seed(seed)

    def draw(candidates: Tensor) -> Tensor:
        return torch.multinomial(candidates.cpu().float(), 1, generator=generator)[:, 0]  # (n,)

    def loss(embeddings: Tensor, labels: Tensor) -> Tensor:
        same = labels[:, None] == labels[None, :]  # (n, n)
        positives = same & ~torch.eye(len(labels), dtype=torch.bool, device=labels.device)
        positive, negative = embeddings[draw(positives)], embeddings[draw(~same)]
        return parts.triplet_loss(embeddings, positive, negative, MARGIN)

    return Recipe(lambda _: ("random triplets", loss))


def softmax(dim: int, classes: int) -> Recipe:
    """Return a classifier: a linear layer on the embedding, and the cross-entropy."""
    head = nn.Linear(dim, classes)

    def loss(embeddings: Tensor, labels: Tensor) -> Tensor:
        return F.cross_entropy(head(embeddings), labels)

    return Recipe(lambda _: ("softmax", loss), head)
