"""Every exercise of chapters 4 to 6 once more, one number after another: slow, and plainly right.

Points are lists of (x, y), labels lists of whole numbers. Where two are equally near, the *last*
comes first here: what depends on it differs from the reference, and is then seen to depend on it.
"""

import math
from collections.abc import Iterator, Sequence

from .fields import Point

Triplet = tuple[int, int, int]
SOFT = None  # in place of a margin


def pairwise_distances(x: Sequence[Point], y: Sequence[Point]) -> list[list[float]]:
    return [[math.dist(one, other) for other in y] for one in x]


def triplet_loss(
    anchor: Sequence[Point],
    positive: Sequence[Point],
    negative: Sequence[Point],
    margin: float = 1.0,
) -> float:
    triplets = zip(anchor, positive, negative, strict=True)
    return mean([max(0.0, math.dist(a, p) - math.dist(a, n) + margin) for a, p, n in triplets])


def triplet_loss_gradient(
    anchor: Sequence[Point],
    positive: Sequence[Point],
    negative: Sequence[Point],
    margin: float = 1.0,
) -> tuple[list[Point], list[Point], list[Point]]:
    by_anchor, by_positive, by_negative = [], [], []
    for a, p, n in zip(anchor, positive, negative, strict=True):
        active = math.dist(a, p) - math.dist(a, n) + margin > 0
        share = active / len(anchor)
        u, v = direction(a, p), direction(a, n)
        by_anchor.append((share * (u[0] - v[0]), share * (u[1] - v[1])))
        by_positive.append((-share * u[0], -share * u[1]))
        by_negative.append((share * v[0], share * v[1]))
    return by_anchor, by_positive, by_negative


def direction(start: Point, end: Point) -> Point:
    """Return the vector of length one from end to start; zero where they are the same point."""
    length = math.dist(start, end) or 1.0
    return (start[0] - end[0]) / length, (start[1] - end[1]) / length


def list_triplets(labels: Sequence[int]) -> Iterator[Triplet]:
    everyone = range(len(labels))
    for a in everyone:
        for p in everyone:
            for n in everyone:
                if a != p and labels[a] == labels[p] and labels[a] != labels[n]:
                    yield a, p, n


def valid_triplets(labels: Sequence[int]) -> list[list[list[bool]]]:
    valid, everyone = set(list_triplets(labels)), range(len(labels))
    return [[[(a, p, n) in valid for n in everyone] for p in everyone] for a in everyone]


def batch_all_triplet_loss(
    embeddings: Sequence[Point], labels: Sequence[int], margin: float
) -> tuple[float, float]:
    losses = [gap + margin for gap in gaps(embeddings, labels)]
    active = [loss for loss in losses if loss > 0]
    return mean(active), len(active) / len(losses) if losses else 0.0


def semi_hard_triplet_loss(
    embeddings: Sequence[Point], labels: Sequence[int], margin: float
) -> float:
    return mean([gap + margin for gap in gaps(embeddings, labels) if -margin < gap < 0])


def gaps(embeddings: Sequence[Point], labels: Sequence[int]) -> Iterator[float]:
    """Yield d(a, p) - d(a, n) of each valid triplet."""
    for a, p, n in list_triplets(labels):
        yield math.dist(embeddings[a], embeddings[p]) - math.dist(embeddings[a], embeddings[n])


def batch_hard_triplet_loss(
    embeddings: Sequence[Point], labels: Sequence[int], margin: float | None = SOFT
) -> float:
    losses = []
    for a, point in enumerate(embeddings):
        others = [(i, math.dist(point, other)) for i, other in enumerate(embeddings) if i != a]
        positives = [distance for i, distance in others if labels[i] == labels[a]]
        negatives = [distance for i, distance in others if labels[i] != labels[a]]
        if positives and negatives:
            gap = max(positives) - min(negatives)
            losses.append(math.log1p(math.exp(gap)) if margin is SOFT else max(0.0, gap + margin))
    return mean(losses)


def knn_classify(
    gallery: Sequence[Point], gallery_labels: Sequence[int], queries: Sequence[Point], k: int = 5
) -> list[int]:
    answers = []
    for query in queries:
        near = [gallery_labels[i] for i in from_near_to_far(gallery, query)[:k]]
        most = max(near.count(label) for label in near)
        answers.append(next(label for label in near if near.count(label) == most))
    return answers


def nearest_mean_classify(
    gallery: Sequence[Point], gallery_labels: Sequence[int], queries: Sequence[Point]
) -> list[int]:
    means = []
    for label in range(max(gallery_labels) + 1):
        of_class = [
            point for point, own in zip(gallery, gallery_labels, strict=True) if own == label
        ]
        if not of_class:
            raise ValueError(f"no gallery examples of class {label}")
        means.append((mean([x for x, _ in of_class]), mean([y for _, y in of_class])))
    return [from_near_to_far(means, query)[0] for query in queries]


def recall_at_k(embeddings: Sequence[Point], labels: Sequence[int], k: int = 1) -> float:
    hits = [
        any(labels[i] == labels[query] for i in ranking_of(query, embeddings)[:k])
        for query in range(len(labels))
    ]
    return sum(hits) / len(hits)


def mean_average_precision_at_r(embeddings: Sequence[Point], labels: Sequence[int]) -> float:
    averages = []
    for query, label in enumerate(labels):
        r = labels.count(label) - 1
        if r:
            right = [labels[i] == label for i in ranking_of(query, embeddings)[:r]]
            at_right = [sum(right[:rank]) / rank for rank in range(1, r + 1) if right[rank - 1]]
            averages.append(sum(at_right) / r)
    return mean(averages)


def from_near_to_far(gallery: Sequence[Point], query: Point) -> list[int]:
    """Return the places of the gallery, the nearest first, of equally near ones the last."""
    return sorted(range(len(gallery)), key=lambda i: (math.dist(gallery[i], query), -i))


def ranking_of(query: int, embeddings: Sequence[Point]) -> list[int]:
    """Return the others of an example, the nearest first."""
    return [i for i in from_near_to_far(embeddings, embeddings[query]) if i != query]


def mean(numbers: Sequence[float]) -> float:
    """Return the mean; 0 of nothing."""
    return sum(numbers) / len(numbers) if numbers else 0.0
