"""Two trainings of the reference to watch step by step: one that learns, one that collapses.

They differ in the learning rate alone, as the runs A and C of chapter 7 do, and show what these
show: the signs of the monitor, in the fields of monitor_plots.py and under their names.
"""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from exercises.given.data import ImageSet
from exercises.given.data.batches import BalancedBatches
from exercises.given.drawing.monitor_plots import FIELDS, LOWEST
from exercises.given.errors import CourseError
from exercises.given.progress import progress
from exercises.given.training.batch_signs import batch_signs
from exercises.given.training.embedding import embed
from exercises.given.training.monitor import Monitor
from solutions.ch03_embedding_network import SimpleMetricEmbedding
from solutions.ch05_triplet_mining import batch_hard_triplet_loss
from solutions.ch06_nearest_neighbours import recall_at_k
from solutions.ch07_training import train_epoch
from solutions.ch08_embedding_space import pca

RATES = {"healthy": 3e-3, "collapsing": 0.1}
STEPS, STEPS_BETWEEN = 200, 5
TRAIN_IMAGES, TEST_IMAGES = 1_000, 500
MAPPED = 300
MARGIN = 1.0
SEED = 0
MINING = "batch-hard"
SHOWN = tuple(sign for field in FIELDS for sign in field.signs)
DIGITS = 4  # behind the point


@dataclass
class Recording:
    """One run: what the monitor saw at every moment, and the test images' embeddings there."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    embeddings: list[Tensor] = field(default_factory=list)  # (MAPPED, dim) each

    def course(self, sign: str) -> list[float]:
        """Return a sign at every moment."""
        return [round(row[sign], DIGITS) for row in self.rows]


def replay_of(digits: ImageSet) -> dict[str, Any]:
    """Train both, and return what they looked like. Raises CourseError if neither collapsed."""
    with progress("Recording two trainings", len(RATES) * STEPS) as advance:
        runs = {name: record(rate, digits, advance) for name, rate in RATES.items()}
    healthy, collapsing = runs["healthy"], runs["collapsing"]
    if spread(collapsing.embeddings[-1]) > 0.01 * spread(healthy.embeddings[-1]):
        raise CourseError("The run that should show a collapse did not collapse.")
    recalls = {name: run.course("recall_at_1") for name, run in runs.items()}
    if recalls["healthy"][-1] <= max(recalls["healthy"][0], recalls["collapsing"][-1]):
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
        "fields": [
            {"title": one.title, "signs": dict(one.signs), "byPowers": one.by_powers}
            for one in FIELDS
        ],
        "lowest": LOWEST,
        "runs": {
            name: {**{sign: run.course(sign) for sign in SHOWN}, "maps": maps[name]}
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
    monitor = Monitor(images, labels, recall_at_k, MARGIN)
    monitor.begin(network, optimizer)
    monitor.rows[0] |= before_the_first_step(network, batches)
    embeddings = [embed(network, images[:MAPPED])]
    for _ in range(0, STEPS, STEPS_BETWEEN):
        fed, heard = monitor.fed(batches, STEPS_BETWEEN), monitor.heard(batch_hard_triplet_loss)
        loss = train_epoch(network, fed, heard, optimizer)
        monitor.look(network, loss, MINING, rate, last=False)
        embeddings.append(embed(network, images[:MAPPED]))
        advance(STEPS_BETWEEN)
    monitor.end()
    return Recording(monitor.rows, embeddings)


def before_the_first_step(network: nn.Module, batches: BalancedBatches) -> dict[str, Any]:
    """Return the signs of one batch, which the monitor has only once a step was taken."""
    images, labels = next(iter(batches))
    embeddings = embed(network, images)  # (n, dim)
    loss = batch_hard_triplet_loss(embeddings, labels).item()
    return {"loss": loss, **batch_signs(embeddings, labels, MARGIN)}


def spread(embeddings: Tensor) -> float:
    """Return how far embeddings (n, dim) lie from their mean, on average."""
    return float((embeddings - embeddings.mean(dim=0)).norm(dim=1).mean())


def flat(embeddings: Tensor, components: Tensor) -> list[list[float]]:
    """Return embeddings (n, dim) along two components (2, dim), about their mean."""
    places = (embeddings - embeddings.mean(dim=0)) @ components.T  # (n, 2)
    rounded: list[list[float]] = [[round(x, 2), round(y, 2)] for x, y in places.tolist()]
    return rounded
