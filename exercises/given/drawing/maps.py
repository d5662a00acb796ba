"""Maps: the test set in two dimensions, by PCA and by t-SNE, in pixels and in the embedding."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

MAP_SIZE = 2_000
TSNE_PERPLEXITY = 30.0
# Below this share of the coordinates, what varies is the rounding of float32.
ONE_POINT = 1e-6
FAR_AWAY = 1e-2
LARGEST = 1e15

Pca = Callable[[Tensor, int], tuple[Tensor, Tensor, Tensor]]


def choose_rows(size: int, seed: int) -> Tensor:
    """Return the rows of the test set that the maps show: MAP_SIZE of them, or all."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randperm(size, generator=generator)[:MAP_SIZE].sort().values


def ready_for_map(rows: Tensor) -> Tensor:
    """Return rows (n, dim) that a map can be drawn of: around the origin, if they are far from it.

    Where all are one point, or too large to be squared, they become zeros.
    """
    size = float(rows.abs().max())
    around = rows - rows.mean(dim=0)
    spread = float(around.abs().max())
    if not ONE_POINT * size < spread < LARGEST:
        return torch.zeros_like(rows)
    return around if spread < FAR_AWAY * size else rows


def pca_map(rows: Tensor, pca: Pca) -> np.ndarray:
    """Return the first two principal components (n, 2) of rows (n, dim), zeros of one point."""
    rows = ready_for_map(rows)
    if not rows.any():
        return np.zeros((len(rows), 2), dtype=np.float32)
    projection, _, _ = pca(rows, 2)
    return projection.numpy()


def tsne_map(rows: Tensor, seed: int) -> np.ndarray:
    """Return t-SNE coordinates (n, 2) of rows (n, dim), zeros of one point.

    Source: "Visualizing Data using t-SNE" (van der Maaten and Hinton, 2008).
    """
    rows = ready_for_map(rows)
    if not rows.any():
        # Of equal points scikit-learn makes coordinates that are no numbers, and then crashes.
        return np.zeros((len(rows), 2), dtype=np.float32)
    # It takes a second to load, and few of those who read a run's results draw a map.
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    perplexity = min(TSNE_PERPLEXITY, (len(rows) - 1) / 3)
    tsne = TSNE(perplexity=perplexity, init="pca", random_state=seed)
    # Its threads call BLAS, which warns hundreds of times where it would start threads of its own.
    with threadpool_limits(1, user_api="blas"):
        coordinates: np.ndarray = tsne.fit_transform(rows.numpy())
    return coordinates
