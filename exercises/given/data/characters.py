"""Characters of several alphabets, each drawn by the same number of people: classes by hundreds."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .omniglot import read_background, shrunk

QUARTERS = 4


@dataclass(frozen=True)
class Characters:
    """images float32 (characters, people, 1, 28, 28); alphabets: the one of each character."""

    images: Tensor
    alphabets: tuple[str, ...]

    def only(self, alphabets: Iterable[str]) -> "Characters":
        """Return the characters of some alphabets."""
        wanted = set(alphabets)
        rows = [row for row, one in enumerate(self.alphabets) if one in wanted]
        return Characters(self.images[rows], tuple(self.alphabets[row] for row in rows))

    def by_alphabet(self) -> dict[str, Tensor]:
        """Return the images of each alphabet, (characters, people, 1, 28, 28)."""
        return {one: self.only([one]).images for one in dict.fromkeys(self.alphabets)}

    def turned(self) -> "Characters":
        """Return four times as many: a character that is turned by 90 degrees is another one.

        Source: the idea is from "Meta-Learning with Memory-Augmented Neural Networks" (Santoro et
        al., 2016).
        """
        images = [torch.rot90(self.images, turn, (3, 4)) for turn in range(QUARTERS)]
        alphabets = [f"{one}, turn {turn}" for turn in range(QUARTERS) for one in self.alphabets]
        return Characters(torch.cat(images), tuple(alphabets))

    def as_classes(self) -> tuple[Tensor, Tensor]:
        """Return images (n, 1, 28, 28) and labels (n,): the place of each one's character."""
        characters, people = self.images.shape[:2]
        return self.images.flatten(0, 1), torch.arange(characters).repeat_interleave(people)


def as_images(ink: np.ndarray) -> Tensor:
    """Return drawings, bool (n, 105, 105), as images float32 (n, 1, 28, 28) in [0, 1]."""
    return torch.from_numpy(shrunk(ink)).float().div_(255)[:, None]


def background_characters(*names: str) -> Characters:
    """Return the characters of Omniglot's background sets: small1, small2, or both."""
    drawn = read_background(*names)
    images = torch.stack([as_images(ink) for ink in drawn.values()])
    return Characters(images, tuple(name.rpartition("/")[0] for name in drawn))
