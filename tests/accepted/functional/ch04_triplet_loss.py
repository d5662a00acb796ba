"""Chapter 4: one product of longer rows for all distances, one triplet mapped over the batch."""

import numpy as np
import torch
from torch import Tensor

# What the gradient by each of (anchor, positive, negative) takes of the two unit vectors.
PULLS = np.array([[1, -1], [-1, 0], [0, 1]])


def root(squares: Tensor) -> Tensor:
    """Return the square root, and a slope of zero where it has none."""
    above = squares > 0
    return torch.where(above, squares, 1).sqrt() * above


def pairwise_distances(x: Tensor, y: Tensor) -> Tensor:
    # Distances do not change if all points move, and rounding is smallest around the origin.
    middle = torch.cat((x, y)).detach().mean(dim=0)
    x, y = x - middle, y - middle
    x_squares, y_squares = (torch.einsum("nd,nd->n", z, z)[:, None] for z in (x, y))
    # |x|^2 + |y|^2 - 2 xy is a product itself: of (-2 x, |x|^2, 1) and (y, 1, |y|^2).
    left = torch.cat((-2 * x, x_squares, torch.ones_like(x_squares)), dim=1)  # (n, dim + 2)
    right = torch.cat((y, torch.ones_like(y_squares), y_squares), dim=1)  # (m, dim + 2)
    return root(torch.einsum("nd,md->nm", left, right))


def triplet_loss(anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0) -> Tensor:
    def of_one(a: Tensor, p: Tensor, n: Tensor) -> Tensor:
        return (root((a - p).square().sum()) - root((a - n).square().sum()) + margin).relu()

    return torch.vmap(of_one)(anchor, positive, negative).mean()


def triplet_loss_gradient(
    anchor: np.ndarray, positive: np.ndarray, negative: np.ndarray, margin: float = 1.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    differences = np.stack((anchor - positive, anchor - negative))  # (2, n, dim)
    lengths = np.linalg.norm(differences, axis=2)  # (2, n)
    units = differences / np.where(lengths > 0, lengths, 1)[..., None]
    weights = (lengths[0] - lengths[1] + margin > 0) / lengths.shape[1]  # (n,)
    by_role = np.einsum("ru,n,und->rnd", PULLS, weights, units).astype(units.dtype)
    by_anchor, by_positive, by_negative = by_role
    return by_anchor, by_positive, by_negative
