"""Make what was asked for: the recipe of a training, and the network that it begins with."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .own_loss import own_loss
from .parts import Parts
from .recipes import Loss, Recipe, batch_all, batch_hard, random_triplets, semi_hard
from .settings import MARGIN, Settings


def chosen_recipe(parts: Parts, settings: Settings) -> Recipe:
    """Return the loss that the settings ask for, after its warm-up with batch-all.

    Batch-hard from the first step on often collapses: every embedding the same, the loss at
    ln 2. Batch-all does not, so it comes first; batch-hard then refines.
    """
    recipe = _after_warm_up(parts, settings)
    if not settings.warm_up:
        return recipe
    margin = MARGIN if settings.margin is None else settings.margin
    warm_up, refine = batch_all(parts, margin).loss_at(0), recipe.loss_at(1)
    return Recipe(lambda done: warm_up if done < settings.warm_up else refine)


def _after_warm_up(parts: Parts, settings: Settings) -> Recipe:
    if settings.is_own_loss:
        return _own(settings)
    if settings.loss == "batch-hard":
        return batch_hard(parts, settings.margin)
    margin = MARGIN if settings.margin is None else settings.margin
    if settings.loss == "random":
        return random_triplets(parts, settings.seed, margin)
    return {"batch-all": batch_all, "semi-hard": semi_hard}[settings.loss](parts, margin)


def _own(settings: Settings) -> Recipe:
    function = own_loss(settings.loss)

    def with_margin(embeddings: Tensor, labels: Tensor) -> Tensor:
        return function(embeddings, labels, settings.margin)

    loss: Loss = function if settings.margin is None else with_margin
    return Recipe(lambda _: (settings.loss, loss))


def new_network(parts: Parts, settings: Settings) -> nn.Module:
    """Return the network that a training begins with: the seed fixes its weights."""
    torch.manual_seed(settings.seed)
    network = parts.SimpleMetricEmbedding(widths=settings.widths)
    return on_the_sphere(network) if settings.normalise else network


def on_the_sphere(network: nn.Module) -> nn.Module:
    """Return the same network, whose embeddings (n, dim) are of length one from now on."""
    # A hook adds no name to the weights: they are kept, and come back, as those of any network.
    network.register_forward_hook(lambda _, __, embeddings: F.normalize(embeddings, dim=1))
    return network
