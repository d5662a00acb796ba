"""Sicknesses of what is fed: no triplets, labels of other images, images all alike."""

import math
from statistics import mean, median

import torch
from torch import Tensor

from ..data.batches import MOST_CLASSES
from .chart import Chart
from .rates import SMALL_STEP
from .sickness import Sickness
from .signs import OF_NORM, margin_of
from .training import Batch, Training

# Under right labels positives were, in the middle of a run, at 79 % of the distance of negatives,
# and even in untrained networks at 90 %; of drawn letters, at 97 %.
NO_NEARER = 0.96
BY_CHANCE = 2.5  # times chance: a few rows of 36 images reach twice as much
LN_2 = math.log(2)
EXACTLY = 1e-3
ALIKE = 1e-7  # of the norm: what rounding leaves between copies of one image


def _no_triplets(chart: Chart) -> str:
    for column, kind in (("positive_distance", "positive"), ("negative_distance", "negative")):
        if chart.rows and all(row[column] is None for row in chart.rows):
            return f"in all {len(chart.rows)} rows no image of the batch has a {kind}"
    return ""


def _one_of_each(images: Tensor, labels: Tensor) -> Batch:
    rows = torch.tensor([int((labels == one).nonzero()[0, 0]) for one in torch.unique(labels)])
    return images[rows], labels[rows]


def _of_one_class(images: Tensor, labels: Tensor) -> Batch:
    rows = labels == labels[0]
    return images[rows], labels[rows]


NO_TRIPLETS = Sickness(
    id="batches-without-triplets",
    says="The batches have no triplets: nothing is there to learn from.",
    shows="No row has a distance to positives, or none has one to negatives.",
    sign=_no_triplets,
    makers={
        "one image of each class": lambda training: training.with_batches(_one_of_each),
        "images of one class": lambda training: training.with_batches(_of_one_class),
    },
    chapter="ch05_triplet_mining",
    section="When a batch has no triplet",
    hints=(
        "Print the labels of a batch. Which of them occur twice?",
        "A triplet takes two images of one class and one of another, all in one batch.",
        "Draw P classes and K images of each, with P and K of 2 or more.",
    ),
    covers=("rate-too-low", "few-directions", "loss-without-gradient"),
)


def _strange_labels(chart: Chart) -> str:
    spread = dict(chart.ratio("negative_distance", "norm"))
    ratios = [
        value
        for step, value in chart.ratio("positive_distance", "negative_distance")
        if spread.get(step, 0) > OF_NORM
    ]
    recalls = chart.values("batch_recall_at_1")
    if 2 * len(ratios) < len(chart.rows) or not ratios or not recalls:
        return ""  # one point: near and far are by rounding
    if chart.classes < 2:
        return ""  # chance is not known
    # Where Recall@1 is known from before the first step, it decides: an untrained network finds
    # neighbours if their labels are right. Where it is not, a training that told classes apart and
    # collapsed has right labels, and one that hardly moved has not tried them.
    first = _first_recall(chart)
    tried = ratios[0] >= NO_NEARER and max(chart.values("relative_update"), default=0) > SMALL_STEP
    may_be = tried if first is None else first < _most_by_chance(1 / chart.classes)
    if median(ratios) < NO_NEARER or not may_be:
        return ""
    chance = _chance(chart)
    if mean(recalls) >= _most_by_chance(chance):
        return ""
    already = (
        "" if first is None else f"; before the first step Recall@1 was {100 * first:.1f} % already"
    )
    return (
        f"positives are {median(ratios):.2f} times as far as negatives, and Recall@1 within a "
        f"batch is {100 * mean(recalls):.0f} %, by chance {100 * chance:.0f} %{already}"
    )


def _first_recall(chart: Chart) -> float | None:
    course = chart.course("recall_at_1")
    return course[0][1] if course and course[0][0] == 0 else None


def _most_by_chance(chance: float) -> float:
    return min(BY_CHANCE * chance, (1 + chance) / 2)


def _chance(chart: Chart) -> float:
    """Return Recall@1 of a batch by chance: the share of positives among the other images."""
    classes = chart.settings.get("classes_per_batch") or min(chart.classes, MOST_CLASSES)
    each = int(chart.settings["images_per_class"])
    return (each - 1) / (classes * each - 1)


def _shuffled(training: Training) -> Training:
    images, labels = training.images.train_images, training.images.train_labels
    generator = torch.Generator().manual_seed(training.settings.seed)
    order = torch.randperm(len(labels), generator=generator)  # (n,)
    return training.with_images(images, labels[order])


def _shifted(training: Training) -> Training:
    images, labels = training.images.train_images, training.images.train_labels
    generator = torch.Generator().manual_seed(training.settings.seed)
    order = torch.randperm(len(labels), generator=generator)  # (n,)
    # Where a folder is read class by class, nearly all labels would still be right.
    return training.with_images(images[order], labels[order].roll(1))


STRANGE_LABELS = Sickness(
    id="labels-of-other-images",
    says="The labels do not belong to the images: they are shuffled, or shifted against them.",
    shows=(
        f"Positives are at least {NO_NEARER:g} times as far as negatives, and Recall@1 within "
        "a batch is near chance."
    ),
    sign=_strange_labels,
    makers={
        "shuffled": _shuffled,
        "shifted by one": _shifted,
    },
    chapter="ch02_triplet_dataset",
    section="On real digits",
    hints=(
        "Draw ten images with their labels below them. Do they fit?",
        "Images and labels are two lists. Who shuffled, sorted or cut one, and not the other?",
        "Choose the rows once, and take images[rows] and labels[rows].",
    ),
    covers=("collapse-to-a-point", "rate-too-high", "batch-hard-first", "rate-too-low"),
)


def _alike(chart: Chart) -> str:
    spread = chart.ratio("negative_distance", "norm")
    if not spread or any(share > ALIKE for _, share in spread):
        return ""
    # A collapse has losses of every size on its way; images that are alike have one from the start.
    first, loss = chart.course("loss")[0]
    if min(abs(loss - one) for one in (0.0, LN_2, margin_of(chart))) > EXACTLY:
        return ""
    return (
        f"the loss is {loss:.3f} from the first step to step {first}, and all images of a batch "
        f"have one embedding in all {len(spread)} rows"
    )


IMAGES_ALIKE = Sickness(
    id="images-all-alike",
    says="All images are the same, or blank: the network has nothing to tell apart.",
    shows="From the first step on all distances are 0, and the loss is the margin, ln 2, or 0.",
    sign=_alike,
    makers={
        "blank": lambda training: training.with_batches(lambda images, y: (images * 0, y)),
        "one image again and again": lambda training: training.with_batches(
            lambda images, y: (images[:1].expand_as(images), y)
        ),
    },
    chapter="ch02_triplet_dataset",
    section="On real digits",
    hints=(
        "Print images.min(), images.max() and images.std(dim=0).max() of a batch.",
        "Bytes that are divided in whole numbers are 0; a loop may read one file for ever.",
        "Make float32 of the bytes before you divide by 255, and draw one batch.",
    ),
    covers=("collapse-to-a-point", "batch-hard-first", "rate-too-high", "norm-without-end"),
)
