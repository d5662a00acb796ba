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
    ### BEGIN SOLUTION: split the channels into groups; centre and scale each group by itself
    groups = x.unflatten(1, (num_groups, -1))  # (n, groups, channels/groups, height, width)
    variance, mean = torch.var_mean(groups, dim=(2, 3, 4), keepdim=True, correction=0)
    # eps keeps the division finite for a group of equal values, such as a blank image.
    normalised = ((groups - mean) * torch.rsqrt(variance + eps)).flatten(1, 2)  # shape of x
    return normalised * weight[:, None, None] + bias[:, None, None]
    ### END SOLUTION


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
        ### BEGIN SOLUTION: a normalisation with its two parameters, and a convolution
        # The library's form of group_norm above: the same numbers, several times faster.
        self.norm = nn.GroupNorm(num_groups, in_channels)
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)
        # The default start is so small that all embeddings begin close together, from where
        # batch-hard mining tends to collapse.
        nn.init.kaiming_normal_(self.conv.weight)
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        ### BEGIN SOLUTION: normalise, cut off at zero, convolve
        return self.conv(F.relu(self.norm(x)))
        ### END SOLUTION


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
        ### BEGIN SOLUTION: three blocks of widths[0], widths[1] and embedding_dim channels
        self.block1 = BNReLUConv(in_channels, widths[0])
        self.block2 = BNReLUConv(widths[0], widths[1])
        self.block3 = BNReLUConv(widths[1], embedding_dim)
        # Storing the channels of a pixel side by side makes pooling much faster on the CPU.
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch omits it
        ### END SOLUTION

    def forward(self, images: Tensor) -> Tensor:
        """Return embeddings (n, embedding_dim), for a batch of one image too."""
        ### BEGIN SOLUTION: block, pool, block, pool, block, average over height and width
        x = self.block1(images)  # (n, 16, 26, 26)
        x = F.max_pool2d(x, kernel_size=3, stride=2)  # (n, 16, 12, 12)
        x = self.block2(x)  # (n, 32, 10, 10)
        x = F.max_pool2d(x, kernel_size=3, stride=2)  # (n, 32, 4, 4)
        x = self.block3(x)  # (n, embedding_dim, 2, 2)
        return x.mean(dim=(2, 3))  # (n, embedding_dim)
        ### END SOLUTION
