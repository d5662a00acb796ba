"""Say what a run was, and how it ended, in words and numbers that a person reads."""

import math
from collections.abc import Mapping
from typing import Any

from ..data.image_set import listed
from ..health.chart import course_of
from ..studies.run_record import RunRecord

LITTLE = 0.1  # percent: below, one decimal says nothing
ENDINGS = {
    "finished": "came to its end",
    "stopped": "was stopped",
    "not a number": "was lost: the loss is no number",
    "error": "ended with an error",
    "running": "did not come to its end",
}
# The columns of the record, as a table of first and last values names them.
SIGNS = (
    ("loss", "loss", ""),
    ("recall_at_1", "Recall@1 of the images that are watched", "%"),
    ("batch_recall_at_1", "Recall@1 within a batch", "%"),
    ("active_share", "active share of triplets", "%"),
    ("positive_distance", "mean distance to positives", ""),
    ("negative_distance", "mean distance to negatives", ""),
    ("norm", "mean norm", ""),
    ("norm_spread", "spread of the norms", ""),
    ("effective_rank", "effective rank of a batch", ""),
    ("gradient_norm", "gradient norm", ""),
    ("relative_update", "step relative to the parameters", "%"),
    ("dead_share", "dead units", "%"),
    ("rate", "learning rate", ""),
)


def settings_in_words(about: Mapping[str, Any]) -> dict[str, str]:
    """Return what was chosen, each under its name; what a record does not hold is left out."""
    settings: Mapping[str, Any] = about.get("settings", {})
    words = {
        "loss": "loss",
        "margin": "margin",
        "warm_up": "warm-up",
        "optimizer": "optimizer",
        "rate": "largest rate",
        "schedule": "schedule",
        "steps": "steps",
        "classes_per_batch": "classes per batch",
        "images_per_class": "images per class",
        "candidates": "candidates for a batch",
        "shift": "shift, in pixels",
        "widths": "widths",
        "normalise": "normalised embeddings",
        "moved": "means over moved copies",
        "seed": "seed",
    }
    return {
        word: _value_in_words(name, settings[name], settings)
        for name, word in words.items()
        if name in settings
    }


def data_in_words(about: Mapping[str, Any]) -> dict[str, str]:
    """Return which images a run had, whose code, and on what it ran."""
    data: Mapping[str, Any] = about.get("data", {})
    words: dict[str, str] = {}
    if "source" in data:
        words["images"] = str(data["source"])
    if "unseen" in data:
        words["left out"] = listed(list(data["unseen"]))
    if "train_images" in data:
        words["trained on"] = f"{data['train_images']:,} images"
    if watched := data.get("watched"):
        which = "of these" if watched.get("trained on") else "others"
        words["watched"] = f"{watched.get('images', 0):,} {which}"
    if "own_chapters" in about:
        words["own chapters"] = ", ".join(about["own_chapters"]) or "none, the reference's"
    network: Mapping[str, Any] = about.get("network", {})
    if "parameters" in network:
        words["parameters"] = f"{sum(network['parameters'].values()):,}"
    if "device" in network:
        words["device"] = str(network["device"])
    return words


def versions_in_words(about: Mapping[str, Any]) -> str:
    """Return the versions that a run depended on, in one line."""
    names = {"python": "Python", "torch": "torch", "numpy": "NumPy", "system": ""}
    versions: Mapping[str, str] = about.get("versions", {})
    return ", ".join(f"{names.get(name, name)} {one}".strip() for name, one in versions.items())


def ending_in_words(record: RunRecord) -> str:
    """Return how the training ended, after how many steps and seconds."""
    ended = record.ended
    how = ENDINGS.get(str(ended.get("how")), "ended")
    after = f" after {ended['step']:,} steps" if ended.get("step") is not None else ""
    seconds = f" in {ended['seconds']:.0f} s" if ended.get("seconds") is not None else ""
    return f"The training {how}{after}{seconds}."


def learnt_in_words(record: RunRecord) -> str:
    """Return Recall@1 of the watched images before and after, or nothing if it was not measured."""
    course = course_of(record.rows, "recall_at_1")
    watched = record.about.get("data", {}).get("watched", {})
    if len(course) < 2:
        return ""
    which = "watched" if watched.get("trained on") else "that were held out"
    (_, before), (step, after) = course[0], course[-1]
    return (
        f"Recall@1 of {watched.get('images', 0):,} images {which}: {said(before, '%')} before the "
        f"training, {said(after, '%')} at step {step:,}."
    )


def signs_in_words(record: RunRecord) -> list[tuple[str, str, str]]:
    """Return the first and the last value of each sign that was measured: name, first, last."""
    rows = []
    for column, name, unit in SIGNS:
        if values := measured(record, column):
            rows.append((name, said(values[0], unit), said(values[-1], unit)))
    return rows


def measured(record: RunRecord, column: str) -> list[float]:
    """Return what was measured of a sign, also where that is no number."""
    return [row[column] for row in record.rows if row.get(column) is not None]


def said(value: float, unit: str = "") -> str:
    """Return a value in four digits, or a share in percent."""
    if unit != "%" or not math.isfinite(value):
        return f"{value:.4g}"
    percent = 100 * value
    return f"{percent:.2g} %" if 0 < abs(percent) < LITTLE else f"{percent:.1f} %"


def _value_in_words(name: str, value: Any, settings: Mapping[str, Any]) -> str:
    if name == "margin" and value is None:
        return "soft" if settings.get("loss") == "batch-hard" else "the loss's own"
    if name == "warm_up":
        return f"{100 * value:g} % of the steps" if value else "none"
    if name == "classes_per_batch" and value is None:
        return "all, at most 10"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, int) and name != "seed":
        return f"{value:,}"
    return f"{value:g}" if isinstance(value, float) else str(value)
