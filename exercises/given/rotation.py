"""Hold out each digit in turn, with several seeds, and keep every run: a stopped rotation goes on.

A run is one file. It is written whole or not at all, and never run twice.
"""

import json
import platform
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from .data import Digits
from .errors import CourseError
from .experiment import Parts, Settings
from .files import replacing
from .honest import require_not_trained_on, require_own_norms, require_prototypes
from .report import versions
from .spaces import SPACES
from .unseen import measure_unseen

RUNS = "runs"
VALIDATION_IMAGES = 10_000
VALIDATION_SHARE = 6  # of a small training set, one image in six
SPLITS_OF_FOUR = 5
HELD_OUT_TOGETHER = 4


@dataclass(frozen=True)
class Task:
    """One run: in which space, which digits are held out, which seed."""

    space: str
    held_out: tuple[int, ...]
    seed: int

    @property
    def name(self) -> str:
        digits = "".join(map(str, self.held_out))
        return f"{self.space.replace(' ', '-')}-without-{digits}-seed-{self.seed}"


def tasks(spaces: Iterable[str], held_out: Iterable[tuple[int, ...]], seeds: int) -> list[Task]:
    """Return all runs; a space in which nothing is drawn is run once for each digit."""
    splits = list(held_out)
    return [
        Task(space, digits, seed)
        for seed in range(seeds)
        for digits in splits
        for space in spaces
        if SPACES[space].is_random or seed == 0
    ]


def each_digit() -> list[tuple[int, ...]]:
    return [(digit,) for digit in range(10)]


def splits_of_four() -> list[tuple[int, ...]]:
    """Return five sets of four digits, such that each digit is held out twice."""
    order = torch.randperm(10, generator=torch.Generator().manual_seed(0)).tolist()
    return [
        tuple(sorted(order[(2 * start + step) % 10] for step in range(HELD_OUT_TOGETHER)))
        for start in range(SPLITS_OF_FOUR)
    ]


def validation_split(digits: Digits) -> Digits:
    """Return digits whose test set is split off the training set: the real one stays unseen."""
    count = len(digits.train_labels)
    held = min(VALIDATION_IMAGES, count // VALIDATION_SHARE)
    order = torch.randperm(count, generator=torch.Generator().manual_seed(0))
    queries, rest = order[:held], order[held:]
    return Digits(
        train_images=digits.train_images[rest],
        train_labels=digits.train_labels[rest],
        test_images=digits.train_images[queries],
        test_labels=digits.train_labels[queries],
        source=f"{digits.source}, validation split",
        is_embedded=digits.is_embedded,
    )


def run_task(task: Task, digits: Digits, parts: Parts, settings: Settings) -> dict[str, Any]:
    """Make the space without the digits, measure it, and return the rows with what they rest on."""
    space = SPACES[task.space]
    own = replace(settings, seed=task.seed)
    kept = ~torch.isin(digits.train_labels, torch.tensor(task.held_out))  # (n,)
    if space.sees_all:
        kept = torch.ones_like(kept)
    else:
        require_not_trained_on(digits.train_labels[kept], task.held_out)
    started = time.perf_counter()
    make = space.make(digits.train_images[kept], digits.train_labels[kept], parts, own)
    seconds = time.perf_counter() - started
    gallery, queries = make(digits.train_images), make(digits.test_images)
    require_own_norms(queries)
    require_prototypes(gallery, digits.train_labels)
    rows = measure_unseen(
        gallery, digits.train_labels, queries, digits.test_labels, task.held_out, task.seed
    )
    return {
        "space": task.space,
        "held_out": list(task.held_out),
        "seed": task.seed,
        "seconds_of_training": seconds,
        "rows": rows,
    }


def conditions(digits: Digits, settings: Settings) -> dict[str, Any]:
    """Return what has to be equal in all runs of one folder."""
    return {
        "data": digits.source.split(" from ")[0],
        "queries": len(digits.test_labels),
        "steps": settings.steps,
        "widths": list(settings.widths),
        "candidates": settings.candidates,
        "muon": settings.muon,
        "moved": settings.moved,
        **versions(),
        "threads": torch.get_num_threads(),
        "processor": platform.machine(),
    }


def finished(folder: Path, task: Task, wanted: dict[str, Any]) -> bool:
    """Return whether the run is there. Raises CourseError if it was made under other conditions."""
    path = folder / RUNS / f"{task.name}.json"
    if not path.is_file():
        return False
    found = json.loads(path.read_text(encoding="utf-8"))["conditions"]
    if found != wanted:
        other = [name for name in wanted if found.get(name) != wanted[name]]
        raise CourseError(
            f"{path} was run under other conditions ({', '.join(other)}). "
            "Name another folder with --out."
        )
    return True


def keep(folder: Path, task: Task, run: dict[str, Any], made_under: dict[str, Any]) -> None:
    """Write one run, whole, with the conditions that it was made under."""
    with replacing(folder / RUNS / f"{task.name}.json") as temporary:
        text = json.dumps({**run, "conditions": made_under}, allow_nan=False)
        temporary.write_text(text, encoding="utf-8")


def kept(folder: Path, every: Iterable[Task]) -> Iterator[dict[str, Any]]:
    """Yield the run of each task, in their order."""
    for task in every:
        yield json.loads((folder / RUNS / f"{task.name}.json").read_text(encoding="utf-8"))
