"""The spaces that are compared: pixels, PCA, an untrained network, and networks after each recipe.

Same network, same batches, same number of steps for all that is trained.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from ..measuring.honest import require_alone_as_in_company
from ..progress import progress
from ..training.chosen_recipe import chosen_recipe, new_network
from ..training.device import choose_device
from ..training.loop import train
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
from ..training.settings import Settings

PCA_COMPONENTS = 32
EMBEDDING_DIM = 64
FEW = 8

Embed = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class SpaceMaker:
    """How a space is made, from training images and labels, and whether chance plays a part."""

    make: Callable[[Tensor, Tensor, Parts, Settings], Embed]
    is_random: bool = True
    sees_all: bool = False


def pixels(_images: Tensor, _labels: Tensor, _parts: Parts, _settings: Settings) -> Embed:
    return lambda images: images.flatten(1)


def pca(images: Tensor, _labels: Tensor, parts: Parts, _settings: Settings) -> Embed:
    """Return the projection onto the first components of the training images."""
    flat = images.flatten(1)  # (n, 784)
    _, components, _ = parts.pca(flat, PCA_COMPONENTS)  # (32, 784)
    mean = flat.mean(dim=0)
    return lambda some: (some.flatten(1) - mean) @ components.T  # (m, 32)


def untrained(_images: Tensor, _labels: Tensor, parts: Parts, settings: Settings) -> Embed:
    network = new_network(parts, settings)
    return lambda images: embedding_by(settings)(network, images)


def trained(recipe_of: Callable[[Parts, Settings, int], Recipe]) -> SpaceMaker:
    """Return the space of a network that is trained by a recipe.

    The recipe is made of the parts, the settings and the number of labels.
    """

    def make(images: Tensor, labels: Tensor, parts: Parts, settings: Settings) -> Embed:
        network = new_network(parts, settings).to(choose_device(settings.device))
        recipe = recipe_of(parts, settings, 1 + int(labels.max()))
        with progress("Training", settings.steps) as advance:
            train(network, images, labels, parts, settings, advance, recipe)
        require_alone_as_in_company(network, images[:FEW])
        return lambda some: embedding_by(settings)(network, some)

    return SpaceMaker(make)


def _course(parts: Parts, settings: Settings, _: int) -> Recipe:
    """Return the course's own recipe, or what was asked for in its place."""
    return chosen_recipe(parts, settings)


SPACES = {
    "course": trained(_course),
    "pixels": SpaceMaker(pixels, is_random=False),
    "PCA-32": SpaceMaker(pca, is_random=False),
    "untrained": SpaceMaker(untrained),
    "softmax": trained(lambda _, __, labels: softmax(EMBEDDING_DIM, labels)),
    "random triplets": trained(lambda parts, settings, _: random_triplets(parts, settings.seed)),
    "semi-hard": trained(lambda parts, *_: semi_hard(parts)),
    "batch-all": trained(lambda parts, *_: batch_all(parts)),
    "batch-hard": trained(lambda parts, *_: batch_hard(parts)),
    "oracle": SpaceMaker(trained(_course).make, sees_all=True),
}
