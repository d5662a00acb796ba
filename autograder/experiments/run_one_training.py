"""`triplet train`: train by the course's recipe or another one, and keep what the training did."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from exercises.given.data import ImageSet
from exercises.given.files import replacing_folder
from exercises.given.pages.findings_of import findings_of_training
from exercises.given.pages.tensorboard_events import require_tensorboard
from exercises.given.studies.kept import NETWORK, keep_network
from exercises.given.studies.run_record import (
    RECORD,
    RUN,
    STOPPED,
    RunRecord,
    kept_if_stopped,
    write_record,
)
from exercises.given.studies.training_run import run_training
from exercises.given.studies.unseen_class import require_can_train

from ..chapters import EXERCISES
from .chosen_parts import own_parts, reference_parts
from .run_unseen_class import choose_settings, require_place, say_whose
from .say_verdict import verdict_at_the_end


def train_once(
    images: ImageSet,
    *,
    unseen: tuple[str, ...],
    seed: int,
    steps: int | None,
    recipe: Mapping[str, Any],
    out: Path,
    device: str,
    mine: bool,
    command: str = "",
    tensorboard: bool = False,
) -> RunRecord:
    """Train once, print how it went, and write the run into `out`: its record and its weights.

    A training that does not come to its end leaves its record in a folder beside `out`.
    """
    settings = choose_settings(
        images, unseen=unseen, seed=seed, steps=steps, long=False, device=device, recipe=recipe
    )
    require_can_train(images, settings)
    if tensorboard:
        require_tensorboard()
    require_place(out, RUN)
    console = Console()
    chosen = own_parts(EXERCISES, seed) if mine else reference_parts()
    say_whose(console, chosen, mine)
    console.print(f"Images: {images.source}", highlight=False)
    record = RunRecord(
        {
            "command": command,
            "own_chapters": chosen.own,
            "reference_chapters": chosen.from_reference,
        }
    )
    with verdict_at_the_end(console, record, tensorboard) as page:
        with kept_if_stopped(record, out.with_name(f"{out.name}{STOPPED}"), page.write):
            network = run_training(images, chosen.parts, settings, record)
            with replacing_folder(out, must_hold=RUN) as fresh:
                write_record(record, fresh)
                keep_network(network.cpu(), chosen.parts.SimpleMetricEmbedding, fresh)
        page.write(out, lambda: findings_of_training(network, images, settings))
        show_training(console, record)
        files = f"{out / RECORD}, {RUN}, {NETWORK}"
        console.print(f"Written: {files}", highlight=False, soft_wrap=True)
    return record


def show_training(console: Console, record: RunRecord) -> None:
    """Print the first and the last of what was measured, in lines that fit 80 columns."""
    first, last = record.rows[0], record.rows[-1]
    console.print(
        f"{last['step']:,} steps in {record.ended['seconds']:.0f} s. The loss ended at "
        f"{last['loss']:.4f} ({last['mining']}).",
        highlight=False,
    )
    before, after = first["recall_at_1"], last["recall_at_1"]
    if before is not None and after is not None:
        watched = record.about["data"]["watched"]["images"]
        console.print(
            f"Recall@1 of {watched:,} images that were held out: {100 * before:.1f} % untrained, "
            f"{100 * after:.1f} % now.",
            highlight=False,
        )
