"""`triplet experiment --rotate`: every class held out in turn, several seeds, and their table."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from exercises.given.data import ImageSet
from exercises.given.errors import CourseError
from exercises.given.files import replacing, replacing_folder
from exercises.given.health.verdict import verdict
from exercises.given.pages.rotation_page import require_own_overview, write_overview
from exercises.given.pages.run_page import name_of
from exercises.given.progress import say
from exercises.given.studies.rotation import (
    HELD_OUT_TOGETHER,
    Task,
    conditions,
    each_class,
    finished,
    keep,
    kept,
    record_folder,
    run_task,
    splits_of_four,
    tasks,
    validation_split,
)
from exercises.given.studies.run_record import (
    RUN,
    STOPPED,
    RunRecord,
    kept_if_stopped,
    write_record,
)
from exercises.given.studies.spaces import SPACES
from exercises.given.studies.summary import headings, shown_of, summarise, write_table
from exercises.given.studies.unseen_class import require_can_train
from exercises.given.training.settings import Settings, choose

from ..chapters import EXERCISES
from .chosen_parts import ChosenParts, own_parts, reference_parts
from .run_unseen_class import choose_size, say_whose
from .say_verdict import PageOfRun

TABLE, SUMMARY = "rotation.csv", "rotation.json"


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
    command: str = "",
) -> None:
    """Run what is not there yet, then write the table and the summary. Stop it when you like.

    Each training keeps its record and its page, and the overview leads to them, however this ends.
    """
    unknown = [space for space in spaces if space not in SPACES]
    if unknown:
        raise CourseError(f"There is no space {unknown[0]}. There are: {', '.join(SPACES)}.")
    settings = choose(replace(choose_size(steps, long), device=device), **(recipe or {}))
    together = HELD_OUT_TOGETHER if four_at_once else 1
    require_can_train(images, replace(settings, unseen=images.classes[:together]))
    require_own_overview(out)
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
    summary: list[dict[str, Any]] = []
    with overview_at_the_end(console, out, every, images, summary, command):
        started = time.monotonic()
        for number, task in enumerate(left, start=1):
            said = run_and_keep(task, images, chosen, settings, out, wanted, command)
            passed = time.monotonic() - started
            to_go = timedelta(seconds=round(passed / number * (len(left) - number)))
            without = ", ".join(images.names_of(task.held_out))
            console.print(
                f"{number} of {len(left)}: {task.space} without {without}, seed {task.seed}"
                f"{said}; {to_go} left",
                highlight=False,
            )
        runs = list(kept(out, every))
        write_table(out / TABLE, runs)
        summary += summarise(runs)
        with replacing(out / SUMMARY) as temporary:
            text = json.dumps({"conditions": wanted, "summary": summary}, indent=1)
            temporary.write_text(text + "\n", encoding="utf-8")
        show(console, summary)
        console.print(f"Written: {out / TABLE} and {out / SUMMARY}", highlight=False)


def run_and_keep(
    task: Task,
    images: ImageSet,
    chosen: ChosenParts,
    settings: Settings,
    out: Path,
    wanted: dict[str, Any],
    command: str,
) -> str:
    """Run one task and keep it, with the record and the page of its training; return the verdict.

    What is not trained has no verdict. A training that does not come to its end leaves its record.
    """
    if not SPACES[task.space].is_trained:
        keep(out, task, run_task(task, images, chosen.parts, settings), wanted)
        return ""
    notes = {"own_chapters": chosen.own, "reference_chapters": chosen.from_reference}
    record = RunRecord({"command": command, **notes})
    page, folder = PageOfRun(record), record_folder(out, task)
    with kept_if_stopped(record, folder.with_name(f"{folder.name}{STOPPED}"), page.write):
        run = run_task(task, images, chosen.parts, settings, record)
        with replacing_folder(folder, must_hold=RUN) as fresh:
            write_record(record, fresh)
    page.write(folder)
    # The run comes last: what counts as done has its record.
    keep(out, task, run, wanted)
    return f": {name_of(verdict(record))}"


@contextmanager
def overview_at_the_end(
    console: Console,
    out: Path,
    every: Sequence[Task],
    images: ImageSet,
    summary: list[dict[str, Any]],
    command: str,
) -> Iterator[None]:
    """Write the overview of what is there when the block ends, however it ends, and name it.

    The block fills the summary, if it comes to its end.
    """
    try:
        yield
    finally:
        try:
            page = write_overview(
                out,
                every,
                images.class_names,
                summary=summary,
                images=images.source,
                command=command,
            )
        except OSError as error:
            why = error.strerror or error
            say(f"The overview could not be written into {out}: {why}. The runs are there.")
        else:
            link = page.resolve().as_uri()
            console.print(f"Open {link}", highlight=False, markup=False, soft_wrap=True)


def show(console: Console, summary: list[dict[str, Any]]) -> None:
    """Print the most telling measures of every space, with their intervals over seeds."""
    table = Table(
        title="Held-out classes, in %: mean [95 % of means over seeds] ± spread over classes",
        title_justify="left",
        box=SIMPLE_HEAD,
    )
    table.add_column("space", no_wrap=True)
    for heading in headings():
        table.add_column(heading, justify="right")
    for space, cells in shown_of(summary):
        table.add_row(space, *cells)
    Console(width=max(console.width, 160), file=console.file).print(table)
