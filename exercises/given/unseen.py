"""Measure digits that a network has not been trained on, apart from those that it has.

Everything comes out as rows: which measure, for which group of queries, with how many examples of
each unseen digit in the gallery, and the value.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import Tensor

from .novelty import auroc, false_alarms

NEIGHBOURS = 5
EXAMPLES = (1, 5, 20)
DRAWS = 5
ALL = "all"
ROWS_AT_A_TIME = 1_000
Row = dict[str, Any]


def measure_unseen(
    gallery: Tensor,
    gallery_labels: Tensor,
    queries: Tensor,
    labels: Tensor,
    unseen: Iterable[int],
    seed: int,
) -> list[Row]:
    """Return all rows of one space.

    gallery (m, dim) is the training set, queries (n, dim) the test set. The seed draws which
    examples of the unseen digits a small gallery holds.
    """
    digits = sorted(unseen)
    is_new = torch.isin(labels, torch.tensor(digits))  # (n,)
    in_gallery = torch.isin(gallery_labels, torch.tensor(digits))  # (m,)
    known, known_labels = gallery[~in_gallery], gallery_labels[~in_gallery]
    near, near_labels = nearest_known(known, known_labels, queries)  # (n, NEIGHBOURS) each
    names = torch.unique(known_labels)  # (seen,)
    prototypes = torch.stack([known[known_labels == name].mean(dim=0) for name in names])
    to_prototypes = torch.cdist(queries, prototypes)  # (n, seen)
    rows = list(retrieval(queries, labels, is_new))
    for examples in (*EXAMPLES, ALL):
        by_vote, by_mean = [], []
        for draw in range(1 if examples == ALL else DRAWS):
            generator = torch.Generator().manual_seed(1_000 * seed + draw)
            chosen = draw_examples(gallery_labels, digits, examples, generator)  # (some,)
            new, new_labels = gallery[chosen], gallery_labels[chosen]
            to_new = torch.cdist(queries, new)  # (n, some)
            by_vote.append(vote_with(near, near_labels, to_new, new_labels))
            means = torch.stack([new[new_labels == digit].mean(dim=0) for digit in digits])
            distances = torch.cat([to_prototypes, torch.cdist(queries, means)], dim=1)
            every = torch.cat([names, torch.tensor(digits)])
            by_mean.append(every[distances.argmin(dim=1)])  # (n,)
        for measure, predictions in (("5-NN", by_vote), ("nearest mean", by_mean)):
            rows += classification(measure, examples, predictions, labels, is_new)
        if examples == ALL:
            rows += confusion(by_vote[0], labels, digits)
    for score, values in (
        ("nearest prototype", to_prototypes.amin(dim=1)),
        (f"neighbour {NEIGHBOURS}", near[:, -1]),
    ):
        of_new, of_known = values[is_new], values[~is_new]
        rows.append(row(f"novelty by {score}: AUROC", "unseen", auroc(of_new, of_known)))
        rows.append(row(f"novelty by {score}: FPR95", "seen", false_alarms(of_new, of_known)))
    return rows


def row(measure: str, group: str, value: float, examples: int | str = ALL) -> Row:
    return {"measure": measure, "group": group, "examples": examples, "value": value}


def groups(labels: Tensor, is_new: Tensor) -> dict[str, Tensor]:
    """Return which queries belong to each group: bool (n,) by "all", "seen", "unseen", "0" ..."""
    each = {str(digit): labels == digit for digit in torch.unique(labels).tolist()}
    return {"all": torch.ones_like(is_new), "seen": ~is_new, "unseen": is_new, **each}


def retrieval(points: Tensor, labels: Tensor, is_new: Tensor) -> Iterator[Row]:
    """Yield Recall@1, R-precision and MAP@R of every group; a query is left out by its index."""
    to_find = torch.bincount(labels)[labels] - 1  # (n,) R of each query
    hits, precisions, averages = [], [], []
    for own in torch.arange(len(points)).split(ROWS_AT_A_TIME):
        distances = torch.cdist(points[own], points)  # (rows, n)
        distances[torch.arange(len(own)), own] = torch.inf
        nearest = distances.topk(int(to_find.max()), dim=1, largest=False).indices
        right = labels[nearest] == labels[own, None]  # (rows, most)
        hits.append(right[:, 0])
        ranks = torch.arange(1, right.shape[1] + 1)  # (most,)
        counted = right & (ranks <= to_find[own, None])
        precisions.append(counted.sum(dim=1) / to_find[own])
        precision_at = counted.cumsum(dim=1) / ranks  # (rows, most)
        averages.append((precision_at * counted).sum(dim=1) / to_find[own])
    for measure, parts in (("Recall@1", hits), ("R-precision", precisions), ("MAP@R", averages)):
        values = torch.cat(parts).double()  # (n,)
        for group, which in groups(labels, is_new).items():
            yield row(measure, group, float(values[which].mean()))


def nearest_known(known: Tensor, known_labels: Tensor, queries: Tensor) -> tuple[Tensor, Tensor]:
    """Return the distances and the labels (n, NEIGHBOURS) of the nearest seen training images."""
    found = [
        torch.cdist(block, known).topk(NEIGHBOURS, dim=1, largest=False)
        for block in queries.split(ROWS_AT_A_TIME)
    ]
    distances = torch.cat([one.values for one in found])
    return distances, known_labels[torch.cat([one.indices for one in found])]


def draw_examples(
    labels: Tensor, digits: list[int], examples: int | str, generator: torch.Generator
) -> Tensor:
    """Return the rows of so many examples of each digit, drawn, or of all."""
    rows = []
    for digit in digits:
        own = (labels == digit).nonzero()[:, 0]
        order = torch.randperm(len(own), generator=generator)
        rows.append(own[order if examples == ALL else order[:examples]])
    return torch.cat(rows)


def vote_with(near: Tensor, near_labels: Tensor, to_new: Tensor, new_labels: Tensor) -> Tensor:
    """Return the vote (n,) of the nearest of the seen neighbours and the new examples together.

    near and near_labels (n, NEIGHBOURS), to_new (n, some), new_labels (some,). Of labels with
    equally many votes, the one whose example is nearest wins.
    """
    count = min(NEIGHBOURS, to_new.shape[1])
    closest = to_new.topk(count, dim=1, largest=False)
    distances = torch.cat([near, closest.values], dim=1)
    candidates = torch.cat([near_labels, new_labels[closest.indices]], dim=1)
    order = distances.argsort(dim=1, stable=True)[:, :NEIGHBOURS]
    voters = candidates.gather(1, order)  # (n, NEIGHBOURS), nearest first
    votes = (voters[:, :, None] == voters[:, None, :]).sum(dim=2)  # (n, NEIGHBOURS)
    return voters.gather(1, votes.argmax(dim=1, keepdim=True))[:, 0]


def classification(
    measure: str, examples: int | str, predictions: list[Tensor], labels: Tensor, is_new: Tensor
) -> Iterator[Row]:
    """Yield accuracy by group, and the precision of the unseen digits, as means over draws."""
    for group, which in groups(labels, is_new).items():
        shares = [float((one == labels)[which].double().mean()) for one in predictions]
        yield row(f"{measure} accuracy", group, sum(shares) / len(shares), examples)
    digits = torch.unique(labels[is_new])
    precisions = []
    for one in predictions:
        said_new = torch.isin(one, digits)  # (n,)
        right = (one == labels) & said_new
        precisions.append(float(right.sum() / said_new.sum().clamp(min=1)))
    yield row(f"{measure} precision", "unseen", sum(precisions) / len(precisions), examples)


def confusion(predicted: Tensor, labels: Tensor, digits: list[int]) -> Iterator[Row]:
    """Yield how many queries of the unseen digits were taken for each digit."""
    which = torch.isin(labels, torch.tensor(digits))
    for answer, count in enumerate(torch.bincount(predicted[which], minlength=10).tolist()):
        yield row(f"taken for {answer}", "unseen", count)
