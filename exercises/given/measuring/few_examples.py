"""Measure classes that a network has not been trained on, apart from those that it has.

Everything comes out as rows: which measure, for which group of queries, with how many examples of
each unseen class in the gallery, and the value.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from .by_group import confusion_row, groups, mean_by_group
from .by_query import centred, retrieval_by_query
from .exact_neighbours import nearest_to
from .novelty import auroc, false_alarms
from .space import NEIGHBOURS

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
    names: Sequence[str],
    seed: int,
) -> list[Row]:
    """Return all rows of one space.

    gallery (m, dim) is the training set, queries (n, dim) the test set, labels are places in
    `names`. The seed draws which examples of the unseen classes a small gallery holds.
    """
    as_they_came = queries
    gallery, queries = centred(gallery, queries)
    new_classes = sorted(unseen)
    is_new = torch.isin(labels, torch.tensor(new_classes))  # (n,)
    which = groups(labels, is_new, names)
    in_gallery = torch.isin(gallery_labels, torch.tensor(new_classes))  # (m,)
    known, known_labels = gallery[~in_gallery], gallery_labels[~in_gallery]
    near, near_labels = nearest_known(known, known_labels, queries)  # (n, NEIGHBOURS) each
    known_classes = torch.unique(known_labels)  # (seen,)
    prototypes = torch.stack([known[known_labels == one].mean(dim=0) for one in known_classes])
    to_prototypes = torch.cdist(queries, prototypes)  # (n, seen)
    rows = list(retrieval(queries, labels, which, as_they_came))
    for examples in (*EXAMPLES, ALL):
        by_vote, by_mean = [], []
        for draw in range(1 if examples == ALL else DRAWS):
            generator = torch.Generator().manual_seed(1_000 * seed + draw)
            chosen = draw_examples(gallery_labels, new_classes, examples, generator)  # (some,)
            new, new_labels = gallery[chosen], gallery_labels[chosen]
            to_new = torch.cdist(queries, new)  # (n, some)
            by_vote.append(vote_with(near, near_labels, to_new, new_labels))
            means = torch.stack([new[new_labels == one].mean(dim=0) for one in new_classes])
            distances = torch.cat([to_prototypes, torch.cdist(queries, means)], dim=1)
            every = torch.cat([known_classes, torch.tensor(new_classes)])
            by_mean.append(every[distances.argmin(dim=1)])  # (n,)
        for measure, predictions in (("5-NN", by_vote), ("nearest mean", by_mean)):
            rows += classification(measure, examples, predictions, labels, which)
        if examples == ALL:
            rows += confusion(by_vote[0], is_new, names)
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


def retrieval(
    points: Tensor, labels: Tensor, which: dict[str, Tensor], as_they_came: Tensor
) -> Iterator[Row]:
    """Yield Recall@1, R-precision and MAP@R of every group; a query is left out by its index."""
    for measure, values in retrieval_by_query(points, labels, as_they_came).items():
        for group, value in mean_by_group(values, which).items():
            yield row(measure, group, value)


def nearest_known(known: Tensor, known_labels: Tensor, queries: Tensor) -> tuple[Tensor, Tensor]:
    """Return the distances and the labels (n, NEIGHBOURS) of the nearest seen training images."""
    found = [nearest_to(block, known, NEIGHBOURS) for block in queries.split(ROWS_AT_A_TIME)]
    distances = torch.cat([values for values, _ in found])
    return distances, known_labels[torch.cat([rows for _, rows in found])]


def draw_examples(
    labels: Tensor, classes: list[int], examples: int | str, generator: torch.Generator
) -> Tensor:
    """Return the rows of so many examples of each class, drawn, or of all."""
    rows = []
    for one in classes:
        own = (labels == one).nonzero()[:, 0]
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
    measure: str,
    examples: int | str,
    predictions: list[Tensor],
    labels: Tensor,
    which: dict[str, Tensor],
) -> Iterator[Row]:
    """Yield accuracy by group, and the precision of the unseen classes, as means over draws."""
    right = torch.stack([one == labels for one in predictions]).double().mean(dim=0)  # (n,)
    for group, value in mean_by_group(right, which).items():
        yield row(f"{measure} accuracy", group, value, examples)
    new_classes = torch.unique(labels[which["unseen"]])
    precisions = []
    for one in predictions:
        said_new = torch.isin(one, new_classes)  # (n,)
        found = (one == labels) & said_new
        precisions.append(float(found.sum() / said_new.sum().clamp(min=1)))
    yield row(f"{measure} precision", "unseen", sum(precisions) / len(precisions), examples)


def confusion(predicted: Tensor, is_new: Tensor, names: Sequence[str]) -> Iterator[Row]:
    """Yield how many queries of the unseen classes were taken for each class."""
    for answer, count in confusion_row(predicted, is_new, names).items():
        yield row(f"taken for {answer}", "unseen", count)
