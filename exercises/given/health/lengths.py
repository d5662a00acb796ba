"""Sicknesses of how long and on how much a network was trained."""

import torch

from ..data.batches import MOST_CLASSES
from .chart import Chart
from .sickness import Sickness
from .signs import is_over, last_mean
from .training import Training

# After 50 steps a healthy run has gone more than half of the way to a Recall@1 of 1.
FEWEST = 50
NONE_ACTIVE = 0.01
GAP = 0.05  # of Recall@1: five of a hundred images


def _too_few(chart: Chart) -> str:
    steps = chart.settings["steps"]
    if not is_over(chart) or steps >= FEWEST:
        return ""
    return f"the training ended after {steps} steps; after {FEWEST} a healthy one is half way"


TOO_FEW = Sickness(
    id="too-few-steps",
    says="The training ended before it could learn much.",
    shows=f"The record ends before step {FEWEST}.",
    sign=_too_few,
    makers={
        "20 steps": lambda training: training.with_settings(steps=20),
        "40 steps": lambda training: training.with_settings(steps=40),
    },
    chapter="ch07_training",
    section="On real digits",
    hints=(
        "How many images has the network seen, out of how many there are?",
        "A one-cycle schedule is over with the last step, whatever there was still to learn.",
        "Take at least some hundred steps: --steps 1000.",
    ),
    covers=("rate-too-low",),
)


def _learnt_by_heart(chart: Chart) -> str:
    watched, course = chart.data.get("watched", {}), chart.course("recall_at_1")
    active, inside = last_mean(chart, "active_share"), last_mean(chart, "batch_recall_at_1")
    if watched.get("trained on", True) or len(course) < 2 or active is None or inside is None:
        return ""
    if active > NONE_ACTIVE or inside - course[-1][1] < GAP or not _most_classes_in_a_batch(chart):
        return ""
    return (
        f"of the images in a batch {100 * inside:.0f} % find their class and "
        f"{100 * active:.1f} % of the triplets are active; of the images held out "
        f"{100 * course[-1][1]:.1f} % find it; "
        f"{chart.data['train_images']:,} images were trained on"
    )


def _most_classes_in_a_batch(chart: Chart) -> bool:
    # Among a few classes a neighbour is found more easily than among many.
    return bool(2 * (chart.settings["classes_per_batch"] or MOST_CLASSES) >= chart.classes)


def _few_images(training: Training, each: int) -> Training:
    images, labels = training.images.train_images, training.images.train_labels
    rows = torch.cat([(labels == one).nonzero()[:each, 0] for one in torch.unique(labels)])
    return training.with_images(images[rows], labels[rows])


BY_HEART = Sickness(
    id="learnt-by-heart",
    says="The network knows its few training images by heart, and other images less well.",
    shows=(
        f"At most {100 * NONE_ACTIVE:g} % of the triplets are active, and Recall@1 of held-out "
        f"images is {100 * GAP:g} points below that within a batch."
    ),
    sign=_learnt_by_heart,
    makers={
        "12 images of each class": lambda training: _few_images(training, 12),
        "16 images of each class": lambda training: _few_images(training, 16),
    },
    chapter="ch07_training",
    section="What to watch",
    hints=(
        "Compare Recall@1 within a batch with that of the images held out.",
        "When no triplet of the training set is active any more, there is nothing to learn there.",
        "Train on more images, move them more (--shift 2), or stop earlier.",
    ),
)
