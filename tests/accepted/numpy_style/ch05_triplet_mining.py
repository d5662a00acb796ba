"""Chapter 5: NumPy chooses the triplets, without gradients; the loss of the chosen ones has them."""

import numpy as np
import torch


def rows_apart(x, y):
    """Return the distance of each row of x to the same row of y, with a finite gradient."""
    return ((x - y).pow(2).sum(dim=1) + 1e-12).sqrt()


def table_of(embeddings):
    x = embeddings.detach().cpu().numpy().astype(np.float64)
    return np.sqrt(((x[:, None] - x[None]) ** 2).sum(axis=2))


def choices(labels):
    y = labels.detach().cpu().numpy()
    same = np.equal.outer(y, y)
    return same & ~np.eye(y.size, dtype=bool), ~same


def gaps_of(embeddings, rows):
    """Return d(a, p) - d(a, n) of chosen triplets; rows (t, 3) -> (t,)."""
    a, p, n = (embeddings[torch.from_numpy(column)] for column in rows.T)
    return rows_apart(a, p) - rows_apart(a, n)


def mean_or_zero(losses, embeddings):
    return losses.mean() if losses.numel() > 0 else (embeddings * 0).sum()


def valid_triplets(labels):
    positive, negative = choices(labels)
    return torch.from_numpy(positive[:, :, None] & negative[:, None, :]).to(labels.device)


def batch_all_triplet_loss(embeddings, labels, margin):
    distances = table_of(embeddings)
    valid = valid_triplets(labels).cpu().numpy()
    active = valid & (distances[:, :, None] - distances[:, None, :] + margin > 0)
    losses = gaps_of(embeddings, np.argwhere(active)) + margin
    share = active.sum() / max(valid.sum(), 1)
    return mean_or_zero(losses, embeddings), torch.as_tensor(share, dtype=embeddings.dtype)


def semi_hard_triplet_loss(embeddings, labels, margin):
    distances = table_of(embeddings)
    lead = distances[:, None, :] - distances[:, :, None]  # d(a, n) - d(a, p)
    chosen = valid_triplets(labels).cpu().numpy() & (lead > 0) & (lead < margin)
    return mean_or_zero(gaps_of(embeddings, np.argwhere(chosen)) + margin, embeddings)


def batch_hard_triplet_loss(embeddings, labels, margin=None):
    distances = table_of(embeddings)
    positive, negative = choices(labels)
    farthest = np.where(positive, distances, -1.0).argmax(axis=1)
    nearest = np.where(negative, distances, np.inf).argmin(axis=1)
    anchors = np.flatnonzero(positive.any(axis=1) & negative.any(axis=1))
    gaps = gaps_of(embeddings, np.stack((anchors, farthest[anchors], nearest[anchors]), axis=1))
    if margin is None:
        losses = torch.logsumexp(torch.stack((torch.zeros_like(gaps), gaps)), dim=0)
    else:
        losses = torch.relu(gaps + margin)
    return mean_or_zero(losses, embeddings)
