"""How well a score tells what is new from what is known: AUROC, and false alarms at 95 % found."""

import torch
from torch import Tensor

FOUND = 0.95


def auroc(of_new: Tensor, of_known: Tensor) -> float:
    """Return the share of pairs (new, known) in which the new one has the larger score.

    of_new (n,), of_known (m,). A pair of equal scores counts one half. Chance is 0.5.
    """
    # It takes a second to load: whoever trains only does not wait for it.
    from sklearn.metrics import roc_auc_score

    is_new = torch.cat([torch.ones(len(of_new)), torch.zeros(len(of_known))])
    return float(roc_auc_score(is_new, torch.cat([of_new, of_known])))


def false_alarms(of_new: Tensor, of_known: Tensor, found: float = FOUND) -> float:
    """Return which share of the known raises an alarm if a share `found` of the new does.

    of_new (n,), of_known (m,). Also called FPR at 95 % TPR. Chance is `found`.
    """
    must_be_found = -int(-found * len(of_new) // 1)  # rounded up
    threshold = of_new.sort(descending=True).values[must_be_found - 1]
    return float((of_known >= threshold).double().mean())
