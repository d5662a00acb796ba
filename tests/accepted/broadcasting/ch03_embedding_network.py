"""Chapter 3 with einsum and broadcasting, and a module with its own names and more arguments."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def group_norm(
    x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float = 1e-5
) -> Tensor:
    groups = x.reshape(x.shape[0], num_groups, -1)  # (n, groups, size)
    centred = groups - groups.mean(dim=-1, keepdim=True)
    variance = torch.einsum("ngs,ngs->ng", centred, centred) / groups.shape[-1]
    normalised = centred * torch.rsqrt(variance + eps)[..., None]
    return normalised.reshape(x.shape) * weight[None, :, None, None] + bias[None, :, None, None]


class BNReLUConv(nn.Module):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int = 3,
        num_groups: int = 1,
        *,
        eps: float = 1e-5,
    ) -> None:
        super().__init__()
        self.num_groups, self.eps = num_groups, eps
        self.gamma = nn.Parameter(torch.ones(in_channels))
        self.beta = nn.Parameter(torch.zeros(in_channels))
        self.filters = nn.Conv2d(in_channels, out_channels, kernel_size)

    def forward(self, x: Tensor) -> Tensor:
        normalised = group_norm(x, self.num_groups, self.gamma, self.beta, self.eps)
        return self.filters(torch.where(normalised > 0, normalised, 0.0))


class SimpleMetricEmbedding(nn.Module):
    def __init__(
        self,
        in_channels: int = 1,
        embedding_dim: int = 64,
        widths: tuple[int, int] = (16, 32),
        *,
        pool_size: int = 3,
        stride: int = 2,
    ) -> None:
        super().__init__()
        self.pool_size, self.stride = pool_size, stride
        self.low = BNReLUConv(in_channels, widths[0])
        self.middle = BNReLUConv(widths[0], widths[1])
        self.high = BNReLUConv(widths[1], embedding_dim)

    def forward(self, images: Tensor) -> Tensor:
        x = F.max_pool2d(self.low(images), self.pool_size, self.stride)
        x = F.max_pool2d(self.middle(x), self.pool_size, self.stride)
        x = self.high(x)
        return torch.einsum("nchw->nc", x) / (x.shape[-2] * x.shape[-1])
