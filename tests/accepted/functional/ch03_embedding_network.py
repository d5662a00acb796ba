"""Chapter 3 with the parameters held by hand, and everything else as functions of them."""

from functools import reduce
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def group_norm(
    x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> Tensor:
    # Normalising and scaling are one line a * x + b for each channel of each example.
    groups = x.unflatten(1, (num_groups, -1))
    per_group, count = groups.shape[2], groups[0, 0].numel()
    mean = torch.einsum("ngchw->ng", groups) / count
    centred = groups - mean[..., None, None, None]
    variance = torch.einsum("ngchw,ngchw->ng", centred, centred) / count
    slope = weight * (variance + eps).rsqrt().repeat_interleave(per_group, dim=1)
    shift = bias - slope * mean.repeat_interleave(per_group, dim=1)
    return torch.addcmul(shift[..., None, None], slope[..., None, None], x)


class BNReLUConv(nn.Module):
    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int = 3, num_groups: int = 1
    ) -> None:
        super().__init__()
        self.num_groups = num_groups
        self.scale = nn.Parameter(torch.ones(in_channels))
        self.shift = nn.Parameter(torch.zeros(in_channels))
        kernels = torch.empty(out_channels, in_channels, kernel_size, kernel_size)
        self.kernels = nn.Parameter(nn.init.kaiming_normal_(kernels, nonlinearity="relu"))
        self.offset = nn.Parameter(torch.zeros(out_channels))

    def forward(self, x: Tensor) -> Tensor:
        positive_part = group_norm(x, self.num_groups, self.scale, self.shift).clamp_min(0)
        return F.conv2d(positive_part, self.kernels, self.offset)


class SimpleMetricEmbedding(nn.Module):
    def __init__(
        self, in_channels: int = 1, embedding_dim: int = 64, widths: tuple[int, int] = (16, 32)
    ) -> None:
        super().__init__()
        channels = (in_channels, *widths, embedding_dim)
        self.blocks = nn.ModuleList(BNReLUConv(*both) for both in pairwise(channels))

    def forward(self, images: Tensor) -> Tensor:
        first, *others = self.blocks
        maps = reduce(lambda x, block: block(F.max_pool2d(x, 3, 2)), others, first(images))
        return torch.einsum("nchw->nc", maps) / maps[0, 0].numel()
