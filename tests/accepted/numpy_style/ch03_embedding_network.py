"""Chapter 3 as matrix algebra: averages by a matrix of channels, windows by unfold."""

import numpy as np
import torch
from torch import nn


def group_norm(x, num_groups, weight, bias, eps=1e-5):
    channels = x.shape[1]
    group = np.arange(channels) // (channels // num_groups)  # (channels,)
    same = np.equal.outer(group, group) * (num_groups / channels)
    average = torch.as_tensor(same, dtype=x.dtype, device=x.device)  # (channels, channels)
    mean = x.mean(dim=(2, 3)) @ average  # (n, channels): that of the channel's group
    centred = x - mean[:, :, None, None]
    variance = centred.pow(2).mean(dim=(2, 3)) @ average
    factor = weight / torch.sqrt(variance + eps)  # (n, channels)
    return centred * factor[:, :, None, None] + bias[:, None, None]


def windows(x, size, step):
    """Return (n, channels, rows, columns, size, size): all windows of each channel."""
    return x.unfold(2, size, step).unfold(3, size, step)


class BNReLUConv(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size=3, num_groups=1):
        super().__init__()
        bound = float(np.sqrt(1 / (in_channels * kernel_size**2)))
        shape = (out_channels, in_channels, kernel_size, kernel_size)
        self.kernels = nn.Parameter(torch.empty(shape).uniform_(-bound, bound))
        self.intercepts = nn.Parameter(torch.empty(out_channels).uniform_(-bound, bound))
        self.multiply = nn.Parameter(torch.ones(in_channels))
        self.add = nn.Parameter(torch.zeros(in_channels))
        self.kernel_size = kernel_size
        self.num_groups = num_groups

    def forward(self, x):
        positive = group_norm(x, self.num_groups, self.multiply, self.add).clamp(min=0)
        seen = windows(positive, self.kernel_size, 1)
        out = torch.einsum("nchwij,ocij->nohw", seen, self.kernels)
        return out + self.intercepts[:, None, None]


class SimpleMetricEmbedding(nn.Module):
    def __init__(self, in_channels=1, embedding_dim=64, widths=(16, 32)):
        super().__init__()
        sizes = [in_channels, *widths, embedding_dim]
        for number in range(3):
            self.add_module(f"stage{number}", BNReLUConv(sizes[number], sizes[number + 1]))

    def forward(self, images):
        x = windows(self.stage0(images), 3, 2).amax(dim=(-2, -1))
        x = windows(self.stage1(x), 3, 2).amax(dim=(-2, -1))
        return self.stage2(x).flatten(2).mean(dim=2)
