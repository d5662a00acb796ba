"""What has to hold before a number about an unseen class is believed. Each fault stops the run."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ..errors import CourseError
from ..training.embedding import embed

TOLERANCE = 1e-3


def require_not_trained_on(labels: Tensor, unseen: Sequence[int], names: Sequence[str]) -> None:
    """Raise CourseError if an unseen class is among the labels (n,) of the training images."""
    there = sorted(set(unseen) & set(torch.unique(labels).tolist()))
    if there:
        raise CourseError(f"The class {names[there[0]]!r} was to be left out, and is in training.")


def require_prototypes(
    gallery: Tensor, labels: Tensor, classes: Sequence[int], names: Sequence[str]
) -> None:
    """Raise CourseError if one of the classes has no example, or the mean of its is zero.

    gallery (n, dim), labels (n,). A prototype of zeros would catch queries of every class.
    """
    for label in classes:
        own = gallery[labels == label]
        if not len(own) or not own.mean(dim=0).any():
            raise CourseError(
                f"The class {names[label]!r} has no prototype: no examples, or all are zero."
            )


def require_numbers(embeddings: Tensor) -> None:
    """Raise CourseError if a row of embeddings (n, dim) is not finite: it has no neighbours."""
    lost = int((~torch.isfinite(embeddings)).any(dim=1).sum())
    if lost:
        raise CourseError(
            f"{lost:,} of {len(embeddings):,} embeddings are not numbers after the training, so "
            "there is nothing to measure. Look at the loss: the rate may be too high."
        )


def require_own_norms(embeddings: Tensor) -> None:
    """Raise CourseError if a row of embeddings (n, dim) is zero or not finite."""
    norms = embeddings.norm(dim=1)  # (n,)
    if not bool((torch.isfinite(norms) & (norms > 0)).all()):
        raise CourseError("An embedding is zero, or is not a number.")


def require_alone_as_in_company(network: nn.Module, images: Tensor) -> None:
    """Raise CourseError if an image's embedding depends on the others of its batch.

    images (n, 1, 28, 28), a few. Batch normalisation in training mode is a way to get there.
    """
    alone = embed(network, images, batch_size=1)  # (n, dim)
    together = embed(network, images, batch_size=64)
    difference = float((alone - together).abs().max())
    if difference > TOLERANCE * float(together.abs().max()):
        raise CourseError(
            f"An image alone has another embedding than in a batch of 64: {difference:.2g} apart."
        )
