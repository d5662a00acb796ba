"""Chapter 4 with a loop over the rows."""

import numpy as np
import torch


def pairwise_distances(x, y):
    rows = []
    for one in x:
        row = []
        for other in y:
            row.append((one - other).norm())
        rows.append(torch.stack(row))
    return torch.stack(rows)


def triplet_loss(anchor, positive, negative, margin=1.0):
    total = 0
    for a, p, n in zip(anchor, positive, negative, strict=True):
        loss = (a - p).norm() - (a - n).norm() + margin
        if loss <= 0:
            loss = 0 * loss  # a zero that keeps the way back to the network
        total = total + loss
    return total / len(anchor)


def triplet_loss_gradient(anchor, positive, negative, margin=1.0):
    by_anchor = np.zeros(anchor.shape)
    by_positive = np.zeros(anchor.shape)
    by_negative = np.zeros(anchor.shape)
    count = len(anchor)
    for i in range(count):
        to_positive = np.sqrt(np.sum((anchor[i] - positive[i]) ** 2))
        to_negative = np.sqrt(np.sum((anchor[i] - negative[i]) ** 2))
        if to_positive - to_negative + margin <= 0:
            continue
        if to_positive > 0:
            unit = (anchor[i] - positive[i]) / to_positive
            by_anchor[i] += unit / count
            by_positive[i] -= unit / count
        if to_negative > 0:
            unit = (anchor[i] - negative[i]) / to_negative
            by_anchor[i] -= unit / count
            by_negative[i] += unit / count
    return by_anchor, by_positive, by_negative
