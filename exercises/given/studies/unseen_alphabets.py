"""The one-shot experiment: train on some alphabets, then read characters of others.

One example of each character, by another person, is all that is known of them. Every part of the
training is passed in: the reference's, or yours.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..data.affine import moved_a_little
from ..data.alphabet_batches import AlphabetBatches
from ..data.characters import Characters, as_images
from ..data.omniglot_trials import Trials
from ..measuring.hausdorff import ink_points, modified_hausdorff
from ..measuring.honest import require_numbers
from ..measuring.one_shot import episodes, run_errors
from ..progress import progress, say
from ..training.chosen_recipe import new_network
from ..training.device import choose_device
from ..training.embedding import embed
from ..training.loop import STEPS_PER_POINT, train
from ..training.parts import Parts
from ..training.settings import Settings
from .summary import interval

# Chosen on an alphabet that was held out of the background, never on the questions.
ONE_SHOT = Settings(
    unseen=(),
    steps=9_000,
    widths=(32, 64),
    loss="batch-all",
    margin=0.3,
    warm_up=0.0,
    optimizer="muon",
    rate=0.05,
    classes_per_batch=16,
    shift=0,
    normalise=True,
)
COPIES = 8  # of an image, over which its embedding is a mean
COPIES_MOVED = 0.6  # of what a training image is moved by
WAYS, SHOTS, EPISODES = (5, 20), (1, 5), 400
Embedding = Callable[[Tensor], Tensor]


@dataclass
class OneShotResult:
    """All that one run found out: the errors and accuracies are shares."""

    settings: Settings
    trained_on: dict[str, Any]
    spaces: dict[str, dict[str, Any]]
    network: nn.Module = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Return everything but the network as plain values, for JSON."""
        return {
            "settings": asdict(self.settings),
            "trained_on": self.trained_on,
            "spaces": self.spaces,
        }


def run_one_shot(
    background: Characters,
    held_out: Characters,
    trials: Trials | None,
    parts: Parts,
    settings: Settings = ONE_SHOT,
) -> OneShotResult:
    """Train on the background; measure whole alphabets held out of it, and the questions.

    The spaces are the pixels, the embedding before the training, and the embedding after it; the
    questions are also answered by the modified Hausdorff distance. Without trials, as when a
    choice is made, only the held-out alphabets are measured.
    """
    network = new_network(parts, settings).to(choose_device(settings.device))
    spaces = without_training(held_out, trials)
    spaces["untrained"] = measured_by(network, held_out, trials)
    seconds = train_on(background, network, parts, settings)
    spaces["embedding"] = measured_by(network, held_out, trials)
    trained_on = {
        "alphabets": list(background.by_alphabet()),
        "characters": len(background.alphabets),
        "drawings": background.images.shape[0] * background.images.shape[1],
        "seconds": seconds,
        "parameters": sum(one.numel() for one in network.parameters()),
    }
    return OneShotResult(settings, trained_on, spaces, network)


def without_training(held_out: Characters, trials: Trials | None) -> dict[str, dict[str, Any]]:
    """Return what the pixels find, and, of the questions, the modified Hausdorff distance."""
    spaces = {"pixels": measured(pixels_of, held_out, trials)}
    if trials:
        spaces["modified Hausdorff distance"] = {"questions": by_hausdorff(trials)}
    return spaces


def measured_by(network: nn.Module, held_out: Characters, trials: Trials | None) -> dict[str, Any]:
    """Return what a network finds, with the mean over copies of each image."""
    return measured(lambda images: embed_copies(network, images), held_out, trials)


def train_on(background: Characters, network: nn.Module, parts: Parts, settings: Settings) -> float:
    """Train in place, with the turned characters as further ones; return the seconds it took."""
    characters = background.turned()
    batches = AlphabetBatches(
        characters,
        steps=STEPS_PER_POINT,
        classes_per_batch=settings.classes_per_batch,
        images_per_class=settings.images_per_class,
        seed=settings.seed,
    )
    say(f"Training on {len(characters.alphabets)} characters, turned ones among them")
    began = time.perf_counter()
    with progress("Training", settings.steps) as advance:
        images, labels = characters.as_classes()
        train(network, images, labels, parts, settings, advance, batches=batches)
    return time.perf_counter() - began


def pixels_of(images: Tensor) -> Tensor:
    return images.flatten(1)  # (n, 784)


def embed_copies(network: nn.Module, images: Tensor) -> Tensor:
    """Return the mean (n, dim) of the embeddings of images (n, 1, 28, 28) and of moved copies."""
    moves = torch.Generator().manual_seed(0)
    copies = [images, *(moved_a_little(images, moves, COPIES_MOVED) for _ in range(COPIES - 1))]
    embeddings = torch.stack([embed(network, one) for one in copies]).mean(dim=0)  # (n, dim)
    require_numbers(embeddings)
    return embeddings


def measured(embedding: Embedding, held_out: Characters, trials: Trials | None) -> dict[str, Any]:
    """Return the error on the questions, and the accuracy in episodes of held-out alphabets."""
    found: dict[str, Any] = {"episodes": few_shot(embedding, held_out)}
    if trials:
        questions, examples = (
            embedding(as_images(one.reshape(-1, *one.shape[2:]))).unflatten(0, one.shape[:2])
            for one in (trials.questions, trials.examples)
        )  # (runs, 20, dim) each
        found["questions"] = error_of(torch.cdist(questions, examples).numpy(), trials)
    return found


def few_shot(embedding: Embedding, held_out: Characters) -> list[dict[str, Any]]:
    """Return the accuracy of each number of ways and of shots, with its bootstrap interval.

    It is empty if no alphabet is held out.
    """
    if not held_out.alphabets:
        return []
    points = [
        embedding(images.flatten(0, 1)).unflatten(0, images.shape[:2])  # (characters, people, dim)
        for images in held_out.by_alphabet().values()
    ]
    rows = []
    for ways in WAYS:
        for shots in SHOTS:
            right = list(episodes(points, ways=ways, shots=shots, count=EPISODES, seed=0))
            low, high = interval(right)
            rows.append(
                {
                    "ways": ways,
                    "shots": shots,
                    "accuracy": float(np.mean(right)),
                    "low": low,
                    "high": high,
                }
            )
    return rows


def error_of(distances: np.ndarray, trials: Trials) -> dict[str, Any]:
    """Return the mean error over the runs, as Omniglot counts it, with its interval over runs.

    chosen holds the place of the example that was taken for each question, run by run.
    """
    errors = run_errors(distances, trials.answers)
    low, high = interval(errors.tolist())
    return {
        "error": float(errors.mean()),
        "low": low,
        "high": high,
        "by_run": errors.tolist(),
        "chosen": distances.argmin(axis=2).tolist(),
    }


def by_hausdorff(trials: Trials) -> dict[str, Any]:
    """Return the error of the modified Hausdorff distance, which looks at the ink alone."""
    distances = np.zeros((*trials.questions.shape[:2], trials.examples.shape[1]))
    with progress("Comparing ink", len(distances)) as advance:
        for run, (asked, theirs) in enumerate(zip(trials.questions, trials.examples, strict=True)):
            examples = [ink_points(one) for one in theirs]
            for place, one in enumerate(asked):
                points = ink_points(one)
                distances[run, place] = [modified_hausdorff(points, two) for two in examples]
            advance(1)
    return error_of(distances, trials)
