"""Choose the training images on which a training is watched: some of every class."""

import torch
from torch import Tensor

MOST_IMAGES = 1_000
FEWEST_OF_A_CLASS = 2  # an image, and another one to be found
MOST_OF_A_CLASS = 6  # one image in so many


def held_out_rows(labels: Tensor, seed: int, most: int = MOST_IMAGES) -> Tensor:
    """Return which images to watch, in order: as many of each class, by labels (n,).

    Two or more of a class, and one in six at most. Of very many classes, so many are drawn as
    there is room for; of very few images, none are taken.
    """
    generator = torch.Generator().manual_seed(seed)
    classes = torch.unique(labels)
    classes = classes[torch.randperm(len(classes), generator=generator)]
    each = max(FEWEST_OF_A_CLASS, most // max(1, len(classes)))
    chosen: list[Tensor] = []
    for label in classes[: most // each]:
        rows = (labels == label).nonzero()[:, 0]
        order = rows[torch.randperm(len(rows), generator=generator)]
        own = order[: min(each, len(rows) // MOST_OF_A_CLASS)]
        if len(own) >= FEWEST_OF_A_CLASS:
            chosen.append(own)
    return torch.cat(chosen).sort().values if chosen else torch.empty(0, dtype=torch.long)
