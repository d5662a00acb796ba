"""The tables of a page: what an experiment found, from what results.json holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SPACES = {"pixels": "Pixels", "untrained": "Untrained network", "embedding": "Trained network"}
MEASURES = {
    "nearest_mean_accuracy": "Nearest mean",
    "map_at_r_by_class": "MAP@R",
    "recall_at_1": "Recall@1",
}
ALL_MEASURES = {**MEASURES, "knn_accuracy": "5-NN"}
GROUPS = ("unseen", "seen", "all")
MOST_ANSWERS = 10
MOST_CLASSES = 100
Results = Mapping[str, Any]


@dataclass(frozen=True)
class TakenFor:
    """How many images of the unseen classes were taken for a class, in two ways."""

    name: str
    is_own: bool
    by_mean: int
    by_neighbours: int


def unseen_of(results: Results) -> str:
    """Return the unseen classes as a sentence names them."""
    names: list[str] = results["data"]["unseen"]
    return f"the {len(names)} unseen classes" if len(names) > 3 else " and ".join(names)


def found_of_unseen(results: Results) -> list[tuple[str, list[str]]]:
    """Return a row for each measure of the unseen classes: its name, and a cell for each space."""
    return [(title, _cells(results, field, "unseen")) for field, title in MEASURES.items()]


def found_of_groups(results: Results) -> list[tuple[str, list[str]]]:
    """Return a row for each measure of the unseen classes, of the seen ones and of all."""
    return [
        (f"{group}: {title}", _cells(results, field, group))
        for group in GROUPS
        for field, title in ALL_MEASURES.items()
    ]


def found_of_classes(results: Results) -> list[tuple[str, list[str]]]:
    """Return a row for each class: its images, and what finds them in pixels and embedding.

    Of very many, the unseen ones and those that are found least.
    """
    counts: dict[str, int] = results["data"]["test_images_by_class"]
    names, unseen = list(counts), set(results["data"]["unseen"])
    if len(names) > MOST_CLASSES:
        found = results["embedding"]["nearest_mean_accuracy"]
        names = sorted(names, key=lambda name: (name not in unseen, found[name]))[:MOST_CLASSES]
    return [
        (
            f"{name} (unseen)" if name in unseen else name,
            [
                f"{counts[name]:,}",
                *(
                    _percent(results[space][field][name])
                    for field in ("nearest_mean_accuracy", "recall_at_1")
                    for space in ("pixels", "embedding")
                ),
            ],
        )
        for name in names
    ]


def taken_for(results: Results) -> list[TakenFor]:
    """Return what the unseen images were taken for in the embedding, most frequent first."""
    by_mean = results["embedding"]["nearest_mean_confusion_of_unseen"]
    by_neighbours = results["embedding"]["knn_confusion_of_unseen"]
    unseen = set(results["data"]["unseen"])
    rows = [
        TakenFor(name, name in unseen, count, by_neighbours.get(name, 0))
        for name, count in by_mean.items()
        if count or by_neighbours.get(name, 0)
    ]
    rows.sort(key=lambda row: (-row.by_mean, -row.by_neighbours))
    rest = rows[MOST_ANSWERS:]
    if not rest:
        return rows
    others = TakenFor(
        f"{len(rest)} other classes",
        False,
        sum(row.by_mean for row in rest),
        sum(row.by_neighbours for row in rest),
    )
    return [*rows[:MOST_ANSWERS], others]


def _cells(results: Results, field: str, group: str) -> list[str]:
    return [_percent(results[space][field][group]) for space in SPACES]


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
