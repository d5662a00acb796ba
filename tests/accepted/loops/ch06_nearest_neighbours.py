"""Chapter 6 with one query after another, and counting in dictionaries."""

import torch


def ranking(gallery, query, leave_out=None):
    """Return the indices of the gallery from near to far, as a list."""
    distances = ((gallery - query) ** 2).sum(dim=1)
    order = torch.sort(distances).indices.tolist()
    return [index for index in order if index != leave_out]


def knn_classify(gallery, gallery_labels, queries, k=5):
    digits = gallery_labels.tolist()
    answers = []
    for query in queries:
        votes = {}
        for index in ranking(gallery, query)[:k]:
            votes[digits[index]] = votes.get(digits[index], 0) + 1
        # A dictionary remembers its order, so the first of the most is the nearest of them.
        winner = None
        for digit, count in votes.items():
            if winner is None or count > votes[winner]:
                winner = digit
        answers.append(winner)
    return torch.tensor(answers, dtype=gallery_labels.dtype)


def nearest_mean_classify(gallery, gallery_labels, queries):
    means = []
    for digit in range(int(gallery_labels.max()) + 1):
        examples = gallery[gallery_labels == digit]
        if len(examples) == 0:
            raise ValueError(f"Digit {digit} has no example in the gallery.")
        means.append(examples.mean(dim=0))
    answers = []
    for query in queries:
        distances = [torch.dist(query, mean).item() for mean in means]
        answers.append(distances.index(min(distances)))
    return torch.tensor(answers)


def recall_at_k(embeddings, labels, k=1):
    digits = labels.tolist()
    hits = 0
    for i, query in enumerate(embeddings):
        for other in ranking(embeddings, query, leave_out=i)[:k]:
            if digits[other] == digits[i]:
                hits += 1
                break
    return hits / len(digits)


def mean_average_precision_at_r(embeddings, labels):
    digits = labels.tolist()
    averages = []
    for i, query in enumerate(embeddings):
        r = digits.count(digits[i]) - 1
        if r == 0:
            continue
        found = 0
        total = 0.0
        for rank, other in enumerate(ranking(embeddings, query, leave_out=i)[:r], start=1):
            if digits[other] == digits[i]:
                found += 1
                total += found / rank
        averages.append(total / r)
    return sum(averages) / len(averages) if averages else 0.0
