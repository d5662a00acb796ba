"""The unseen-class experiment: train without a class, a digit by default, then look for it.

Every part (network, loss, training step, measures) is passed in: the reference's, or yours.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import OneCycleLR

from .batches import BalancedBatches
from .data import ImageSet
from .data.image_set import listed
from .device import choose_device
from .embedding import embed
from .errors import CourseError
from .hard_batches import HardBatches
from .measuring import Space, measure
from .moved import embed_moved
from .muon import Muon
from .parts import Parts
from .progress import Advance, progress, say
from .recipes import Loss, Recipe, course
from .threads import one_thread

# Chosen on 10,000 images split off MNIST's training set, as the mean over the left-out digits 0,
# 4 and 8: 10,000 steps of 9 x 4 images do better than 5,000 of 9 x 8, in the same time.
PEAK_RATE = 6e-3
MUON_RATE = 0.05  # chosen in the same way, as was its momentum
IMAGES_PER_CLASS = 4
SHIFT_PIXELS = 1
STEPS_PER_POINT = 50
FEWEST_STEPS = 20
FEWEST_SEEN = 2
RANDOM_TRIPLETS = 1_000


@dataclass(frozen=True)
class Settings:
    """What a person may choose; `unseen` are the labels of the classes to leave out.

    Raises CourseError for a choice that cannot be.
    """

    unseen: tuple[int, ...] = (0,)
    seed: int = 0
    steps: int = 10_000
    device: str = "auto"
    widths: tuple[int, int] = (16, 32)
    candidates: int = 1
    muon: bool = False
    moved: bool = False

    def __post_init__(self) -> None:
        if self.steps < FEWEST_STEPS:
            raise CourseError(
                f"{self.steps} steps are too few. Choose --steps from {FEWEST_STEPS}."
            )


# A wider network learns more in every step, and most of images that it still finds hard. On the
# same 10,000 images, after 4,000 steps, Recall@1 of a left-out digit was 96.2 % by AdamW, 97.5 %
# by Muon, and 98.1 % by Muon and moved copies; one candidate instead of two lost 0.6 points, four
# gained nothing, and neither did twice the steps.
LONG = Settings(steps=6_000, widths=(32, 64), candidates=2, muon=True, moved=True)


@dataclass
class Outcome:
    """All that one run found out; `arrays` is what figures are drawn from."""

    settings: Settings
    data: dict[str, Any]
    training: dict[str, Any]
    pixels: Space
    untrained: Space
    embedding: Space
    arrays: dict[str, Tensor] = field(repr=False)
    network: nn.Module = field(repr=False)

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


def run_experiment(images: ImageSet, parts: Parts, settings: Settings) -> Outcome:
    """Train without the unseen classes, then measure all classes in each of three spaces.

    The spaces are the pixels, the embedding before the training, and the embedding after it.
    """
    require_enough_classes(images, settings.unseen)
    device = choose_device(settings.device)
    is_seen = ~torch.isin(images.train_labels, torch.tensor(settings.unseen))  # (n,)
    embedded = embedding_by(settings)

    def measured(space: str, gallery: Tensor, queries: Tensor) -> Space:
        say(f"Measuring in {space}")
        return measure(gallery, queries, images, parts, settings.unseen)

    torch.manual_seed(settings.seed)
    network = parts.SimpleMetricEmbedding(widths=settings.widths).to(device)
    untrained = measured(
        "the untrained network's embedding",
        embedded(network, images.train_images),  # (n, dim)
        embedded(network, images.test_images),  # (m, dim)
    )
    active_before = active_share(network, images, parts, settings)
    names = listed(list(images.names_of(settings.unseen)))
    say(f"Training on {int(is_seen.sum()):,} images without {names} ({device})")
    started = time.perf_counter()
    with progress("Training", settings.steps) as advance:
        train_images, train_labels = images.train_images[is_seen], images.train_labels[is_seen]
        curve = train(network, train_images, train_labels, parts, settings, advance)
        del train_images  # the measuring needs the memory
    seconds = time.perf_counter() - started

    train_embeddings = embedded(network, images.train_images)  # (n, dim)
    test_embeddings = embedded(network, images.test_images)  # (m, dim)
    return Outcome(
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
    )


def require_enough_classes(images: ImageSet, unseen: tuple[int, ...]) -> None:
    """Raise CourseError unless there are classes to leave out, and two others to tell apart."""
    seen = set(images.classes) - set(unseen)
    if not unseen or len(seen) < FEWEST_SEEN:
        raise CourseError(
            f"{len(set(unseen))} of {len(images.classes)} classes are to be left out. Leave out "
            f"one or more, and keep {FEWEST_SEEN} or more to train on."
        )


def count_by_class(images: ImageSet) -> dict[str, int]:
    """Return how many test images each class has."""
    counts = torch.bincount(images.test_labels, minlength=len(images.class_names)).tolist()
    return {images.class_names[label]: counts[label] for label in images.classes}


def train(
    network: nn.Module,
    images: Tensor,
    labels: Tensor,
    parts: Parts,
    settings: Settings,
    advance: Advance,
    recipe: Recipe | None = None,
) -> list[dict[str, float | str]]:
    """Train in place; return the mean loss of every STEPS_PER_POINT steps.

    Without a recipe it is the course's.
    """
    recipe = recipe or course(parts)
    device = next(network.parameters()).device
    # Before the first block stands a scale and a shift of one number each. To train them costs
    # the first convolution's gradient by its input, a third of a step, and brings nothing.
    for parameter in network.parameters():
        parameter.requires_grad_(parameter.numel() > 1)
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    if recipe.head:
        trained += recipe.head.to(device).parameters()
    optimizer, schedule = make_optimizer(trained, settings)
    batches = make_batches(images, labels, settings)

    def fed() -> Iterator[tuple[Tensor, Tensor]]:
        for batch_images, batch_labels in batches:
            yield batch_images.to(device), batch_labels.to(device)
            # The training step asks for the next batch only after it has taken its step.
            schedule.step()
            advance(1)

    curve: list[dict[str, float | str]] = []
    for start in range(0, settings.steps, STEPS_PER_POINT):
        batches.steps = min(STEPS_PER_POINT, settings.steps - start)
        name, loss_fn = recipe.loss_at(start / settings.steps)
        if isinstance(batches, HardBatches):
            loss_fn = remembering(batches, loss_fn)
        with one_thread():
            loss = parts.train_epoch(network, fed(), loss_fn, optimizer)
        curve.append({"step": start + batches.steps, "loss": loss, "mining": name})
    return curve


def make_optimizer(
    parameters: list[nn.Parameter], settings: Settings
) -> tuple[Optimizer, OneCycleLR]:
    """Return the optimizer that the settings ask for, and its schedule."""
    steps = settings.steps
    if not settings.muon:
        adam = torch.optim.AdamW(parameters, lr=PEAK_RATE, fused=True)
        return adam, OneCycleLR(adam, max_lr=PEAK_RATE, total_steps=steps)
    muon = Muon(parameters, lr=MUON_RATE, vector_lr=PEAK_RATE)
    rates = [MUON_RATE, PEAK_RATE]
    return muon, OneCycleLR(muon, max_lr=rates, total_steps=steps, cycle_momentum=False)


def make_batches(images: Tensor, labels: Tensor, settings: Settings) -> BalancedBatches:
    """Return the batches that the settings ask for: at random, or of hard images."""
    chosen = {
        "steps": STEPS_PER_POINT,
        "images_per_class": IMAGES_PER_CLASS,
        "shift": SHIFT_PIXELS,
        "seed": settings.seed,
    }
    if settings.candidates == 1:
        return BalancedBatches(images, labels, **chosen)
    return HardBatches(images, labels, candidates=settings.candidates, **chosen)


def remembering(batches: HardBatches, loss_fn: Loss) -> Loss:
    """Return the same loss, which also tells the batches how hard their images were."""

    def loss(embeddings: Tensor, labels: Tensor) -> Tensor:
        batches.remember(embeddings)
        return loss_fn(embeddings, labels)

    return loss


def embedding_by(settings: Settings) -> Callable[[nn.Module, Tensor], Tensor]:
    """Return the way to embed that the settings ask for."""
    return embed_moved if settings.moved else embed


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
