"""Many healthy trainings of every kind, and how many of them the verdict accuses."""

from pathlib import Path
from typing import Any

import numpy as np

from exercises.given.health.verdict import verdict
from tests.sick.cases import UNSEEN, Case
from tests.sick.images import IMAGE_SETS
from tests.sick.on_the_way import on_the_way
from tests.sick.runs import HEALTHY, THE_COURSES, kept_record
from tests.sick.table import how_named, is_harm, lost

SEED = 0
FIRST_SEED = 1_000  # of a training: none of these is a seed of tests/sick/cases.py
WIDTHS = ((16, 32), (8, 16), (12, 24), (24, 48))
CLASSES_PER_BATCH = (None, 5, 7)
IMAGES_PER_CLASS = (4, 6)
STEPS = (200, 250, 300)
OF_DIGITS = 10
# All but the sets that are kept for the group of cases that the rules have not seen.
IMAGES = tuple(name for name in IMAGE_SETS if name not in {case.images for case in UNSEEN})


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
    """Return how many healthy runs were accused, and what is not healthy in the verdict's eyes.

    A recipe that is healthy elsewhere may collapse on some images. A run that lost HARM or more
    beside the course's recipe is sick in fact, and to name it is no accusation.
    """
    print(f"{count} healthy runs, drawn with the seed {SEED}", flush=True)
    accused, sick, early, none_fits, others = 0, 0, 0, 0, []
    for number, (how, case) in enumerate(healthy_cases(count), 1):
        record = kept_record(HEALTHY[how], case, folder, f" {how}")
        said = verdict(record)
        named = how_named(said, "")
        is_early = any(so_far.names for _, so_far in on_the_way(record))
        if is_early or not said.is_healthy:
            twin = kept_record(HEALTHY[THE_COURSES], case, folder, f" {THE_COURSES}")
            loss = lost(record, twin)
            seen = [finding.evidence for finding in said.findings] or [said.unwell]
            others.append(
                {"recipe": how, **case.described(), "named": named, "seen": seen, "lost": loss}
            )
            print(f"{number}: {others[-1]}", flush=True)
            is_named = named.startswith("wrong")
            sick += is_named and is_harm(loss)
            accused += is_named and not is_harm(loss)
            early += is_early and not is_harm(loss)
            none_fits += named == "none"
    found = {
        "runs": count,
        "accused": accused,
        "sick in fact, and named": sick,
        "accused at the end or on the way": early,
        "healthy, but none fits": none_fits,
    }
    print(found, flush=True)
    return {**found, "not called healthy": others}
