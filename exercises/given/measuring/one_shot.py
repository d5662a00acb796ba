"""Classify by a single example of each class, or by a few, among classes never trained on."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor


def run_errors(distances: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """Return the share of wrong answers in each run, (runs,).

    distances (runs, questions, examples); answers (runs, questions): the right example's place. The
    nearest example is the answer, of equally near ones the first, as in Omniglot's own counting.
    """
    return (distances.argmin(axis=2) != answers).mean(axis=1)


def episodes(
    points: Sequence[Tensor], *, ways: int, shots: int, count: int, seed: int
) -> Iterator[float]:
    """Yield the share of right answers of so many episodes.

    points: for each alphabet (characters, people, dim). An episode draws an alphabet with as many
    characters as `ways`, these characters, and of each the drawings of `shots` people as examples
    and that of one more as question. The nearest mean of the examples is the answer.
    Source: "Prototypical Networks for Few-shot Learning" (Snell, Swersky and Zemel, 2017).
    """
    random = np.random.default_rng(seed)
    large = [one for one in points if len(one) >= ways]
    if not large:
        raise ValueError(f"no alphabet has {ways} characters")
    for _ in range(count):
        alphabet = large[random.integers(len(large))]
        characters = random.choice(len(alphabet), ways, replace=False)  # (ways,)
        # For each character, who draws the examples and, in the last place, the question.
        people = np.stack([random.permutation(alphabet.shape[1])[: shots + 1] for _ in characters])
        drawn = alphabet[characters[:, None], people]  # (ways, shots + 1, dim)
        means, questions = drawn[:, :shots].mean(dim=1), drawn[:, shots]  # (ways, dim) each
        nearest = torch.cdist(questions, means).argmin(dim=1)  # (ways,)
        yield float((nearest == torch.arange(ways)).double().mean())
