"""How well a score tells what is new from what is known: AUROC, and false alarms at 95 % found."""

import torch
from torch import Tensor

FOUND = 0.95


def auroc(of_new: Tensor, of_known: Tensor) -> float:
    """Return the share of pairs (new, known) in which the new one has the larger score.

    of_new (n,), of_known (m,). A pair of equal scores counts one half. Chance is 0.5.
    """
    ordered = of_known.sort().values  # (m,)
    below = torch.searchsorted(ordered, of_new, side="left")  # (n,) how many lie below each
    not_above = torch.searchsorted(ordered, of_new, side="right")
    return float((below + not_above).double().mean() / 2 / len(of_known))


def false_alarms(of_new: Tensor, of_known: Tensor, found: float = FOUND) -> float:
    """Return which share of the known raises an alarm if a share `found` of the new does.

    of_new (n,), of_known (m,). Also called FPR at 95 % TPR. Chance is `found`.
    """
    must_be_found = -int(-found * len(of_new) // 1)  # rounded up
    threshold = of_new.sort(descending=True).values[must_be_found - 1]
    return float((of_known >= threshold).double().mean())
