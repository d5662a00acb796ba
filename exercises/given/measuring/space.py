"""Measure one space: the pixels, an untrained network's embedding, or a trained one's."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..data import ImageSet
from ..training.parts import Parts
from .by_group import confusion_row, groups, mean_by_group
from .by_query import centred, retrieval_by_query

NEIGHBOURS = 5


@dataclass(frozen=True)
class SpaceMeasures:
    """How well one space tells classes apart.

    The shares have the keys "all", "seen", "unseen" and the name of each class; the confusion rows
    say what the unseen classes were taken for. `recall_at_1_by_part` is the total that the part
    `recall_at_k` returned; `recall_at_1` is counted by index.
    """

    recall_at_1: dict[str, float]
    knn_accuracy: dict[str, float]
    nearest_mean_accuracy: dict[str, float]
    r_precision: dict[str, float]
    map_at_r_by_class: dict[str, float]
    knn_confusion_of_unseen: dict[str, int]
    nearest_mean_confusion_of_unseen: dict[str, int]
    map_at_r: float
    recall_at_1_by_part: float


def measure(
    gallery: Tensor, queries: Tensor, images: ImageSet, parts: Parts, unseen: Sequence[int]
) -> SpaceMeasures:
    """Measure one space: the test set among itself, and against the training set as gallery.

    gallery (n, dim) and queries (m, dim) are the training and the test set in that space. The
    gallery holds examples of the unseen classes: the network never met them, the search may.
    """
    gallery, queries = centred(gallery, queries)
    labels, names = images.test_labels, images.class_names
    is_new = torch.isin(labels, torch.tensor(list(unseen)))  # (m,)
    which = groups(labels, is_new, names)
    retrieved = retrieval_by_query(queries, labels)
    by_neighbours = parts.knn_classify(gallery, images.train_labels, queries, k=NEIGHBOURS)
    by_mean = parts.nearest_mean_classify(gallery, images.train_labels, queries)
    return SpaceMeasures(
        recall_at_1=mean_by_group(retrieved["Recall@1"], which),
        knn_accuracy=mean_by_group(by_neighbours == labels, which),
        nearest_mean_accuracy=mean_by_group(by_mean == labels, which),
        r_precision=mean_by_group(retrieved["R-precision"], which),
        map_at_r_by_class=mean_by_group(retrieved["MAP@R"], which),
        knn_confusion_of_unseen=confusion_row(by_neighbours, is_new, names),
        nearest_mean_confusion_of_unseen=confusion_row(by_mean, is_new, names),
        map_at_r=float(parts.mean_average_precision_at_r(queries, labels)),
        recall_at_1_by_part=float(parts.recall_at_k(queries, labels, k=1)),
    )


def disagreement(space: SpaceMeasures, queries: int) -> str:
    """Return one line if the two counts of Recall@1 differ by more than rounding, else nothing."""
    counted, returned = space.recall_at_1["all"], space.recall_at_1_by_part
    if abs(counted - returned) <= 2 / queries:
        return ""
    return (
        f"recall_at_k returned {returned:.4f} where a count by index gives {counted:.4f}; the "
        "tables hold the count. If the embeddings are nearly one point, they differ by rounding "
        "alone: look at the loss, and at chapter 7. Otherwise see: triplet check 6"
    )
