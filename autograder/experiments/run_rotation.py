"""`triplet experiment --rotate`: every class held out in turn, several seeds, and their table."""

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from exercises.given.data import ImageSet
from exercises.given.errors import CourseError
from exercises.given.files import replacing
from exercises.given.studies.rotation import (
    HELD_OUT_TOGETHER,
    conditions,
    each_class,
    finished,
    keep,
    kept,
    run_task,
    splits_of_four,
    tasks,
    validation_split,
)
from exercises.given.studies.spaces import SPACES
from exercises.given.studies.summary import find, in_percent, summarise, write_table
from exercises.given.studies.unseen_class import require_can_train
from exercises.given.training.settings import choose

from ..chapters import EXERCISES
from .chosen_parts import own_parts, reference_parts
from .run_unseen_class import choose_size, say_whose

TABLE, SUMMARY = "rotation.csv", "rotation.json"
SHOWN = (
    ("Recall@1", "unseen", "all"),
    ("Recall@1", "seen", "all"),
    ("MAP@R", "unseen", "all"),
    ("5-NN accuracy", "unseen", 5),
    ("5-NN accuracy", "unseen", "all"),
    ("nearest mean accuracy", "unseen", 5),
    ("novelty by nearest prototype: AUROC", "unseen", "all"),
)


def rotate(
    images: ImageSet,
    *,
    spaces: tuple[str, ...],
    seeds: int,
    four_at_once: bool,
    validation: bool,
    steps: int | None,
    long: bool,
    out: Path,
    device: str,
    mine: bool,
    recipe: Mapping[str, Any] | None = None,
) -> None:
    """Run what is not there yet, then write the table and the summary. Stop it when you like."""
    unknown = [space for space in spaces if space not in SPACES]
    if unknown:
        raise CourseError(f"There is no space {unknown[0]}. There are: {', '.join(SPACES)}.")
    settings = choose(replace(choose_size(steps, long), device=device), **(recipe or {}))
    together = HELD_OUT_TOGETHER if four_at_once else 1
    require_can_train(images, replace(settings, unseen=images.classes[:together]))
    console = Console()
    chosen = own_parts(EXERCISES, 0) if mine else reference_parts()
    say_whose(console, chosen, mine)
    images = validation_split(images) if validation else images
    console.print(f"Images: {images.source}", highlight=False)
    wanted = {**conditions(images, settings), "own_chapters": list(chosen.own)}
    held_out = splits_of_four(images.classes) if four_at_once else each_class(images.classes)
    every = tasks(spaces, held_out, seeds)
    left = [task for task in every if not finished(out, task, wanted)]
    console.print(f"{len(every)} runs, {len(every) - len(left)} of them done.", highlight=False)
    started = time.monotonic()
    for number, task in enumerate(left, start=1):
        keep(out, task, run_task(task, images, chosen.parts, settings), wanted)
        passed = time.monotonic() - started
        to_go = timedelta(seconds=round(passed / number * (len(left) - number)))
        without = ", ".join(images.names_of(task.held_out))
        console.print(
            f"{number} of {len(left)}: {task.space} without {without}, seed {task.seed}; "
            f"{to_go} left",
            highlight=False,
        )
    runs = list(kept(out, every))
    write_table(out / TABLE, runs)
    summary = summarise(runs)
    with replacing(out / SUMMARY) as temporary:
        text = json.dumps({"conditions": wanted, "summary": summary}, indent=1)
        temporary.write_text(text + "\n", encoding="utf-8")
    show(console, summary)
    console.print(f"Written: {out / TABLE} and {out / SUMMARY}", highlight=False)


def show(console: Console, summary: list[dict[str, Any]]) -> None:
    """Print the most telling measures of every space, with their intervals over seeds."""
    table = Table(
        title="Held-out classes, in %: mean [95 % of means over seeds] ± spread over classes",
        title_justify="left",
        box=SIMPLE_HEAD,
    )
    table.add_column("space", no_wrap=True)
    for measure, group, examples in SHOWN:
        few = f", {examples} examples" if examples != "all" else ""
        table.add_column(f"{measure}, {group}{few}", justify="right")
    for space in dict.fromkeys(one["space"] for one in summary):
        cells = [in_percent(find(summary, space, *shown)) for shown in SHOWN]
        table.add_row(space, *cells)
    Console(width=max(console.width, 160), file=console.file).print(table)
