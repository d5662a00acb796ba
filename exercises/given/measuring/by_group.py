"""Sum up what was measured query by query: over all classes, the seen, the unseen, and each."""

from collections.abc import Sequence

import torch
from torch import Tensor


def groups(labels: Tensor, is_new: Tensor, names: Sequence[str]) -> dict[str, Tensor]:
    """Return which queries belong to each group, bool (n,): "all", "seen", "unseen", each class.

    labels (n,) are places in `names`; is_new (n,) marks the classes that were left out.
    """
    each = {names[label]: labels == label for label in torch.unique(labels).tolist()}
    return {"all": torch.ones_like(is_new), "seen": ~is_new, "unseen": is_new, **each}


def mean_by_group(values: Tensor, which: dict[str, Tensor]) -> dict[str, float]:
    """Return the mean of values (n,) over each group of queries."""
    return {name: float(values[group].double().mean()) for name, group in which.items()}


def confusion_row(predicted: Tensor, which: Tensor, names: Sequence[str]) -> dict[str, int]:
    """Return how often the queries that `which` (n,) marks were taken for each class."""
    counts = torch.bincount(predicted[which], minlength=len(names)).tolist()
    return dict(zip(names, counts, strict=True))
