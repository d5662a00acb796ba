"""`triplet experiment`: choose the parts, run, print what was found, write the report."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from exercises.given.data import ImageSet
from exercises.given.files import require_ours
from exercises.given.pages.findings_of import findings_of_experiment
from exercises.given.pages.tensorboard_events import require_tensorboard
from exercises.given.studies.report import RESULTS, write_report
from exercises.given.studies.run_record import STOPPED, RunRecord, kept_if_stopped
from exercises.given.studies.unseen_class import (
    ExperimentResult,
    require_can_train,
    run_experiment,
)
from exercises.given.training.settings import LONG, Settings, choose

from ..chapters import EXERCISES, find_chapter
from .chosen_parts import ChosenParts, own_parts, reference_parts
from .result_tables import show_findings
from .say_verdict import verdict_at_the_end

NEXT = "Next, with your own chapters: triplet experiment --mine"
NEXT_WITH_OWN = "Next, the book with your own numbers: triplet book --mine"


def run(
    images: ImageSet,
    *,
    unseen: tuple[str, ...] = (),
    seed: int = 0,
    steps: int | None = None,
    long: bool = False,
    out: Path,
    device: str,
    mine: bool,
    recipe: Mapping[str, Any] | None = None,
    command: str = "",
    table: bool = False,
    tensorboard: bool = False,
) -> ExperimentResult:
    """Run the experiment, print what was found, and write its report into `out`.

    `unseen` names the classes to leave out; without one it is the first class there is. A run that
    does not come to its end leaves its record in a folder beside `out`: an earlier run in `out`
    is whole, and stays so.
    """
    settings = choose_settings(
        images,
        unseen=unseen,
        seed=seed,
        steps=steps,
        long=long,
        device=device,
        recipe=recipe or {},
    )
    require_can_train(images, settings)
    if tensorboard:
        require_tensorboard()
    # Training takes a minute: learn before it, not after, that the folder cannot be written.
    require_place(out, RESULTS)
    console = Console()
    chosen = own_parts(EXERCISES, seed) if mine else reference_parts()
    say_whose(console, chosen, mine)
    console.print(f"Images: {images.source}", highlight=False)
    notes = {"own_chapters": chosen.own, "reference_chapters": chosen.from_reference}
    record = RunRecord({"command": command, **notes})
    with verdict_at_the_end(console, record, tensorboard) as page:
        with kept_if_stopped(record, out.with_name(f"{out.name}{STOPPED}"), page.write):
            outcome = run_experiment(images, chosen.parts, settings, record)
            write_report(outcome, images, chosen.parts, out, notes)
        page.write(out, lambda: findings_of_experiment(outcome, images, out))
        show_findings(console, outcome, table)
    console.print(f"Written: {out / RESULTS} and its figures", highlight=False)
    console.print(NEXT_WITH_OWN if mine else NEXT, highlight=False)
    return outcome


def choose_settings(
    images: ImageSet,
    *,
    unseen: tuple[str, ...],
    seed: int,
    steps: int | None,
    long: bool,
    device: str,
    recipe: Mapping[str, Any],
) -> Settings:
    """Return what was asked for; without a name of an unseen class it is the first there is.

    Raises CourseError for a choice that makes no sense.
    """
    labels = tuple(sorted({images.find_class(name) for name in unseen})) or images.classes[:1]
    size = replace(choose_size(steps, long), unseen=labels, seed=seed, device=device)
    return choose(size, **recipe)


def choose_size(steps: int | None, long: bool) -> Settings:
    """Return the settings of the usual or of the long training, with as many steps as asked for."""
    size = LONG if long else Settings()
    return size if steps is None else replace(size, steps=steps)


def say_whose(console: Console, chosen: ChosenParts, mine: bool) -> None:
    """Say which chapters are the learner's own."""
    if not mine:
        console.print("Chapters: the reference solutions")
        return
    names = [find_chapter(stem).title for stem in chosen.own]
    console.print(f"Your own chapters: {', '.join(names) or 'none yet'}", highlight=False)
    for stem in chosen.from_reference:
        console.print(
            f"Chapter {find_chapter(stem).number} does not pass its checks yet: the reference "
            f"stands in. See why: triplet check {find_chapter(stem).number}",
            highlight=False,
        )


def require_place(out: Path, must_hold: str) -> None:
    """Raise CourseError or OSError if a report with that file could not be written there."""
    require_ours(out, must_hold)
    out.parent.mkdir(parents=True, exist_ok=True)
    tempfile.TemporaryDirectory(prefix=".partial-", dir=out.parent).cleanup()
