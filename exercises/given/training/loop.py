"""Train a network: batches, the optimizer with its schedule, and the loss of a recipe."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import OneCycleLR

from ..data.batches import BalancedBatches
from ..data.hard_batches import HardBatches
from ..progress import Advance
from .monitor import Monitor
from .muon import Muon
from .parts import Parts
from .recipes import Loss, Recipe, course
from .settings import Settings
from .threads import one_thread

# Chosen on 10,000 images split off MNIST's training set, as the mean over the left-out digits 0,
# 4 and 8: 10,000 steps of 9 x 4 images do better than 5,000 of 9 x 8, in the same time.
PEAK_RATE = 6e-3
MUON_RATE = 0.05  # chosen in the same way, as was its momentum
IMAGES_PER_CLASS = 4
SHIFT_PIXELS = 1
STEPS_PER_POINT = 50


def train(
    network: nn.Module,
    images: Tensor,
    labels: Tensor,
    parts: Parts,
    settings: Settings,
    advance: Advance,
    recipe: Recipe | None = None,
    monitor: Monitor | None = None,
) -> list[dict[str, float | str]]:
    """Train in place; return the mean loss of every STEPS_PER_POINT steps.

    Without a recipe it is the course's. A monitor watches, and changes nothing but that the
    training stops with NotANumber as soon as the loss is none.
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
    if monitor:
        with one_thread():
            monitor.begin(network, optimizer)
    try:
        for start in range(0, settings.steps, STEPS_PER_POINT):
            batches.steps = min(STEPS_PER_POINT, settings.steps - start)
            name, loss_fn = recipe.loss_at(start / settings.steps)
            if isinstance(batches, HardBatches):
                loss_fn = remembering(batches, loss_fn)
            feed = monitor.fed(fed(), batches.steps) if monitor else fed()
            with one_thread():
                heard = monitor.heard(loss_fn) if monitor else loss_fn
                loss = parts.train_epoch(network, feed, heard, optimizer)
            step = start + batches.steps
            curve.append({"step": step, "loss": loss, "mining": name})
            if monitor:
                rate, last = optimizer.param_groups[0]["lr"], step == settings.steps
                with one_thread():
                    monitor.look(network, loss, name, rate, last)
    finally:
        if monitor:
            monitor.end()
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
