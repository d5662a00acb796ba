"""Chapter 8 with one component after another, each turned so that its largest entry is positive."""

import torch


def pca(x, num_components):
    mean = sum(x) / len(x)
    centred = torch.stack([row - mean for row in x])
    _, singular, directions = torch.linalg.svd(centred, full_matrices=False)
    total = sum(value**2 for value in singular)
    columns, components, shares = [], [], []
    for i in range(num_components):
        direction = directions[i]
        if direction[direction.abs().argmax()] < 0:
            direction = -direction
        components.append(direction)
        columns.append(torch.stack([row @ direction for row in centred]))
        shares.append(singular[i] ** 2 / total)
    return torch.stack(columns, dim=1), torch.stack(components), torch.stack(shares)
