"""The course's losses, neighbours and PCA against what a user would pick instead, by turns.

Then its training, against the recipe that it descends from and against the clock.
"""

from collections.abc import Callable

import faiss
import numpy as np
import torch
from pytorch_metric_learning.distances import LpDistance
from pytorch_metric_learning.losses import TripletMarginLoss
from pytorch_metric_learning.miners import BatchHardMiner
from pytorch_metric_learning.reducers import AvgNonZeroReducer, MeanReducer
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier
from torch import Tensor

from exercises.given.data import load_images
from exercises.given.measuring import fast_neighbours
from exercises.given.training.fast_losses import batch_all_of_distances, batch_hard_by_index
from solutions.ch04_triplet_loss import pairwise_distances
from solutions.ch08_embedding_space import pca
from tests.benchmarks import training
from tests.benchmarks.tables import Table, by_turns

DIM, MARGIN, CLASSES = 64, 1.0, 9
GALLERY, QUERIES, NEIGHBOURS = 60_000, 10_000, 5
TOLERANCE = 1e-4
ROUNDS = 9

Loss = Callable[[Tensor, Tensor], Tensor]


def step(loss_of: Loss, points: Tensor, labels: Tensor) -> Tensor:
    """Return the loss after a forward and a backward pass."""
    rows = points.clone().requires_grad_()
    loss = loss_of(rows, labels)
    loss.backward()
    return loss.detach()


def losses(table: Table) -> None:
    """Measure batch-hard and batch-all, forward and backward, and hold their values equal."""
    euclidean = LpDistance(normalize_embeddings=False)
    miner = BatchHardMiner(distance=euclidean)
    hard = TripletMarginLoss(margin=MARGIN, distance=euclidean, reducer=MeanReducer())
    every = TripletMarginLoss(margin=MARGIN, distance=euclidean, reducer=AvgNonZeroReducer())

    def their_hard(rows: Tensor, labels: Tensor) -> Tensor:
        return hard(rows, labels, miner(rows, labels))

    def our_hard(rows: Tensor, labels: Tensor) -> Tensor:
        return batch_hard_by_index(rows, labels, MARGIN)

    def our_all(rows: Tensor, labels: Tensor) -> Tensor:
        return batch_all_of_distances(pairwise_distances(rows, rows), labels, MARGIN)[0]

    for count in (144, 512):
        for name, ours, theirs, bar in (
            ("batch-hard", our_hard, their_hard, 0.6),
            ("batch-all", our_all, every, 0.8),
        ):
            compare(table, f"{name}, n = {count}", ours, theirs, count, bar)


def compare(table: Table, what: str, ours: Loss, theirs: Loss, count: int, bar: float) -> None:
    """Hold the values of one batch equal, then measure both."""
    generator = torch.Generator().manual_seed(0)
    points = torch.randn(count, DIM, generator=generator) / 4
    labels = torch.arange(count) % CLASSES
    difference = float(abs(step(ours, points, labels) - step(theirs, points, labels)))
    if difference > TOLERANCE:
        raise SystemExit(f"{what}: the values differ by {difference:.1e}")
    taken = by_turns(
        lambda: step(ours, points, labels), lambda: step(theirs, points, labels), ROUNDS
    )
    table.add(what, "pytorch-metric-learning", *taken, bar)


def neighbours(table: Table) -> None:
    """Measure the vote of five neighbours, 60,000 x 10,000."""
    random = np.random.default_rng(0)
    middles = random.standard_normal((10, 784)).astype(np.float32)
    labels = random.integers(0, 10, GALLERY + QUERIES)
    everything = middles[labels] + random.standard_normal((len(labels), 784)).astype(np.float32)
    for dim, peers in ((32, (("faiss-cpu, flat", 3.0), ("scikit-learn, brute", 0.8))), (784, ())):
        points = np.ascontiguousarray(everything[:, :dim])
        gallery, queries = points[:GALLERY], points[GALLERY:]
        gallery_labels = labels[:GALLERY]
        tensors = [torch.from_numpy(one) for one in (gallery, gallery_labels, queries)]

        def ours(tensors: list[Tensor] = tensors) -> Tensor:
            near, near_labels, far = tensors
            voters = near_labels[fast_neighbours.nearest(near, far, NEIGHBOURS)]  # (n, k)
            return voters.mode(dim=1).values

        def by_faiss(gallery=gallery, queries=queries, own=gallery_labels):
            index = faiss.IndexFlatL2(gallery.shape[1])
            index.add(gallery)
            _, rows = index.search(queries, NEIGHBOURS)
            return torch.from_numpy(own[rows]).mode(dim=1).values

        def by_sklearn(gallery=gallery, queries=queries, own=gallery_labels):
            voter = KNeighborsClassifier(NEIGHBOURS, algorithm="brute").fit(gallery, own)
            return voter.predict(queries)

        theirs = {"faiss-cpu, flat": by_faiss, "scikit-learn, brute": by_sklearn}
        bars = dict(peers)
        for peer, function in theirs.items():
            taken = by_turns(ours, function, rounds=3 if dim == 32 else 1)
            what = f"5-NN, {GALLERY:,} x {QUERIES:,}, {dim} dimensions"
            table.add(what, peer, *taken, bars.get(peer))


def components(table: Table) -> None:
    """Measure two principal components of 10,000 images."""
    points = np.random.default_rng(0).random((QUERIES, 784), dtype=np.float32)
    tensor = torch.from_numpy(points)
    taken = by_turns(
        lambda: pca(tensor, 2), lambda: PCA(2, svd_solver="full").fit_transform(points), rounds=2
    )
    table.add("PCA, 10,000 x 784", "scikit-learn, full SVD", *taken, None)


def main() -> None:
    """Print all that is measured, and keep it for the book."""
    table = Table()
    digits = load_images()
    losses(table)
    neighbours(table)
    components(table)
    training.time_to_recall(table, digits)
    training.best_in_a_minute(table, digits)
    table.write()
