"""Two trainings of the reference to watch step by step: one that learns, one that collapses.

They differ in the learning rate alone, as the runs A and C of chapter 7 do.
"""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from exercises.given.data import ImageSet
from exercises.given.data.batches import BalancedBatches
from exercises.given.errors import CourseError
from exercises.given.progress import progress
from exercises.given.training.embedding import embed
from solutions.ch03_embedding_network import SimpleMetricEmbedding
from solutions.ch05_triplet_mining import batch_all_triplet_loss, batch_hard_triplet_loss
from solutions.ch06_nearest_neighbours import recall_at_k
from solutions.ch07_training import train_epoch
from solutions.ch08_embedding_space import pca

RATES = {"healthy": 3e-3, "collapsing": 0.1}
STEPS, STEPS_BETWEEN = 200, 5
TRAIN_IMAGES, TEST_IMAGES = 1_000, 500
MAPPED, IN_TRIPLETS = 300, 100
MARGIN = 1.0
SEED = 0


@dataclass
class Recording:
    """One run: three measures at every moment, and the embeddings that were measured."""

    loss: list[float] = field(default_factory=list)
    active: list[float] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)
    embeddings: list[Tensor] = field(default_factory=list)  # (MAPPED, dim) each

    def look(self, network: nn.Module, images: Tensor, labels: Tensor, loss: float) -> None:
        """Keep the loss of the last steps; measure the active share and Recall@1 on test images."""
        embeddings = embed(network, images)  # (n, dim)
        some, some_labels = embeddings[:IN_TRIPLETS], labels[:IN_TRIPLETS]
        self.loss.append(round(loss, 4))
        active = batch_all_triplet_loss(some, some_labels, MARGIN)[1]
        self.active.append(round(active.item(), 4))
        self.recall.append(round(recall_at_k(embeddings, labels), 4))
        self.embeddings.append(embeddings[:MAPPED])


def replay_of(digits: ImageSet) -> dict[str, Any]:
    """Train both, and return what they looked like. Raises CourseError if neither collapsed."""
    with progress("Recording two trainings", len(RATES) * STEPS) as advance:
        runs = {name: record(rate, digits, advance) for name, rate in RATES.items()}
    healthy, collapsing = runs["healthy"], runs["collapsing"]
    if spread(collapsing.embeddings[-1]) > 0.01 * spread(healthy.embeddings[-1]):
        raise CourseError("The run that should show a collapse did not collapse.")
    if healthy.recall[-1] <= max(healthy.recall[0], collapsing.recall[-1]):
        raise CourseError("The run that should learn did not learn.")
    _, components, _ = pca(healthy.embeddings[-1], 2)  # (2, dim)
    maps = {
        name: [flat(embeddings, components) for embeddings in run.embeddings]
        for name, run in runs.items()
    }
    corner = max(abs(value) for place in maps["healthy"][-1] for value in place)
    return {
        "steps": list(range(0, STEPS + 1, STEPS_BETWEEN)),
        "labels": digits.test_labels[:MAPPED].tolist(),
        "bounds": {"low": [-corner, -corner], "high": [corner, corner]},
        "runs": {
            name: {
                "loss": run.loss,
                "active": run.active,
                "recall": run.recall,
                "maps": maps[name],
            }
            for name, run in runs.items()
        },
    }


def record(rate: float, digits: ImageSet, advance: Any) -> Recording:
    """Train for STEPS steps, and look every STEPS_BETWEEN of them."""
    torch.manual_seed(SEED)
    network = SimpleMetricEmbedding()
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate)
    batches = BalancedBatches(
        digits.train_images[:TRAIN_IMAGES],
        digits.train_labels[:TRAIN_IMAGES],
        steps=STEPS_BETWEEN,
        images_per_class=4,
        seed=SEED,
    )
    images, labels = digits.test_images[:TEST_IMAGES], digits.test_labels[:TEST_IMAGES]
    run = Recording()
    first_images, first_labels = next(iter(batches))
    at_first = batch_hard_triplet_loss(embed(network, first_images), first_labels).item()
    run.look(network, images, labels, at_first)
    for _ in range(0, STEPS, STEPS_BETWEEN):
        loss = train_epoch(network, batches, batch_hard_triplet_loss, optimizer)
        run.look(network, images, labels, loss)
        advance(STEPS_BETWEEN)
    return run


def spread(embeddings: Tensor) -> float:
    """Return how far embeddings (n, dim) lie from their mean, on average."""
    return float((embeddings - embeddings.mean(dim=0)).norm(dim=1).mean())


def flat(embeddings: Tensor, components: Tensor) -> list[list[float]]:
    """Return embeddings (n, dim) along two components (2, dim), about their mean."""
    places = (embeddings - embeddings.mean(dim=0)) @ components.T  # (n, 2)
    rounded: list[list[float]] = [[round(x, 2), round(y, 2)] for x, y in places.tolist()]
    return rounded
