"""The monitor: what it says is what others compute, and it leaves the training as it was."""

import itertools
import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.spatial.distance import pdist, squareform
from scipy.stats import entropy
from torch import Tensor, nn

from autograder.experiments.chosen_parts import reference_parts
from autograder.grading.loading import ChapterFolder
from exercises.given.measuring.by_query import recall_at_1
from exercises.given.training import monitor as monitor_file
from exercises.given.training.batch_signs import batch_signs, effective_rank
from exercises.given.training.dead_units import dead_share
from exercises.given.training.held_out import held_out_rows
from exercises.given.training.loop import train
from exercises.given.training.monitor import COLUMNS, LAYER_COLUMNS, Monitor, NotANumber
from exercises.given.training.settings import Settings
from exercises.given.training.step_sizes import WHOLE, StepSizes
from tests.few_digits import few_digits
from tests.test_mine import ACCEPTED

PARTS = reference_parts().parts
MARGIN = 0.5


@pytest.fixture
def batch() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(12, 5, generator=generator), torch.arange(12) // 3


def watched_training(settings: Settings, parts=PARTS, **of_train) -> tuple[nn.Module, Monitor]:
    digits = few_digits(600, 100)
    torch.manual_seed(settings.seed)
    network = parts.SimpleMetricEmbedding()
    watch = Monitor(digits.train_images[:50], digits.train_labels[:50], recall_at_1)
    images, labels = digits.train_images, digits.train_labels
    train(network, images, labels, parts, settings, lambda _: None, monitor=watch, **of_train)
    return network, watch


# A batch


def test_distances_and_norms_are_those_of_scipy(batch):
    points, labels = batch
    signs = batch_signs(points, labels, MARGIN)
    distances = squareform(pdist(points.double().numpy()))
    same = labels.numpy()[:, None] == labels.numpy()[None]
    off_diagonal = ~np.eye(12, dtype=bool)
    assert signs["positive_distance"] == pytest.approx(distances[same & off_diagonal].mean())
    assert signs["negative_distance"] == pytest.approx(distances[~same].mean())
    norms = np.linalg.norm(points.double().numpy(), axis=1)
    assert signs["norm"] == pytest.approx(norms.mean())
    assert signs["norm_spread"] == pytest.approx(norms.std())


def test_the_active_share_counts_triplets_one_by_one(batch):
    points, labels = batch
    losses = [
        float(torch.dist(points[a], points[p]) - torch.dist(points[a], points[n]) + MARGIN)
        for a, p, n in itertools.product(range(12), repeat=3)
        if a != p and labels[a] == labels[p] and labels[a] != labels[n]
    ]
    share = sum(loss > 0 for loss in losses) / len(losses)
    assert 0.2 < share < 0.9
    assert batch_signs(points, labels, MARGIN)["active_share"] == pytest.approx(share)


def test_the_effective_rank_is_the_exponential_of_an_entropy(batch):
    points = batch[0].double().numpy()
    strengths = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
    assert effective_rank(batch[0].double()) == pytest.approx(np.exp(entropy(strengths)))


@pytest.mark.parametrize(("directions", "rank"), [(0, 0), (1, 1), (3, 3)])
def test_the_effective_rank_counts_even_directions(directions: int, rank: int):
    axes = torch.eye(8, dtype=torch.float64)[:directions]
    points = 7 + torch.cat([axes, -axes, torch.zeros(4, 8, dtype=torch.float64)])
    assert effective_rank(points) == pytest.approx(rank)


def test_rounding_is_no_direction():
    points = (1000 + 1e-5 * torch.randn(20, 8)).float()
    assert effective_rank(points.double()) == 0


def test_a_batch_without_a_pair_says_nothing_of_pairs():
    signs = batch_signs(torch.rand(4, 3), torch.arange(4), MARGIN)
    assert signs["active_share"] is None
    assert signs["positive_distance"] is None
    assert signs["batch_recall_at_1"] is None
    assert signs["negative_distance"] > 0


# Layers, and units


def test_a_step_of_plain_descent_is_the_rate_times_the_gradient():
    network = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    sizes = StepSizes(network, optimizer)
    sizes.ask_for(2)
    for number in range(3):
        optimizer.zero_grad()
        network(torch.randn(5, 3)).square().sum().backward()
        if number == 1:
            gradients = [one.grad.clone() for one in network.parameters()]
            before = [one.detach().clone() for one in network.parameters()]
        optimizer.step()
    norms = torch.stack([one.norm() for one in gradients])  # two of each layer
    lengths = torch.stack([one.norm() for one in before])
    for row, own in zip(sizes.rows, (slice(0, 2), slice(2, 4), slice(0, 4)), strict=True):
        assert row["gradient_norm"] == pytest.approx(float(norms[own].norm()), rel=1e-5)
        step = 0.1 * float(norms[own].norm() / lengths[own].norm())
        assert row["relative_update"] == pytest.approx(step, rel=1e-4)
    assert [row["layer"] for row in sizes.rows] == ["0", "1", WHOLE]
    sizes.leave()
    sizes.ask_for(1)
    optimizer.step()
    assert sizes.rows == []


class Cut(nn.Module):
    """A convolution of eight channels, and a cut at zero that is written in one of many ways."""

    def __init__(self, cut):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.cut = cut

    def forward(self, images: Tensor) -> Tensor:
        return self.cut(self.conv(images)).mean(dim=(2, 3))


@pytest.mark.parametrize(
    "cut",
    [
        *(nn.ReLU(), nn.ReLU(inplace=True), torch.relu, nn.functional.relu),
        *(lambda x: x.clamp(min=0), lambda x: torch.where(x > 0, x, 0.0), lambda x: x * (x > 0)),
        nn.ELU(),
    ],
)
def test_a_channel_that_is_always_zero_is_dead(cut):
    network = Cut(cut).train()
    with torch.no_grad():
        network.conv.bias.fill_(9.0)
        network.conv.bias[:3] = -100.0
        network.conv.bias[3] = 0.0  # now above zero, now below: alive
    is_found = not isinstance(cut, nn.ELU)
    assert dead_share(network, torch.randn(6, 1, 9, 9)) == (3 / 8 if is_found else None)
    assert network.training


@pytest.mark.parametrize("folder", ACCEPTED, ids=lambda folder: folder.name)
def test_the_units_of_networks_that_are_written_otherwise_are_found(folder):
    network = ChapterFolder(folder).load("ch03_embedding_network").SimpleMetricEmbedding()
    assert dead_share(network, torch.rand(6, 1, 28, 28)) is not None


# A training


def test_a_watched_training_ends_in_the_same_network():
    settings = Settings(steps=70, device="cpu")
    watched, _ = watched_training(settings)
    digits = few_digits(600, 100)
    torch.manual_seed(settings.seed)
    alone = PARTS.SimpleMetricEmbedding()
    train(alone, digits.train_images, digits.train_labels, PARTS, settings, lambda _: None)
    for one, other in zip(watched.parameters(), alone.parameters(), strict=True):
        assert torch.equal(one, other)


def test_there_is_a_row_for_the_start_and_for_every_50_steps():
    _, watch = watched_training(Settings(steps=120, device="cpu"))
    assert [row["step"] for row in watch.rows] == [0, 50, 100, 120]
    assert all(tuple(row) == COLUMNS for row in watch.rows)
    assert all({"step", *LAYER_COLUMNS} == set(row) for row in watch.layers)
    assert watch.rows[0]["recall_at_1"] is not None
    for row in watch.rows[1:]:
        assert None not in row.values()
    layers = {row["layer"] for row in watch.layers}
    assert layers == {"block1.conv", "block2.norm", "block2.conv", "block3.norm", "block3.conv"}
    assert len(watch.layers) == 3 * len(layers)


def test_the_docstring_describes_every_column_in_its_order():
    described = re.findall(r"^\| (\w+) \| (?!what|-)", monitor_file.__doc__, re.M)
    assert tuple(described) == COLUMNS
    assert ", ".join(LAYER_COLUMNS) in " ".join(monitor_file.__doc__.split())


def test_a_layer_that_no_gradient_reaches_is_seen():
    class Idle(PARTS.SimpleMetricEmbedding):
        def __init__(self, **sizes):
            super().__init__(**sizes)
            self.unused = nn.Linear(3, 3)

    parts = replace(PARTS, SimpleMetricEmbedding=Idle)
    _, watch = watched_training(Settings(steps=20, device="cpu"), parts)
    layers = {row["layer"]: row for row in watch.layers}
    assert layers["unused"]["gradient_norm"] == 0
    assert layers["unused"]["relative_update"] == 0
    assert layers["block3.conv"]["gradient_norm"] > 0


def test_a_training_without_zero_grad_shows_in_the_gradient():
    def forgetful(network, batches, loss_fn, optimizer):
        total = 0.0
        for images, labels in batches:
            loss = loss_fn(network(images), labels)
            loss.backward()
            optimizer.step()
            total = loss.item()
        return total

    _, healthy = watched_training(Settings(steps=50, device="cpu"))
    _, sick = watched_training(
        Settings(steps=50, device="cpu"), replace(PARTS, train_epoch=forgetful)
    )
    assert sick.rows[-1]["gradient_norm"] > 4 * healthy.rows[-1]["gradient_norm"]


def test_a_loss_that_is_no_number_stops_the_training_with_its_row_kept():
    digits = few_digits(600, 100)
    seen = []

    def losing(network, batches, loss_fn, optimizer):
        loss = PARTS.train_epoch(network, batches, loss_fn, optimizer)
        seen.append(loss)
        return float("nan") if len(seen) == 2 else loss

    watch = Monitor(digits.train_images[:50], digits.train_labels[:50], recall_at_1)
    parts = replace(PARTS, train_epoch=losing)
    with pytest.raises(NotANumber, match="nan after step 100"):
        train(
            PARTS.SimpleMetricEmbedding(), digits.train_images, digits.train_labels, parts,
            Settings(steps=200, device="cpu"), lambda _: None, monitor=watch,
        )  # fmt: skip
    assert [row["step"] for row in watch.rows] == [0, 50, 100]
    assert np.isnan(watch.rows[-1]["loss"])


# The images that are watched


def test_every_class_gives_as_many_images():
    labels = torch.arange(9).repeat(2_000)
    rows = held_out_rows(labels, seed=3)
    assert torch.bincount(labels[rows]).tolist() == [111] * 9
    assert len(torch.unique(rows)) == len(rows)
    assert not torch.equal(rows, held_out_rows(labels, seed=4))


def test_of_many_small_classes_some_give_two_images_or_more():
    labels = torch.arange(900).repeat(20)
    counts = torch.bincount(labels[held_out_rows(labels, seed=0)])
    assert set(counts.tolist()) == {0, 2}
    assert counts.sum() == 1_000


def test_classes_that_are_too_small_are_left_alone():
    labels = torch.cat([torch.zeros(30), torch.ones(5)]).long()
    assert labels[held_out_rows(labels, seed=0)].tolist() == [0] * 5
    assert len(held_out_rows(torch.arange(4), seed=0)) == 0
