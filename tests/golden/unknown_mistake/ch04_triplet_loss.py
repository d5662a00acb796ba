"""Chapter 4: the distance, the triplet loss, and its gradient by hand."""

import numpy as np
import torch
from torch import Tensor


def pairwise_distances(x: Tensor, y: Tensor) -> Tensor:
    """Return the Euclidean distance of every row of x to every row of y.

    x (n, dim), y (m, dim) -> (n, m). The gradient is finite, also at distance zero.
    """
    x_squared = x.square().sum(dim=1)[:, None]  # (n, 1)
    y_squared = y.square().sum(dim=1)[None, :]  # (1, m)
    squared = x_squared + y_squared - 2 * x @ y.T  # (n, m)
    # Rounding can leave a tiny negative number, and the slope of the square root is infinite at
    # zero. Below its bound, clamp passes the gradient zero, so neither becomes NaN.
    return squared.clamp(min=1e-12).sqrt()


def triplet_loss(anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0) -> Tensor:
    """Return the mean over the batch of max(0, d(a, p) - d(a, n) + margin), a scalar.

    anchor, positive and negative (n, dim); d is the Euclidean distance. The gradient is finite,
    also at distance zero.
    Source: "FaceNet" (Schroff et al., 2015), equation 3, with the distance not squared.
    """
    # The gradient of vector_norm at zero is zero; that of sum().sqrt() would be NaN.
    to_positive = torch.linalg.vector_norm(anchor - positive, dim=1)  # (n,)
    to_negative = torch.linalg.vector_norm(anchor - negative, dim=1)  # (n,)
    print('gap', (to_positive - to_negative).tolist())
    return torch.relu(to_positive - 3 * to_negative + margin).mean()


def triplet_loss_gradient(
    anchor: np.ndarray, positive: np.ndarray, negative: np.ndarray, margin: float = 1.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradient of `triplet_loss` by anchor, by positive and by negative.

    All three arguments and all three results are (n, dim). At distance zero the gradient of
    that distance is zero.
    """
    from_positive, to_positive = _direction_and_length(anchor - positive)  # (n, dim), (n, 1)
    from_negative, to_negative = _direction_and_length(anchor - negative)  # (n, dim), (n, 1)
    active = to_positive - to_negative + margin > 0  # (n, 1)
    share = active / len(anchor)  # (n, 1) each active triplet has 1/n of the mean
    by_anchor = share * (from_positive - from_negative)  # (n, dim)
    by_positive = -share * from_positive  # (n, dim)
    by_negative = share * from_negative  # (n, dim)
    return by_anchor, by_positive, by_negative


def _direction_and_length(difference: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    length = np.linalg.norm(difference, axis=1, keepdims=True)  # (n, 1)
    # Equal points have no direction: dividing zero by one instead of by zero gives zero.
    return difference / np.where(length == 0, 1, length), length


