"""The two networks that a digit can be drawn for, and the gallery in which they look for it."""

from typing import Any

import torch
from torch import Tensor, nn

from exercises.given.data import ImageSet
from exercises.given.errors import CourseError
from exercises.given.progress import progress
from exercises.given.studies.unseen_class import ExperimentResult
from exercises.given.training.embedding import embed
from exercises.given.training.loop import train
from exercises.given.training.parts import Parts
from exercises.given.training.settings import Settings
from solutions.ch04_triplet_loss import pairwise_distances
from solutions.ch08_embedding_space import pca

from .blocks import as_data, blocks_of
from .scripts import pictures, signed_bytes

PER_DIGIT = 100
SHARE_BELOW_THRESHOLD = 0.95


def networks_of(
    outcome: ExperimentResult, digits: ImageSet, reference: Parts, complete: nn.Module
) -> dict[str, Any]:
    """Return the run's network, `complete`, which has seen all digits, and a gallery for both."""
    settings = outcome.settings
    every = torch.ones_like(digits.train_labels, dtype=torch.bool)
    [unseen] = settings.unseen  # the page is about one digit
    seen = digits.train_labels != unseen  # (n,)
    without, note = outcome.network.cpu(), ""
    try:
        blocks_of(without, digits.test_images[:10])
    except CourseError:
        note = "Your network is built in a way of its own: the reference's stands in for it here."
        images, labels = digits.train_images[seen], digits.train_labels[seen]
        without = trained(reference.SimpleMetricEmbedding(), images, labels, reference, settings)
    rows = gallery_rows(digits.train_labels)
    return {
        "unseen": unseen,
        "note": note,
        "gallery": {
            "labels": digits.train_labels[rows].tolist(),
            "images": pictures(digits.train_images[rows]),
        },
        "networks": {
            "without": network_data(without, digits, rows, seen),
            "all": network_data(complete, digits, rows, every),
        },
    }


def trained(
    network: nn.Module, images: Tensor, labels: Tensor, parts: Parts, settings: Settings
) -> nn.Module:
    """Train a network on images (n, 1, 28, 28) and labels (n,) as the experiment does."""
    digits = len(torch.unique(labels))
    with progress(f"Training on {digits} digits, for the page to draw on", settings.steps) as done:
        train(network, images, labels, parts, settings, done)
    return network


def gallery_rows(labels: Tensor) -> Tensor:
    """Return the rows of the first PER_DIGIT images of each digit, or of all that there are."""
    rows = [(labels == digit).nonzero()[:PER_DIGIT, 0] for digit in range(10)]
    return torch.cat(rows)


def network_data(
    network: nn.Module, digits: ImageSet, rows: Tensor, seen: Tensor
) -> dict[str, Any]:
    """Return the network, the gallery in its embedding, its prototypes, and its map by PCA."""
    embeddings = embed(network, digits.train_images)  # (n, dim)
    labels = digits.train_labels
    gallery = embeddings[rows]  # (m, dim)
    packed, unit = signed_bytes(gallery)
    known = torch.unique(labels[seen])
    prototypes = torch.stack([embeddings[labels == digit].mean(dim=0) for digit in known])
    # On images that it was trained on, a network may promise too much.
    not_trained_on = digits.test_images[torch.isin(digits.test_labels, known)]
    novelty = pairwise_distances(embed(network, not_trained_on), prototypes).amin(dim=1)  # (q,)
    _, components, _ = pca(gallery, 2)  # (2, dim)
    blocks = blocks_of(network, digits.test_images[:10])
    return {
        "blocks": [as_data(block) for block in blocks],
        "embeddings": packed,
        "unit": unit,
        "prototypes": prototypes.tolist(),
        "threshold": quantile(novelty, SHARE_BELOW_THRESHOLD),
        "mean": gallery.mean(dim=0).tolist(),
        "components": components.tolist(),
    }


def quantile(values: Tensor, share: float) -> float:
    """Return the value that a share of all lies below."""
    return float(values.sort().values[int(share * (len(values) - 1))])
