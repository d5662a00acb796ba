"""Write what the experiment found: results.json, the figures, and the arrays behind them."""

import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..data import ImageSet
from ..drawing import class_plots, plots
from ..drawing.maps import choose_rows, pca_map, tsne_map
from ..errors import CourseError
from ..files import replacing_folder
from ..progress import say
from ..training.parts import Parts
from .kept import keep_network
from .run_record import write_record
from .unseen_class import ExperimentResult
from .watching import versions

RESULTS = "results.json"
ARRAYS = "arrays.npz"


def write_report(
    outcome: ExperimentResult, images: ImageSet, parts: Parts, folder: Path, notes: dict[str, Any]
) -> None:
    """Write the whole report into `folder`, or nothing at all.

    `notes` is added to results.json. Raises OSError if the disk is full.
    """
    with replacing_folder(folder, must_hold=RESULTS) as fresh:
        maps = draw_maps(outcome, images, parts, fresh)
        curve = plots.training_curve(outcome.training["curve"])
        plots.save(curve, fresh / "training_curve.png")
        bars = class_plots.error_by_class(
            outcome.pixels.recall_at_1,
            outcome.embedding.recall_at_1,
            images.names_of(images.classes),
            "Recall@1",
        )
        plots.save(bars, fresh / "recall_by_class.png")
        arrays = {name: array.numpy() for name, array in outcome.arrays.items()}
        np.savez_compressed(fresh / ARRAYS, **arrays, **maps)  # type: ignore[arg-type]  # numpy's stub takes the names for its own options
        keep_network(outcome.network.cpu(), parts.SimpleMetricEmbedding, fresh)
        write_record(outcome.record, fresh)
        results = {**outcome.as_dict(), "versions": versions(), **notes}
        (fresh / RESULTS).write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def read_results(folder: Path) -> dict[str, Any]:
    """Return what results.json holds. Raises CourseError if there was no run yet."""
    if not (folder / RESULTS).is_file():
        raise CourseError(
            f"There is no run in {folder}. Make one, in about a minute: triplet experiment"
        )
    results: dict[str, Any] = json.loads((folder / RESULTS).read_text(encoding="utf-8"))
    return results


def draw_maps(
    outcome: ExperimentResult, images: ImageSet, parts: Parts, folder: Path
) -> dict[str, np.ndarray]:
    """Draw PCA and t-SNE of pixels and embedding; return their coordinates and rows."""
    seed, unseen = outcome.settings.seed, outcome.settings.unseen
    rows = choose_rows(len(images.test_labels), seed)  # (m,)
    labels = images.test_labels[rows].numpy()
    spaces = {
        "pixels": images.test_images[rows].flatten(1),  # (m, 784)
        "embedding": outcome.arrays["test_embeddings"][rows],  # (m, dim)
    }
    arrays = {"map_rows": rows.numpy()}
    for method, title in (("pca", "PCA"), ("tsne", "t-SNE")):
        say(f"Drawing the {title} maps")
        figure, axes = plots.new_figure(columns=2, width=10, height=5)
        if method == "pca":
            maps = [pca_map(points, parts.pca) for points in spaces.values()]
        else:
            # Each of the two keeps one core busy.
            with ThreadPoolExecutor(len(spaces)) as pool:
                maps = list(pool.map(partial(tsne_map, seed=seed), spaces.values()))
        for place, (space, flat) in enumerate(zip(spaces, maps, strict=True)):
            arrays[f"{method}_{space}"] = flat.astype(np.float32)
            class_plots.draw_map(axes[place], flat, labels, unseen, images.class_names, space)
        plots.save(figure, folder / f"{method}.png")
    return arrays
