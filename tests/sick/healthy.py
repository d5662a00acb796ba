"""Many healthy trainings of every kind, and how many of them the verdict accuses."""

from pathlib import Path
from typing import Any

import numpy as np

from exercises.given.health.verdict import verdict
from tests.sick.cases import Case
from tests.sick.images import IMAGE_SETS, OMNIGLOT
from tests.sick.on_the_way import on_the_way
from tests.sick.runs import HEALTHY, kept_record
from tests.sick.table import how_named

SEED = 0
FIRST_SEED = 1_000  # of a training: none of these is a seed of tests/sick/cases.py
WIDTHS = ((16, 32), (8, 16), (12, 24), (24, 48))
CLASSES_PER_BATCH = (None, 5, 7)
IMAGES_PER_CLASS = (4, 6)
STEPS = (200, 250, 300)
OF_DIGITS = 10
# All but the set that is kept for the group of cases that the rules have not seen, and the one
# that is apart.
IMAGES = tuple(name for name in IMAGE_SETS if "Cyrillic" not in name and name != OMNIGLOT)


def healthy_cases(count: int) -> list[tuple[str, Case]]:
    """Return recipes in turn, each with a case of its own: the same for the same count."""
    random = np.random.default_rng(SEED)
    return [
        (list(HEALTHY)[number % len(HEALTHY)], drawn_case(FIRST_SEED + number, random))
        for number in range(count)
    ]


def drawn_case(seed: int, random: np.random.Generator) -> Case:
    """Return a case whose every choice is drawn."""

    def one_of(choices: tuple[Any, ...]) -> Any:
        return choices[int(random.integers(len(choices)))]

    changed = {
        "widths": one_of(WIDTHS),
        "classes_per_batch": one_of(CLASSES_PER_BATCH),
        "images_per_class": one_of(IMAGES_PER_CLASS),
    }
    images = one_of(IMAGES)
    return Case(seed, int(random.integers(OF_DIGITS)), images, changed, one_of(STEPS))


def measure_healthy(count: int, folder: Path | None = None) -> dict[str, Any]:
    """Return how many healthy runs were accused, and what is not healthy in the verdict's eyes."""
    print(f"{count} healthy runs, drawn with the seed {SEED}", flush=True)
    accused, early, none_fits, others = 0, 0, 0, []
    for number, (how, case) in enumerate(healthy_cases(count), 1):
        record = kept_record(HEALTHY[how], case, folder, f" {how}")
        said = verdict(record)
        early += any(so_far.names for _, so_far in on_the_way(record))
        named = how_named(said, "")
        accused += named.startswith("wrong")
        none_fits += named == "none"
        if not said.is_healthy:
            seen = [finding.evidence for finding in said.findings] or [said.unwell]
            others.append({"recipe": how, **case.described(), "named": named, "seen": seen})
            print(f"{number}: {others[-1]}", flush=True)
    found = {
        "runs": count,
        "accused": accused,
        "accused at the end or on the way": early,
        "healthy, but none fits": none_fits,
    }
    print(found, flush=True)
    return {**found, "not called healthy": others}
