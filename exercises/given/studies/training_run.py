"""Train a network, and nothing else: some training images are held out, to watch it by."""

import torch
from torch import Tensor, nn

from ..data import ImageSet
from ..progress import say
from ..training.chosen_recipe import new_network
from ..training.device import choose_device
from ..training.held_out import held_out_rows
from ..training.loop import train
from ..training.parts import Parts
from ..training.settings import Settings
from .live import shown_live
from .run_record import RunRecord, training_of
from .unseen_class import require_can_train
from .watching import about_run, monitor_of


def run_training(
    images: ImageSet, parts: Parts, settings: Settings, record: RunRecord
) -> nn.Module:
    """Return the trained network; the record is filled while the training goes on.

    The images that are watched are never trained on, nor are the unseen classes. Raises CourseError
    for a choice that cannot be, and for what the parts raise.
    """
    require_can_train(images, settings)
    device = choose_device(settings.device)
    watched = rows_to_watch(images, settings)  # (w,)
    seen = _seen(images, settings)
    rows = seen[~torch.isin(seen, watched)]  # (n,)
    network = new_network(parts, settings).to(device)
    train_images, train_labels = images.train_images, images.train_labels
    monitor = monitor_of(train_images, train_labels, watched, settings)
    record.about |= about_run(
        "train",
        images,
        settings,
        network,
        trained_on=len(rows),
        watched=len(watched),
        watched_are_trained_on=False,
    )
    say(f"Training on {len(rows):,} images ({device})")
    train_images, train_labels = train_images[rows], train_labels[rows]
    live = shown_live("Training", settings.steps, monitor, record)
    with training_of(record, monitor), live as advance:
        train(network, train_images, train_labels, parts, settings, advance, monitor=monitor)
    return network


def rows_to_watch(images: ImageSet, settings: Settings) -> Tensor:
    """Return which training images are held out (w,), to watch a training by."""
    seen = _seen(images, settings)
    return seen[held_out_rows(images.train_labels[seen], settings.seed)]


def _seen(images: ImageSet, settings: Settings) -> Tensor:
    is_unseen = torch.isin(images.train_labels, torch.tensor(settings.unseen))  # (n,)
    return (~is_unseen).nonzero()[:, 0]
