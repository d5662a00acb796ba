"""Chapter 4 with einsum, and with keyword arguments beyond those of the stub."""

import numpy as np
import torch
from torch import Tensor


def pairwise_distances(x: Tensor, y: Tensor, *, eps: float = 1e-12) -> Tensor:
    of_x = torch.einsum("nd,nd->n", x, x)
    of_y = torch.einsum("md,md->m", y, y)
    squared = of_x[:, None] + of_y[None, :] - 2 * torch.einsum("nd,md->nm", x, y)
    return squared.clamp(min=eps).sqrt()


def triplet_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    *,
    reduction: str = "mean",
    eps: float = 1e-12,
) -> Tensor:
    others = torch.stack((positive, negative))  # (2, n, dim)
    squared = torch.einsum("snd,snd->sn", anchor[None] - others, anchor[None] - others)
    to_positive, to_negative = squared.clamp(min=eps).sqrt()
    losses = (to_positive - to_negative + margin).clamp(min=0)  # (n,)
    return losses if reduction == "none" else getattr(losses, reduction)()


def triplet_loss_gradient(
    anchor: np.ndarray, positive: np.ndarray, negative: np.ndarray, margin: float = 1.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    towards = anchor[None] - np.stack((positive, negative))  # (2, n, dim)
    distances = np.sqrt(np.einsum("snd,snd->sn", towards, towards))  # (2, n)
    there = np.broadcast_to(distances[..., None] > 0, towards.shape)
    units = np.divide(towards, distances[..., None], out=np.zeros_like(towards), where=there)
    share = (distances[0] - distances[1] + margin > 0) / len(anchor)  # (n,)
    to_positive, to_negative = np.einsum("n,snd->snd", share, units)
    return to_positive - to_negative, -to_positive, to_negative
