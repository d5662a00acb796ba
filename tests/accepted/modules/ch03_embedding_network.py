"""Chapter 3 out of small modules with parameters made by hand, put together by Sequential."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def group_norm(
    x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> Tensor:
    groups = torch.chunk(x, num_groups, dim=1)  # each (n, channels / groups, height, width)
    normalised = []
    for group in groups:
        variance, mean = torch.var_mean(group, dim=(1, 2, 3), correction=0, keepdim=True)
        normalised.append((group - mean) / (variance + eps).sqrt())
    together = torch.cat(normalised, dim=1)
    return torch.addcmul(bias.view(-1, 1, 1), together, weight.view(-1, 1, 1))


class _Normalise(nn.Module):
    def __init__(self, channels: int, num_groups: int) -> None:
        super().__init__()
        self.num_groups = num_groups
        self.shift = nn.Parameter(torch.zeros(channels))
        self.scale = nn.Parameter(torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        return group_norm(x, self.num_groups, self.scale, self.shift)


class _Convolve(nn.Module):
    def __init__(self, in_channels: int, out_channels: int, kernel_size: int) -> None:
        super().__init__()
        self.offset = nn.Parameter(torch.zeros(out_channels))
        shape = (out_channels, in_channels, kernel_size, kernel_size)
        self.kernel = nn.Parameter(torch.randn(shape) / math.sqrt(in_channels * kernel_size**2))

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.kernel, self.offset)


class BNReLUConv(nn.Sequential):
    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int = 3, num_groups: int = 1
    ) -> None:
        super().__init__(
            _Normalise(in_channels, num_groups),
            nn.ReLU(),
            _Convolve(in_channels, out_channels, kernel_size),
        )


class SimpleMetricEmbedding(nn.Module):
    def __init__(
        self, in_channels: int = 1, embedding_dim: int = 64, widths: tuple[int, int] = (16, 32)
    ) -> None:
        super().__init__()
        sizes = (in_channels, *widths, embedding_dim)
        self.blocks = nn.ModuleList(map(BNReLUConv, sizes[:-1], sizes[1:]))
        self.between = nn.MaxPool2d(kernel_size=3, stride=2)
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())

    def forward(self, images: Tensor) -> Tensor:
        first, *rest = self.blocks
        x = first(images)
        for block in rest:
            x = block(self.between(x))
        return self.head(x)
