"""The spaces that are compared: pixels, PCA, an untrained network, and networks after each recipe.

Same network, same batches, same number of steps for all that is trained.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from ..measuring.honest import require_alone_as_in_company
from ..progress import progress
from ..training.chosen_recipe import chosen_recipe, new_network
from ..training.device import choose_device
from ..training.moved import embedding_by
from ..training.parts import Parts
from ..training.recipes import (
    Recipe,
    batch_all,
    batch_hard,
    random_triplets,
    semi_hard,
    softmax,
)
from ..training.settings import MARGIN, Settings

PCA_COMPONENTS = 32
EMBEDDING_DIM = 64
FEW = 8

Embed = Callable[[Tensor], Tensor]
Train = Callable[..., Any]  # `train`, or the same watched


@dataclass(frozen=True)
class SpaceMaker:
    """How a space is made, from training images and labels, and whether chance plays a part.

    recipe_asks: what the recipe of a trained space has in place of the settings.
    """

    make: Callable[[Tensor, Tensor, Parts, Settings, Train], Embed]
    is_random: bool = True
    sees_all: bool = False
    is_trained: bool = False
    recipe_asks: Mapping[str, Any] = field(default_factory=dict)


def pixels(_images: Tensor, _labels: Tensor, _parts: Parts, *_others: Any) -> Embed:
    return lambda images: images.flatten(1)


def pca(images: Tensor, _labels: Tensor, parts: Parts, *_others: Any) -> Embed:
    """Return the projection onto the first components of the training images."""
    flat = images.flatten(1)  # (n, 784)
    _, components, _ = parts.pca(flat, PCA_COMPONENTS)  # (32, 784)
    mean = flat.mean(dim=0)
    return lambda some: (some.flatten(1) - mean) @ components.T  # (m, 32)


def untrained(
    _images: Tensor, _labels: Tensor, parts: Parts, settings: Settings, _train: Train
) -> Embed:
    network = new_network(parts, settings)
    return lambda images: embedding_by(settings)(network, images)


def trained(
    recipe_of: Callable[[Parts, Settings, int], Recipe], sees_all: bool = False, **asks: Any
) -> SpaceMaker:
    """Return the space of a network that is trained by a recipe.

    The recipe is made of the parts, the settings and the number of labels; `asks` says in the words
    of the settings what it has in their place.
    """

    def make(
        images: Tensor, labels: Tensor, parts: Parts, settings: Settings, train: Train
    ) -> Embed:
        network = new_network(parts, settings).to(choose_device(settings.device))
        recipe = recipe_of(parts, settings, 1 + int(labels.max()))
        with progress("Training", settings.steps) as advance:
            train(network, images, labels, parts, settings, advance, recipe)
        require_alone_as_in_company(network, images[:FEW])
        return lambda some: embedding_by(settings)(network, some)

    return SpaceMaker(make, sees_all=sees_all, is_trained=True, recipe_asks=asks)


def _course(parts: Parts, settings: Settings, _: int) -> Recipe:
    """Return the course's own recipe, or what was asked for in its place."""
    return chosen_recipe(parts, settings)


SPACES = {
    "course": trained(_course),
    "pixels": SpaceMaker(pixels, is_random=False),
    "PCA-32": SpaceMaker(pca, is_random=False),
    "untrained": SpaceMaker(untrained),
    "softmax": trained(
        lambda _, __, labels: softmax(EMBEDDING_DIM, labels),
        loss="softmax",
        margin=None,
        warm_up=0.0,
    ),
    "random triplets": trained(
        lambda parts, settings, _: random_triplets(parts, settings.seed),
        loss="random",
        margin=MARGIN,
        warm_up=0.0,
    ),
    "semi-hard": trained(
        lambda parts, *_: semi_hard(parts), loss="semi-hard", margin=MARGIN, warm_up=0.0
    ),
    "batch-all": trained(
        lambda parts, *_: batch_all(parts), loss="batch-all", margin=MARGIN, warm_up=0.0
    ),
    "batch-hard": trained(
        lambda parts, *_: batch_hard(parts), loss="batch-hard", margin=None, warm_up=0.0
    ),
    "oracle": trained(_course, sees_all=True),
}
