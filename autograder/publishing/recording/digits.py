"""Test digits for the map and for the neighbours: images, labels, maps, who is near whom."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from exercises.given.data import ImageSet
from solutions.ch04_triplet_loss import pairwise_distances

from .scripts import pictures

NEIGHBOURS = 8
MAP_SIDE = 1_000  # coordinates are whole numbers up to this: finer than any screen


def digits_of(
    digits: ImageSet, arrays: Mapping[str, np.ndarray], unseen: Sequence[int]
) -> dict[str, Any]:
    """Return what the map shows: the rows of the test set that the run drew its maps of."""
    rows = torch.from_numpy(arrays["map_rows"])  # (m,)
    images = digits.test_images[rows]  # (m, 1, 28, 28)
    spaces = {
        "pixels": images.flatten(1),  # (m, 784)
        "embedding": torch.from_numpy(arrays["test_embeddings"])[rows],  # (m, dim)
    }
    maps = [f"{method}_{space}" for method in ("pca", "tsne") for space in spaces]
    return {
        "unseen": unseen[0],
        "labels": digits.test_labels[rows].tolist(),
        "images": pictures(images),
        "maps": {name: whole_numbers(arrays[name]) for name in maps},
        "neighbours": {name: nearest_others(space).tolist() for name, space in spaces.items()},
    }


def whole_numbers(places: np.ndarray) -> list[list[int]]:
    """Return places (m, 2) from 0 to MAP_SIDE along the longer side."""
    low = places.min(axis=0)
    span = float((places - low).max()) or 1.0
    scaled: list[list[int]] = ((places - low) / span * MAP_SIDE).round().astype(int).tolist()
    return scaled


def nearest_others(points: Tensor) -> Tensor:
    """Return for each point (m, dim) the indices (m, NEIGHBOURS) of the nearest others."""
    distances = pairwise_distances(points, points).fill_diagonal_(torch.inf)  # (m, m)
    return distances.topk(NEIGHBOURS, dim=1, largest=False).indices
