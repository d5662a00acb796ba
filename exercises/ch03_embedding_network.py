"""Chapter 3: the block BNReLUConv, and the network that embeds an image."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def group_norm(
    x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> Tensor:
    """Normalise each example over each group of its channels, then scale and shift.

    x (n, channels, height, width); weight and bias (channels,); returns the shape of x.
    `channels` is a multiple of `num_groups`. The variance is the biased one (divided by count).
    Source: "Group Normalization" (Wu and He, 2018), equations 1 and 2.
    """
    # TODO 1: split the channels into groups; centre and scale each group by itself.
    raise NotImplementedError("TODO 1: read book/ch03_embedding_network.md")


class BNReLUConv(nn.Module):
    """Group normalisation, then ReLU, then convolution, in this order and without padding.

    (n, in_channels, h, w) -> (n, out_channels, h - kernel_size + 1, w - kernel_size + 1).
    Its parameters: a scale and a shift (in_channels,) that begin at one and at zero; a kernel
    (out_channels, in_channels, kernel_size, kernel_size) and a bias, as nn.Conv2d has them.
    Source of the order: "Identity Mappings in Deep Residual Networks" (He et al., 2016).
    """

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int = 3, num_groups: int = 1
    ) -> None:
        super().__init__()
        # TODO 2: a normalisation with its two parameters, and a convolution.
        raise NotImplementedError("TODO 2: read book/ch03_embedding_network.md")

    def forward(self, x: Tensor) -> Tensor:
        # TODO 3: normalise, cut off at zero, convolve.
        raise NotImplementedError("TODO 3: read book/ch03_embedding_network.md")


class SimpleMetricEmbedding(nn.Module):
    """Embed images: three blocks with max-pooling between them, then a global average.

    (n, in_channels, height, width) -> (n, embedding_dim); an image of 28 x 28 shrinks to
    26, 12, 10, 4 and 2 pixels a side on the way. The pools have size 3 and stride 2; the blocks
    keep their default kernel size and single group.
    """

    def __init__(
        self, in_channels: int = 1, embedding_dim: int = 64, widths: tuple[int, int] = (16, 32)
    ) -> None:
        super().__init__()
        # TODO 4: three blocks of widths[0], widths[1] and embedding_dim channels.
        raise NotImplementedError("TODO 4: read book/ch03_embedding_network.md")

    def forward(self, images: Tensor) -> Tensor:
        """Return embeddings (n, embedding_dim), for a batch of one image too."""
        # TODO 5: block, pool, block, pool, block, average over height and width.
        raise NotImplementedError("TODO 5: read book/ch03_embedding_network.md")


# Stub e3bd280c7396: as long as this fits the text above, nobody has edited it.
