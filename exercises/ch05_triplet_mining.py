"""Chapter 5: choose, inside a batch, the triplets that are worth learning from."""

import torch
from torch import Tensor
from torch.nn import functional as F

from .ch04_triplet_loss import pairwise_distances


def valid_triplets(labels: Tensor) -> Tensor:
    """Return which (anchor, positive, negative) are triplets at all.

    labels (n,) -> bool (n, n, n): anchor and positive are two examples of one digit, the
    negative is of another digit.
    """
    # TODO 1: combine who may be a positive of whom with who may be a negative of whom.
    raise NotImplementedError("TODO 1: read book/ch05_triplet_mining.md")


def batch_all_triplet_loss(
    embeddings: Tensor, labels: Tensor, margin: float
) -> tuple[Tensor, Tensor]:
    """Return the mean loss over the active triplets, and the share of valid ones that are active.

    embeddings (n, dim), labels (n,) -> two scalars. A triplet is active if its loss is above
    zero. A batch without an active triplet gives a zero that still backpropagates, and without
    a valid one the share zero.
    Source: "In Defense of the Triplet Loss" (Hermans et al., 2017), section 2.
    """
    # TODO 2: the loss of all n^3 triplets, masked; count the active ones.
    raise NotImplementedError("TODO 2: read book/ch05_triplet_mining.md")


def semi_hard_triplet_loss(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Return the mean loss over the semi-hard triplets, a scalar.

    embeddings (n, dim), labels (n,). A triplet is semi-hard if its negative is farther than its
    positive, but by less than the margin: d(a, p) < d(a, n) < d(a, p) + margin. A batch without
    one gives a zero that still backpropagates.
    Source: "FaceNet" (Schroff et al., 2015), equation 4.
    """
    # TODO 3: as batch-all, with the semi-hard triplets in place of the active ones.
    raise NotImplementedError("TODO 3: read book/ch05_triplet_mining.md")


def batch_hard_triplet_loss(
    embeddings: Tensor, labels: Tensor, margin: float | None = None
) -> Tensor:
    """Return the mean over the anchors of the loss of their hardest triplet, a scalar.

    embeddings (n, dim), labels (n,). The hardest triplet of an anchor has its farthest positive
    and its nearest negative. With a margin, the loss is max(0, d(a, p) - d(a, n) + margin); with
    `None`, the soft margin log(1 + exp(d(a, p) - d(a, n))). Anchors without a positive or
    without a negative are left out; a batch of only such gives a zero that still backpropagates.
    Source: "In Defense of the Triplet Loss" (Hermans et al., 2017), equation 5.
    """
    # TODO 4: in each row, the largest distance to a positive, the smallest to a negative.
    raise NotImplementedError("TODO 4: read book/ch05_triplet_mining.md")


# Stub 89b51c4f6b81: as long as this fits the text above, nobody has edited it.
