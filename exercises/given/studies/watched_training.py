"""Watch a training that is one of many, and fill its record: what it was, and how it ended."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from torch import Tensor, nn

from ..data import ImageSet
from ..progress import Advance
from ..training.held_out import held_out_rows
from ..training.loop import train
from ..training.parts import Parts
from ..training.recipes import Recipe
from ..training.settings import MARGIN, Settings
from .run_record import RunRecord, training_of
from .spaces import Train
from .watching import about_run, monitor_of


def watched(images: ImageSet, record: RunRecord, recipe_asks: Mapping[str, Any]) -> Train:
    """Return `train`, which now fills the record while it trains, and trains no otherwise.

    recipe_asks: what the recipe has in place of the settings, as the record is to tell it. Raises
    CourseError for what the parts raise.
    """

    def train_watched(
        network: nn.Module,
        train_images: Tensor,
        train_labels: Tensor,
        parts: Parts,
        settings: Settings,
        advance: Advance,
        recipe: Recipe,
    ) -> Any:
        rows = held_out_rows(train_labels, settings.seed)  # (w,)
        margin = recipe_asks.get("margin", settings.margin)
        of_margin = replace(settings, margin=MARGIN if margin is None else margin)
        monitor = monitor_of(train_images, train_labels, rows, of_margin)
        record.about |= about_run(
            "rotation",
            images,
            settings,
            network,
            trained_on=len(train_labels),
            watched=len(rows),
            # The table's numbers are of trainings on every image, so these are not left out.
            watched_are_trained_on=True,
        )
        record.about["settings"] |= recipe_asks
        with training_of(record, monitor):
            return train(
                network,
                train_images,
                train_labels,
                parts,
                settings,
                advance,
                recipe,
                monitor=monitor,
            )

    return train_watched
