"""Gather what a page shows of a run beside its record: results, maps, the worst neighbours."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ..data import ImageSet
from ..measuring.worst_neighbours import worst_neighbours
from ..studies.report import ARRAYS
from ..studies.training_run import rows_to_watch
from ..studies.unseen_class import ExperimentResult
from ..training.moved import embedding_by
from ..training.settings import Settings
from .found_tables import unseen_of
from .run_page import Findings, Worst
from .small_pictures import page_maps, strips_of

MOST_QUERIES = 2_000
MAP_ARRAYS = ("map_rows", "tsne_embedding", "tsne_pixels")


def findings_of_experiment(outcome: ExperimentResult, images: ImageSet, folder: Path) -> Findings:
    """Return the findings of an experiment whose report is in the folder."""
    results, unseen = outcome.as_dict(), outcome.settings.unseen
    with np.load(folder / ARRAYS) as stored:
        arrays = {name: stored[name] for name in MAP_ARRAYS}
    is_new = torch.isin(images.test_labels, torch.tensor(unseen))  # (m,)
    worst = _worst(
        outcome.arrays["test_embeddings"],
        images.test_images,
        images.test_labels,
        is_new.nonzero()[:MOST_QUERIES, 0],
        images.class_names,
        f"test images of {unseen_of(results)}",
    )
    return Findings(results, page_maps(arrays, images, unseen), worst)


def findings_of_training(network: nn.Module, images: ImageSet, settings: Settings) -> Findings:
    """Return the findings of a training alone: the neighbours of the images that were held out."""
    rows = rows_to_watch(images, settings)  # (w,)
    if not len(rows):
        return Findings()
    held_out, labels = images.train_images[rows], images.train_labels[rows]
    embeddings = embedding_by(settings)(network, held_out)  # (w, dim)
    if not embeddings.isfinite().all():
        return Findings()
    every = torch.arange(len(rows))
    worst = _worst(embeddings, held_out, labels, every, images.class_names, "images held out")
    return Findings(worst=worst)


def _worst(
    points: Tensor, images: Tensor, labels: Tensor, queries: Tensor, names: tuple[str, ...], of: str
) -> Worst:
    found = worst_neighbours(points, labels, queries)
    return Worst(found.queries, found.wrong, of, strips_of(found, images, labels, names))
