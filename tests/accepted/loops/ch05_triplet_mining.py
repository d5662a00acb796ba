"""Chapter 5 with a loop over all triplets, one after another."""

import torch


def distance_table(embeddings):
    """Return a list of lists: a number (a tensor) for each two examples."""
    return [[(one - other).norm() for other in embeddings] for one in embeddings]


def list_triplets(labels):
    """Return a list of all (anchor, positive, negative), as indices."""
    labels = labels.tolist()
    triplets = []
    for a in range(len(labels)):
        for p in range(len(labels)):
            if p == a or labels[p] != labels[a]:
                continue
            for n in range(len(labels)):
                if labels[n] != labels[a]:
                    triplets.append((a, p, n))
    return triplets


def mean_of(losses, embeddings):
    if len(losses) == 0:
        return embeddings.sum() * 0.0
    return torch.stack(losses).mean()


def valid_triplets(labels):
    n = len(labels)
    valid = torch.zeros(n, n, n, dtype=torch.bool)
    for anchor, positive, negative in list_triplets(labels):
        valid[anchor, positive, negative] = True
    return valid


def batch_all_triplet_loss(embeddings, labels, margin):
    distances = distance_table(embeddings)
    triplets = list_triplets(labels)
    active = []
    for a, p, n in triplets:
        loss = distances[a][p] - distances[a][n] + margin
        if loss > 0:
            active.append(loss)
    share = len(active) / len(triplets) if triplets else 0.0
    return mean_of(active, embeddings), torch.tensor(share)


def semi_hard_triplet_loss(embeddings, labels, margin):
    distances = distance_table(embeddings)
    chosen = []
    for a, p, n in list_triplets(labels):
        if distances[a][p] < distances[a][n] < distances[a][p] + margin:
            chosen.append(distances[a][p] - distances[a][n] + margin)
    return mean_of(chosen, embeddings)


def batch_hard_triplet_loss(embeddings, labels, margin=None):
    distances = distance_table(embeddings)
    digits = labels.tolist()
    everyone = range(len(digits))
    losses = []
    for a in everyone:
        positives = [distances[a][p] for p in everyone if p != a and digits[p] == digits[a]]
        negatives = [distances[a][n] for n in everyone if digits[n] != digits[a]]
        if not positives or not negatives:
            continue
        gap = max(positives) - min(negatives)
        if margin is None:
            losses.append(torch.logaddexp(torch.zeros_like(gap), gap))
        else:
            losses.append(torch.clamp(gap + margin, min=0))
    return mean_of(losses, embeddings)
