"""Balanced batches of characters: often of one alphabet, and each image moved a little."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .affine import moved_a_little
from .batches import BalancedBatches
from .characters import Characters

OF_ONE_ALPHABET = 0.5  # of the batches: what has to be told apart later is of one alphabet, too


class AlphabetBatches(BalancedBatches):
    """Yield batches of P characters x K drawings; in half of the batches all of one alphabet.

    All else is as in BalancedBatches. An alphabet with fewer than P characters has no batch of its
    own.
    """

    def __init__(self, characters: Characters, *, seed: int, **others: Any) -> None:
        super().__init__(*characters.as_classes(), seed=seed, **others)
        places = np.array(characters.alphabets)
        own = [np.flatnonzero(places == one) for one in dict.fromkeys(characters.alphabets)]
        self.alphabets = [one for one in own if len(one) >= self.classes_per_batch]
        self.moves = torch.Generator().manual_seed(seed)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for images, labels in super().__iter__():
            yield moved_a_little(images, self.moves), labels

    def _draw_classes(self) -> np.ndarray:
        if not self.alphabets or self.random.random() >= OF_ONE_ALPHABET:
            return super()._draw_classes()
        alphabet = self.alphabets[self.random.integers(len(self.alphabets))]
        return self.random.choice(alphabet, self.classes_per_batch, replace=False)  # (P,)
