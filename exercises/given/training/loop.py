"""Train a network: batches, the optimizer with its schedule, and the loss of a recipe."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR, LRScheduler, OneCycleLR

from ..data.batches import BalancedBatches
from ..data.hard_batches import HardBatches
from ..progress import Advance
from .chosen_recipe import chosen_recipe
from .monitor import Monitor
from .muon import Muon
from .parts import Parts
from .recipes import Loss, Recipe
from .settings import PEAK_RATE, Settings
from .threads import one_thread

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
    batches: BalancedBatches | None = None,
) -> list[dict[str, float | str]]:
    """Train in place; return the mean loss of every STEPS_PER_POINT steps.

    Without a recipe, or batches, they are those of the settings. A monitor watches, and changes
    nothing but that the training stops with NotANumber as soon as the loss is none.
    """
    recipe = recipe or chosen_recipe(parts, settings)
    device = next(network.parameters()).device
    # Before the first block stands a scale and a shift of one number each. To train them costs
    # the first convolution's gradient by its input, a third of a step, and brings nothing.
    for parameter in network.parameters():
        parameter.requires_grad_(parameter.numel() > 1)
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    if recipe.head:
        trained += recipe.head.to(device).parameters()
    optimizer, schedule = make_optimizer(trained, settings)
    if batches is None:
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
) -> tuple[Optimizer, LRScheduler]:
    """Return the optimizer that the settings ask for, and its schedule."""
    rate = settings.peak_rate
    if settings.optimizer == "muon":
        muon = Muon(parameters, lr=rate, vector_lr=PEAK_RATE)
        return muon, make_schedule(muon, settings, [rate, PEAK_RATE])
    optimizer: Optimizer
    if settings.optimizer == "sgd":
        optimizer = torch.optim.SGD(parameters, lr=rate, momentum=0.9)
    elif settings.optimizer == "adam":
        optimizer = torch.optim.Adam(parameters, lr=rate, fused=True)
    else:
        optimizer = torch.optim.AdamW(parameters, lr=rate, fused=True)
    return optimizer, make_schedule(optimizer, settings, rate)


def make_schedule(
    optimizer: Optimizer, settings: Settings, rates: float | list[float]
) -> LRScheduler:
    """Return how the rate changes, from the first step to the last: once up and down, or not."""
    steps = settings.steps
    if settings.schedule == "cosine":
        return CosineAnnealingLR(optimizer, T_max=steps)
    if settings.schedule == "constant":
        return LambdaLR(optimizer, lambda _: 1.0)
    # Muon has no betas, and a momentum of its own that is not to change.
    cycles = settings.optimizer != "muon"
    return OneCycleLR(optimizer, max_lr=rates, total_steps=steps, cycle_momentum=cycles)


def make_batches(images: Tensor, labels: Tensor, settings: Settings) -> BalancedBatches:
    """Return the batches that the settings ask for: at random, or of hard images."""
    chosen: dict[str, Any] = {
        "steps": STEPS_PER_POINT,
        "classes_per_batch": settings.classes_per_batch,
        "images_per_class": settings.images_per_class,
        "shift": settings.shift,
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
