"""Hold out each class in turn, with several seeds, and keep every run: a stopped rotation goes on.

A run is one file. It is written whole or not at all, and never run twice.
"""

import json
import platform
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch

from ..data import ImageSet
from ..errors import CourseError
from ..files import replacing
from ..measuring.few_examples import measure_unseen
from ..measuring.honest import require_not_trained_on, require_own_norms, require_prototypes
from ..training.loop import train
from ..training.parts import Parts
from ..training.settings import Settings
from .run_record import RunRecord
from .spaces import SPACES
from .unseen_class import require_can_train
from .watched_training import watched
from .watching import versions

RUNS, TRAININGS = "runs", "trainings"
CHOICES = {
    *("loss", "margin", "warm_up", "rate", "schedule", "classes_per_batch", "images_per_class"),
    *("shift", "normalise", "optimizer"),
}
VALIDATION_IMAGES = 10_000
VALIDATION_SHARE = 6  # of a small training set, one image in six
HELD_OUT_TOGETHER = 4


@dataclass(frozen=True)
class Task:
    """One run: in which space, which classes are held out, by their labels, which seed."""

    space: str
    held_out: tuple[int, ...]
    seed: int

    @property
    def name(self) -> str:
        labels = "-".join(map(str, self.held_out))
        return f"{self.space.replace(' ', '-')}-without-{labels}-seed-{self.seed}"


def tasks(spaces: Iterable[str], held_out: Iterable[tuple[int, ...]], seeds: int) -> list[Task]:
    """Return all runs; a space in which nothing is drawn is run once for each class."""
    splits = list(held_out)
    return [
        Task(space, classes, seed)
        for seed in range(seeds)
        for classes in splits
        for space in spaces
        if SPACES[space].is_random or seed == 0
    ]


def each_class(classes: Sequence[int]) -> list[tuple[int, ...]]:
    return [(one,) for one in classes]


def splits_of_four(classes: Sequence[int]) -> list[tuple[int, ...]]:
    """Return half as many sets of four as there are classes: each class is held out twice.

    Where the number of classes is odd, one of them is held out once.
    """
    count = len(classes)
    order = torch.randperm(count, generator=torch.Generator().manual_seed(0)).tolist()
    return [
        tuple(sorted(classes[order[(first + step) % count]] for step in range(HELD_OUT_TOGETHER)))
        for first in range(0, count - 1, 2)
    ]


def validation_split(images: ImageSet) -> ImageSet:
    """Return images whose test set is split off the training set: the real one stays unseen."""
    count = len(images.train_labels)
    held = min(VALIDATION_IMAGES, count // VALIDATION_SHARE)
    order = torch.randperm(count, generator=torch.Generator().manual_seed(0))
    queries, rest = order[:held], order[held:]
    return replace(
        images,
        train_images=images.train_images[rest],
        train_labels=images.train_labels[rest],
        test_images=images.train_images[queries],
        test_labels=images.train_labels[queries],
        source=f"{images.source}, validation split",
    )


def run_task(
    task: Task,
    images: ImageSet,
    parts: Parts,
    settings: Settings,
    record: RunRecord | None = None,
) -> dict[str, Any]:
    """Make the space without the classes, measure it, return the rows with what they rest on.

    The record, if one is handed in, is filled while a network is trained.
    """
    own = replace(settings, seed=task.seed, unseen=task.held_out)
    require_can_train(images, own)
    space = SPACES[task.space]
    names = images.class_names
    kept = ~torch.isin(images.train_labels, torch.tensor(task.held_out))  # (n,)
    if space.sees_all:
        kept = torch.ones_like(kept)
    else:
        require_not_trained_on(images.train_labels[kept], task.held_out, names)
    own = replace(own, unseen=()) if space.sees_all else own
    train_it = train if record is None else watched(images, record, space.recipe_asks)
    started = time.perf_counter()
    make = space.make(images.train_images[kept], images.train_labels[kept], parts, own, train_it)
    seconds = time.perf_counter() - started
    gallery, queries = make(images.train_images), make(images.test_images)
    require_own_norms(queries)
    require_prototypes(gallery, images.train_labels, images.classes, names)
    rows = measure_unseen(
        gallery,
        images.train_labels,
        queries,
        images.test_labels,
        task.held_out,
        names,
        task.seed,
    )
    return {
        "space": task.space,
        "held_out": list(images.names_of(task.held_out)),
        "seed": task.seed,
        "seconds_of_training": seconds,
        "rows": rows,
    }


def conditions(images: ImageSet, settings: Settings) -> dict[str, Any]:
    """Return what has to be equal in all runs of one folder."""
    return {
        "data": images.source,
        "queries": len(images.test_labels),
        "steps": settings.steps,
        "widths": list(settings.widths),
        "candidates": settings.candidates,
        "muon": settings.optimizer == "muon",
        "moved": settings.moved,
        **_own_choices(settings),
        **versions(),
        "threads": torch.get_num_threads(),
        "processor": platform.machine(),
    }


def _own_choices(settings: Settings) -> dict[str, Any]:
    """Return what is not the course's own: runs from before there was a choice still go on."""
    usual = asdict(Settings())
    if settings.optimizer == "muon":
        usual["optimizer"] = "muon"  # said already
    chosen = {name: value for name, value in asdict(settings).items() if name in CHOICES}
    return {name: value for name, value in chosen.items() if value != usual[name]}


def finished(folder: Path, task: Task, wanted: dict[str, Any]) -> bool:
    """Return whether the run is there. Raises CourseError if it was made under other conditions."""
    path = folder / RUNS / f"{task.name}.json"
    if not path.is_file():
        return False
    found = json.loads(path.read_text(encoding="utf-8"))["conditions"]
    if found != wanted:
        names = dict.fromkeys([*wanted, *found])
        other = [name for name in names if found.get(name) != wanted.get(name)]
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
    """Yield the run of each task that is there, in their order."""
    for task in every:
        path = folder / RUNS / f"{task.name}.json"
        if path.is_file():
            yield json.loads(path.read_text(encoding="utf-8"))


def record_folder(folder: Path, task: Task) -> Path:
    """Return where the record of a training is kept, beside its page."""
    return folder / TRAININGS / task.name
