"""`triplet experiment`: choose the parts, run, print what was found, write the report."""

import tempfile
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from exercises.given.data import ImageSet
from exercises.given.files import require_ours
from exercises.given.studies.report import RESULTS, write_report
from exercises.given.studies.run_record import RunRecord, kept_if_stopped
from exercises.given.studies.unseen_class import (
    ExperimentResult,
    require_enough_classes,
    run_experiment,
)
from exercises.given.training.settings import LONG, Settings

from ..chapters import EXERCISES, find_chapter
from .chosen_parts import ChosenParts, own_parts, reference_parts
from .result_tables import show_findings

STOPPED = "-stopped"


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
    command: str = "",
) -> ExperimentResult:
    """Run the experiment, print what was found, and write its report into `out`.

    `unseen` names the classes to leave out; without one it is the first class there is. A run that
    does not come to its end leaves its record in a folder beside `out`: an earlier run in `out`
    is whole, and stays so.
    """
    labels = tuple(sorted({images.find_class(name) for name in unseen})) or images.classes[:1]
    require_enough_classes(images, labels)
    settings = replace(choose_size(steps, long), unseen=labels, seed=seed, device=device)
    # Training takes a minute: learn before it, not after, that the folder cannot be written.
    _require_place(out)
    console = Console()
    chosen = own_parts(EXERCISES, seed) if mine else reference_parts()
    say_whose(console, chosen, mine)
    console.print(f"Images: {images.source}", highlight=False)
    notes = {"own_chapters": chosen.own, "reference_chapters": chosen.from_reference}
    record = RunRecord({"command": command, **notes})
    with kept_if_stopped(record, out.with_name(f"{out.name}{STOPPED}")):
        outcome = run_experiment(images, chosen.parts, settings, record)
        write_report(outcome, images, chosen.parts, out, notes)
    show_findings(console, outcome)
    console.print(f"Written: {out / RESULTS} and its figures", highlight=False)
    return outcome


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


def _require_place(out: Path) -> None:
    """Raise CourseError or OSError if the report could not be written there."""
    require_ours(out, RESULTS)
    out.parent.mkdir(parents=True, exist_ok=True)
    tempfile.TemporaryDirectory(prefix=".partial-", dir=out.parent).cleanup()
