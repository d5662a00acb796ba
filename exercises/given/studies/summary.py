"""Sum up a rotation: means over classes and seeds, and the two kinds of spread apart.

A class is not a sample of classes, and a seed is one of seeds. So the interval is over seeds, by
the bootstrap, and the spread over classes is told beside it.
"""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from ..files import replacing

RESAMPLES = 10_000
INTERVAL = (2.5, 97.5)
GROUPS = {"all", "seen", "unseen"}  # the table has each class's own values as well
TOGETHER = " + "  # between the names of classes that are held out at once
# The most telling: measure, group, number of examples of each class that was left out.
SHOWN: tuple[tuple[str, str, str | int], ...] = (
    ("Recall@1", "unseen", "all"),
    ("Recall@1", "seen", "all"),
    ("MAP@R", "unseen", "all"),
    ("5-NN accuracy", "unseen", 5),
    ("5-NN accuracy", "unseen", "all"),
    ("nearest mean accuracy", "unseen", 5),
    ("novelty by nearest prototype: AUROC", "unseen", "all"),
)
COLUMNS = ("space", "held_out", "seed", "measure", "group", "examples", "value")


def write_table(path: Path, runs: Iterable[dict[str, Any]]) -> None:
    """Write one line for each value of each run: a tidy CSV."""
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for run in runs:
            held_out = TOGETHER.join(run["held_out"])
            for row in run["rows"]:
                writer.writerow(
                    {"space": run["space"], "held_out": held_out, "seed": run["seed"], **row}
                )


def summarise(runs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one record for each space, measure, group and number of examples."""
    values: dict[tuple[Any, ...], dict[str, dict[int, float]]] = {}
    for run in runs:
        held_out = TOGETHER.join(run["held_out"])
        for row in run["rows"]:
            if row["group"] not in GROUPS:
                continue
            key = (run["space"], row["measure"], row["group"], row["examples"])
            values.setdefault(key, {}).setdefault(held_out, {})[run["seed"]] = row["value"]
    return [
        {
            "space": space,
            "measure": measure,
            "group": group,
            "examples": examples,
            **spread(by_class),
        }
        for (space, measure, group, examples), by_class in values.items()
    ]


def spread(by_class: dict[str, dict[int, float]]) -> dict[str, Any]:
    """Return the mean, its interval over seeds, and the mean of each class that was held out."""
    seeds = sorted(set.intersection(*(set(by_seed) for by_seed in by_class.values())))
    means = {name: float(np.mean(list(by.values()))) for name, by in sorted(by_class.items())}
    of_seeds = [float(np.mean([by[seed] for by in by_class.values()])) for seed in seeds]
    low, high = interval(of_seeds)
    return {
        "mean": float(np.mean(list(means.values()))),
        "low": low,
        "high": high,
        "seeds": len(seeds),
        "spread_over_classes": float(np.std(list(means.values()))),
        "by_class": means,
    }


def find(summary: Iterable[dict[str, Any]], space: str, *wanted: str | int) -> dict[str, Any]:
    """Return the record of a space; `wanted` is measure, group and number of examples."""
    [record] = [
        one
        for one in summary
        if (one["space"], one["measure"], one["group"], one["examples"]) == (space, *wanted)
    ]
    return record


def headings() -> list[str]:
    """Return what each of the SHOWN measures is called."""
    return [
        f"{measure}, {group}" + (f", {examples} examples" if examples != "all" else "")
        for measure, group, examples in SHOWN
    ]


def shown_of(summary: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    """Return a row for each space: its name, and the SHOWN measures as a person reads them."""
    return [
        (space, [in_percent(find(summary, space, *shown)) for shown in SHOWN])
        for space in dict.fromkeys(one["space"] for one in summary)
    ]


def in_percent(record: dict[str, Any]) -> str:
    """Return a record as a person reads it: mean, interval over seeds, spread over classes."""
    over_seeds = ""
    if record["low"] is not None:
        over_seeds = f" [{100 * record['low']:.2f}, {100 * record['high']:.2f}]"
    return f"{100 * record['mean']:.2f}{over_seeds} ± {100 * record['spread_over_classes']:.2f}"


def interval(of_seeds: list[float]) -> tuple[float | None, float | None]:
    """Return where 95 % of the means of resampled seeds lie, or nothing for a single seed.

    Source: "An Introduction to the Bootstrap" (Efron and Tibshirani, 1993), chapter 13.
    """
    if len(of_seeds) < 2:
        return None, None
    random = np.random.default_rng(0)
    drawn = random.choice(of_seeds, (RESAMPLES, len(of_seeds)))  # (resamples, seeds)
    low, high = np.percentile(drawn.mean(axis=1), INTERVAL)
    return float(low), float(high)
