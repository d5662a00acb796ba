"""Embed by the mean over copies that are moved a little, where the settings ask for that."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .embedding import embed
from .settings import Settings

# Where a copy starts in an image with a frame of one pixel, as (row, column): in place first,
# then moved by one pixel up, down, left and right.
STARTS = ((1, 1), (2, 1), (0, 1), (1, 2), (1, 0))


def moved(images: Tensor) -> list[Tensor]:
    """Return images (n, 1, h, w) as they are, and moved by one pixel in four directions."""
    height, width = images.shape[2:]
    framed = F.pad(images, [1] * 4)  # (n, 1, h + 2, w + 2)
    return [framed[:, :, row : row + height, column : column + width] for row, column in STARTS]


def embed_moved(network: nn.Module, images: Tensor) -> Tensor:
    """Return the mean (n, dim) of the embeddings of images (n, 1, h, w) and of their moved copies.

    Training moves its images as far, so that no place is more right than another.
    Source: means over moved copies, there of predictions, are from "ImageNet Classification with
    Deep Convolutional Neural Networks" (Krizhevsky et al., 2012), section 4.1.
    """
    return torch.stack([embed(network, copies) for copies in moved(images)]).mean(dim=0)


def embedding_by(settings: Settings) -> Callable[[nn.Module, Tensor], Tensor]:
    """Return the way to embed that the settings ask for."""
    return embed_moved if settings.moved else embed
