"""Measure one space: the pixels, an untrained network's embedding, or a trained one's."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..data import ImageSet
from ..training.parts import Parts
from .by_group import confusion_row, groups, mean_by_group
from .by_query import centred, retrieval_by_query
from .exact_neighbours import blurred_share

NEIGHBOURS = 5
FEW_BLURRED = 0.01


@dataclass(frozen=True)
class SpaceMeasures:
    """How well one space tells classes apart.

    The shares have the keys "all", "seen", "unseen" and the name of each class; the confusion rows
    say what the unseen classes were taken for. `recall_at_1_by_part` is the total that the part
    `recall_at_k` returned; `recall_at_1` is counted by index. Where the two differ, `blurred_share`
    says for which share of the test images float32 cannot tell which other one is nearest.
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
    blurred_share: float | None = None


def measure(
    gallery: Tensor, queries: Tensor, images: ImageSet, parts: Parts, unseen: Sequence[int]
) -> SpaceMeasures:
    """Measure one space: the test set among itself, and against the training set as gallery.

    gallery (n, dim) and queries (m, dim) are the training and the test set in that space. The
    gallery holds examples of the unseen classes: the network never met them, the search may.
    """
    as_they_came = queries
    gallery, queries = centred(gallery, queries)
    labels, names = images.test_labels, images.class_names
    is_new = torch.isin(labels, torch.tensor(list(unseen)))  # (m,)
    which = groups(labels, is_new, names)
    retrieved = retrieval_by_query(queries, labels, as_they_came)
    by_neighbours = parts.knn_classify(gallery, images.train_labels, queries, k=NEIGHBOURS)
    by_mean = parts.nearest_mean_classify(gallery, images.train_labels, queries)
    recall = mean_by_group(retrieved["Recall@1"], which)
    recall_by_part = float(parts.recall_at_k(queries, labels, k=1))
    return SpaceMeasures(
        recall_at_1=recall,
        knn_accuracy=mean_by_group(by_neighbours == labels, which),
        nearest_mean_accuracy=mean_by_group(by_mean == labels, which),
        r_precision=mean_by_group(retrieved["R-precision"], which),
        map_at_r_by_class=mean_by_group(retrieved["MAP@R"], which),
        knn_confusion_of_unseen=confusion_row(by_neighbours, is_new, names),
        nearest_mean_confusion_of_unseen=confusion_row(by_mean, is_new, names),
        map_at_r=float(parts.mean_average_precision_at_r(queries, labels)),
        recall_at_1_by_part=recall_by_part,
        blurred_share=(
            blurred_share(queries) if differ(recall["all"], recall_by_part, len(labels)) else None
        ),
    )


def differ(counted: float, returned: float, queries: int) -> bool:
    """Return whether two counts of the same images differ by more than the order of equals may."""
    return not abs(counted - returned) <= 2 / queries


def disagreement(space: SpaceMeasures, queries: int) -> str:
    """Return one line if the two counts of Recall@1 differ, with the likely cause, else nothing."""
    counted, returned = space.recall_at_1["all"], space.recall_at_1_by_part
    if not differ(counted, returned, queries):
        return ""
    line = (
        f"recall_at_k returned {returned:.4f} where a count by index gives {counted:.4f}; the "
        "tables hold the count. "
    )
    share = space.blurred_share or 0.0
    if share <= FEW_BLURRED:
        return line + "The embeddings lie far enough apart for both to agree. See: triplet check 6"
    return line + (
        f"For {100 * share:.0f} % of the images float32 cannot tell which other one is nearest, so "
        "a right recall_at_k differs as well. The embeddings are nearly one point, or a few: the "
        "training did that. Look at the loss, and at chapter 7."
    )
