"""Chapter 3 with a loop over examples, groups and channels, and the library's own layers."""

import torch
from torch import nn


def group_norm(x, num_groups, weight, bias, eps=1e-5):
    size = x.shape[1] // num_groups
    examples = []
    for example in x:
        channels = []
        for group in range(num_groups):
            entries = example[group * size : (group + 1) * size]
            mean = entries.mean()
            variance = ((entries - mean) ** 2).mean()
            for offset in range(size):
                channel = group * size + offset
                normal = (example[channel] - mean) / torch.sqrt(variance + eps)
                channels.append(normal * weight[channel] + bias[channel])
        examples.append(torch.stack(channels))
    return torch.stack(examples)


class BNReLUConv(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size=3, num_groups=1):
        super().__init__()
        self.norm = nn.GroupNorm(num_groups, in_channels)
        self.relu = nn.ReLU()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel_size)

    def forward(self, x):
        x = self.norm(x)
        x = self.relu(x)
        x = self.conv(x)
        return x


class SimpleMetricEmbedding(nn.Module):
    def __init__(self, in_channels=1, embedding_dim=64, widths=(16, 32)):
        super().__init__()
        self.block1 = BNReLUConv(in_channels, widths[0])
        self.block2 = BNReLUConv(widths[0], widths[1])
        self.block3 = BNReLUConv(widths[1], embedding_dim)
        self.pool = nn.MaxPool2d(3, stride=2)

    def forward(self, images):
        x = images
        for block in (self.block1, self.block2):
            x = block(x)
            x = self.pool(x)
        x = self.block3(x)
        rows = []
        for example in x:
            rows.append(torch.stack([channel.mean() for channel in example]))
        return torch.stack(rows)
