"""The unseen-class experiment: train without a class, a digit by default, then look for it.

Every part (network, loss, training step, measures) is passed in: the reference's, or yours.
"""

import time
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from ..data import ImageSet
from ..data.image_set import listed
from ..errors import CourseError
from ..measuring.honest import require_numbers
from ..measuring.space import SpaceMeasures, measure
from ..progress import say
from ..training.chosen_recipe import new_network
from ..training.device import choose_device
from ..training.embedding import embed
from ..training.held_out import held_out_rows
from ..training.loop import train
from ..training.moved import embedding_by
from ..training.own_loss import own_loss
from ..training.parts import Parts
from ..training.settings import Settings
from .live import shown_live
from .run_record import RunRecord, training_of
from .watching import about_run, monitor_of

FEWEST_SEEN = 2
RANDOM_TRIPLETS = 1_000


@dataclass
class ExperimentResult:
    """All that one run found out; `arrays` is what figures are drawn from."""

    settings: Settings
    data: dict[str, Any]
    training: dict[str, Any]
    pixels: SpaceMeasures
    untrained: SpaceMeasures
    embedding: SpaceMeasures
    arrays: dict[str, Tensor] = field(repr=False)
    network: nn.Module = field(repr=False)
    record: RunRecord = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Return everything but the arrays and the network as plain values, for JSON."""
        return {
            "settings": asdict(self.settings),
            "data": self.data,
            "training": self.training,
            "pixels": asdict(self.pixels),
            "untrained": asdict(self.untrained),
            "embedding": asdict(self.embedding),
        }


def run_experiment(
    images: ImageSet, parts: Parts, settings: Settings, record: RunRecord | None = None
) -> ExperimentResult:
    """Train without the unseen classes, then measure all classes in each of three spaces.

    The spaces are the pixels, the embedding before the training, and the embedding after it. The
    record is filled while the training goes on: whoever hands one in has it whatever happens.
    """
    record = record or RunRecord()
    require_can_train(images, settings)
    device = choose_device(settings.device)
    is_seen = ~torch.isin(images.train_labels, torch.tensor(settings.unseen))  # (n,)
    embedded = embedding_by(settings)

    def measured(space: str, gallery: Tensor, queries: Tensor) -> SpaceMeasures:
        say(f"Measuring in {space}")
        return measure(gallery, queries, images, parts, settings.unseen)

    network = new_network(parts, settings).to(device)
    untrained = measured(
        "the untrained network's embedding",
        embedded(network, images.train_images),  # (n, dim)
        embedded(network, images.test_images),  # (m, dim)
    )
    active_before = active_share(network, images, parts, settings)
    names = listed(list(images.names_of(settings.unseen)))
    say(f"Training on {int(is_seen.sum()):,} images without {names} ({device})")
    started = time.perf_counter()
    train_images, train_labels = images.train_images[is_seen], images.train_labels[is_seen]
    watched = held_out_rows(train_labels, settings.seed)  # (w,)
    monitor = monitor_of(train_images, train_labels, watched, settings)
    record.about |= about_run(
        "experiment",
        images,
        settings,
        network,
        trained_on=len(train_labels),
        watched=len(watched),
        # The published numbers are of a training on every image, so these are not left out.
        watched_are_trained_on=True,
    )
    live = shown_live("Training", settings.steps, monitor, record)
    with training_of(record, monitor), live as advance:
        curve = train(
            network, train_images, train_labels, parts, settings, advance, monitor=monitor
        )
    del train_images  # the measuring needs the memory
    seconds = time.perf_counter() - started

    train_embeddings = embedded(network, images.train_images)  # (n, dim)
    test_embeddings = embedded(network, images.test_images)  # (m, dim)
    require_numbers(train_embeddings)
    require_numbers(test_embeddings)
    return ExperimentResult(
        settings=settings,
        data={
            "chosen": images.chosen,
            "source": images.source,
            "class_names": list(images.class_names),
            "unseen": list(images.names_of(settings.unseen)),
            "train_images": len(images.train_labels),
            "train_images_of_seen": len(train_labels),
            "test_images": len(images.test_labels),
            "test_images_by_class": count_by_class(images),
            "test_images_of_unseen": int(
                torch.isin(images.test_labels, torch.tensor(settings.unseen)).sum()
            ),
        },
        training={
            "seconds": seconds,
            "device": device.type,
            "parameters": sum(parameter.numel() for parameter in network.parameters()),
            "curve": curve,
            "active_random_triplets_before": active_before,
            "active_random_triplets_after": active_share(network, images, parts, settings),
        },
        pixels=measured("pixels", images.train_images.flatten(1), images.test_images.flatten(1)),
        untrained=untrained,
        embedding=measured("the embedding", train_embeddings, test_embeddings),
        arrays={"train_embeddings": train_embeddings, "test_embeddings": test_embeddings},
        network=network,
        record=record,
    )


def require_enough_classes(images: ImageSet, unseen: tuple[int, ...]) -> None:
    """Raise CourseError unless there are classes to leave out, and two others to tell apart."""
    seen = set(images.classes) - set(unseen)
    if not unseen or len(seen) < FEWEST_SEEN:
        raise CourseError(
            f"{len(set(unseen))} of {len(images.classes)} classes are to be left out. Leave out "
            f"one or more, and keep {FEWEST_SEEN} or more to train on."
        )


def require_can_train(images: ImageSet, settings: Settings) -> None:
    """Raise CourseError for what these images, or an own loss, do not allow: before it begins."""
    require_enough_classes(images, settings.unseen)
    seen = len(set(images.classes) - set(settings.unseen))
    if settings.classes_per_batch is not None and settings.classes_per_batch > seen:
        raise CourseError(
            f"--classes-per-batch {settings.classes_per_batch}: there are {seen} classes to train "
            "on."
        )
    if settings.is_own_loss:
        own_loss(settings.loss)


def count_by_class(images: ImageSet) -> dict[str, int]:
    """Return how many test images each class has."""
    counts = torch.bincount(images.test_labels, minlength=len(images.class_names)).tolist()
    return {images.class_names[label]: counts[label] for label in images.classes}


def active_share(network: nn.Module, images: ImageSet, parts: Parts, settings: Settings) -> float:
    """Return the share of random test triplets whose loss is not zero yet, at margin one."""
    triplets = parts.TripletMNIST(images.test_images, images.test_labels, seed=settings.seed)
    count = min(RANDOM_TRIPLETS, len(triplets))
    rows = [triplets[index][:3] for index in range(count)]
    anchors, positives, negatives = (
        embed(network, torch.stack(column)) for column in zip(*rows, strict=True)
    )
    losses = [
        float(parts.triplet_loss(anchor[None], positive[None], negative[None]))
        for anchor, positive, negative in zip(anchors, positives, negatives, strict=True)
    ]
    return sum(loss > 0 for loss in losses) / count
