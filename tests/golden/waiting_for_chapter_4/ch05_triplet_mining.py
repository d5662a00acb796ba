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
    positives, negatives = _positives_and_negatives(labels)
    return positives[:, :, None] & negatives[:, None, :]  # (n, n, n)


def batch_all_triplet_loss(
    embeddings: Tensor, labels: Tensor, margin: float
) -> tuple[Tensor, Tensor]:
    """Return the mean loss over the active triplets, and the share of valid ones that are active.

    embeddings (n, dim), labels (n,) -> two scalars. A triplet is active if its loss is above
    zero. A batch without an active triplet gives a zero that still backpropagates, and without
    a valid one the share zero.
    Source: "In Defense of the Triplet Loss" (Hermans et al., 2017), section 2.
    """
    distances = pairwise_distances(embeddings, embeddings)  # (n, n)
    valid = valid_triplets(labels)  # (n, n, n)
    # d(a, p) lies along the second axis, d(a, n) along the third.
    losses = distances[:, :, None] - distances[:, None, :] + margin  # (n, n, n)
    active = valid & (losses > 0)
    active_fraction = active.sum() / valid.sum().clamp(min=1)  # no valid triplet: 0 / 1
    return _mean_of(losses[active], embeddings), active_fraction


def semi_hard_triplet_loss(embeddings: Tensor, labels: Tensor, margin: float) -> Tensor:
    """Return the mean loss over the semi-hard triplets, a scalar.

    embeddings (n, dim), labels (n,). A triplet is semi-hard if its negative is farther than its
    positive, but by less than the margin: d(a, p) < d(a, n) < d(a, p) + margin. A batch without
    one gives a zero that still backpropagates.
    Source: "FaceNet" (Schroff et al., 2015), equation 4.
    """
    distances = pairwise_distances(embeddings, embeddings)  # (n, n)
    to_positive = distances[:, :, None]  # (n, n, 1)
    to_negative = distances[:, None, :]  # (n, 1, n)
    semi_hard = (to_positive < to_negative) & (to_negative < to_positive + margin)
    chosen = valid_triplets(labels) & semi_hard  # (n, n, n)
    losses = to_positive - to_negative + margin  # (n, n, n)
    return _mean_of(losses[chosen], embeddings)


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
    distances = pairwise_distances(embeddings, embeddings)  # (n, n)
    positives, negatives = _positives_and_negatives(labels)
    # Minus infinity never is a largest distance, plus infinity never a smallest one.
    farthest_positive = distances.masked_fill(~positives, -torch.inf).amax(dim=1)  # (n,)
    nearest_negative = distances.masked_fill(~negatives, torch.inf).amin(dim=1)  # (n,)
    has_triplet = positives.any(dim=1) & negatives.any(dim=1)  # (n,)
    gaps = farthest_positive[has_triplet] - nearest_negative[has_triplet]
    losses = F.softplus(gaps) if margin is None else F.relu(gaps + margin)
    return _mean_of(losses, embeddings)


def _positives_and_negatives(labels: Tensor) -> tuple[Tensor, Tensor]:
    """Return who is a positive of whom, and who a negative: two bool (n, n)."""
    same = labels[:, None] == labels[None, :]  # (n, n)
    itself = torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    return same & ~itself, ~same


def _mean_of(losses: Tensor, embeddings: Tensor) -> Tensor:
    if len(losses) == 0:
        # The mean of nothing is NaN. This zero hangs on the embeddings, so backward() works.
        return embeddings.sum() * 0.0
    return losses.mean()


