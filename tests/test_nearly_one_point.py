"""Embeddings that are nearly one point: measured as in float64, reported beside what a part says."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from rich.console import Console
from torch import Tensor

from autograder.experiments import run_unseen_class
from autograder.experiments.chosen_parts import ChosenParts, reference_parts
from autograder.experiments.result_tables import show_findings
from exercises.given.drawing.maps import pca_map, tsne_map
from exercises.given.errors import CourseError
from exercises.given.measuring import exact_neighbours
from exercises.given.measuring.by_query import centred, retrieval_by_query
from exercises.given.measuring.exact_neighbours import nearest_to
from exercises.given.measuring.space import disagreement, measure
from exercises.given.studies.unseen_class import run_experiment
from exercises.given.training.settings import Settings
from tests.few_digits import few_digits

PARTS = reference_parts().parts
COUNT, DIM = 300, 64
SMALL = Settings(steps=20, device="cpu")


def noise(count: int = COUNT) -> Tensor:
    return torch.randn(count, DIM, generator=torch.Generator().manual_seed(0))


def sides() -> Tensor:
    """Return 1 and -1 by turns (n, 1)."""
    return 1 - 2.0 * (torch.arange(COUNT)[:, None] % 2)


CLOUDS = {
    "one point": 1000 + 1e-4 * noise(),
    "two points": 1000 * sides() + 1e-2 * noise(),
    "a line": 1000 * torch.linspace(-1, 1, DIM) * noise()[:, :1] + 1e-2 * noise().flip(0),
    "one point, and one far away": torch.cat([torch.full((1, DIM), 1e5), 1 + 1e-3 * noise()[1:]]),
    "all the same": torch.ones(COUNT, DIM),
    "too large to be squared": 1e25 * noise(),
    "too small to be squared": 1e-28 * noise(),
}
each_cloud = pytest.mark.parametrize("cloud", CLOUDS.values(), ids=CLOUDS.keys())


def labels_of(count: int = COUNT) -> Tensor:
    return torch.randint(0, 10, (count,), generator=torch.Generator().manual_seed(1))


def slowly(points: Tensor, labels: Tensor) -> dict[str, float]:
    """Return the three measures by a loop over queries, in float64, by differences."""
    exact, own = points.numpy().astype(np.float64), labels.numpy()
    recalls, precisions, averages = [], [], []
    for query, point in enumerate(exact):
        distances = ((exact - point) ** 2).sum(axis=1)
        order = [row for row in np.argsort(distances, kind="stable") if row != query]
        right = own[order] == own[query]
        to_find = right.sum()
        ranks = np.arange(1, to_find + 1)
        recalls.append(right[0])
        precisions.append(right[:to_find].mean())
        averages.append((right[:to_find].cumsum() / ranks * right[:to_find]).sum() / to_find)
    found = {"Recall@1": recalls, "R-precision": precisions, "MAP@R": averages}
    return {name: float(np.mean(values)) for name, values in found.items()}


@each_cloud
def test_what_is_measured_is_what_float64_finds(cloud: Tensor):
    labels = labels_of()
    (points,) = centred(cloud)
    found = retrieval_by_query(points, labels, cloud)
    measured = {name: float(values.mean()) for name, values in found.items()}
    assert measured == pytest.approx(slowly(cloud, labels), abs=1e-5)


@each_cloud
def test_neighbours_in_a_gallery_are_those_of_float64(cloud: Tensor):
    gallery, queries = centred(cloud[:200], cloud[200:])
    _, rows = nearest_to(queries, gallery, 1, None, (cloud[200:], cloud[:200]))
    for query, row in zip(cloud[200:].double(), rows[:, 0], strict=True):
        distances = (cloud[:200].double() - query).square().sum(dim=1)
        assert distances[row] == pytest.approx(float(distances.min()), rel=1e-5)


def test_blocks_of_any_size_find_the_same(monkeypatch: pytest.MonkeyPatch):
    (points,) = centred(CLOUDS["one point"])
    own = torch.arange(COUNT)
    whole = nearest_to(points, points, 4, own)
    monkeypatch.setattr(exact_neighbours, "BLOCK_ELEMENTS", 7 * COUNT)
    for found, expected in zip(nearest_to(points, points, 4, own), whole, strict=True):
        assert torch.equal(found, expected)


def test_points_that_lie_apart_keep_the_order_of_float32():
    points = noise(200)
    distances = torch.cdist(points, points).fill_diagonal_(torch.inf)
    values, rows = nearest_to(points, points, 9, torch.arange(200))
    expected = distances.topk(9, dim=1, largest=False)
    assert torch.equal(values, expected.values)
    assert torch.equal(rows, expected.indices)


def test_a_part_that_ranks_by_rounding_is_reported_and_not_accused():
    digits = few_digits(COUNT, COUNT)
    digits = replace(digits, train_labels=digits.test_labels)
    apart = 100 * torch.eye(10, DIM)[digits.test_labels]  # (n, dim) each class at its own place
    cloud = 1000 * sides() + 1e-2 * (noise() + apart)
    space = measure(cloud, cloud, digits, PARTS, (0,))
    counted, returned = space.recall_at_1["all"], space.recall_at_1_by_part
    assert counted != pytest.approx(returned, abs=2 / COUNT)
    assert counted > 0.9
    line = disagreement(space, COUNT)
    assert f"{counted:.4f}" in line
    assert f"{returned:.4f}" in line
    assert "float32 cannot tell" in line
    assert "check 6" not in line


@pytest.mark.parametrize("method", ["pca", "t-SNE"])
@pytest.mark.parametrize("rows", [torch.ones(50, 8), 1e30 * torch.ones(50, 8)])
def test_a_map_of_one_point_is_one_point(method: str, rows: Tensor):
    drawn = pca_map(rows, PARTS.pca) if method == "pca" else tsne_map(rows, seed=0)
    assert drawn.shape == (50, 2)
    assert not drawn.any()


def collapsing(network, batches, loss_fn, optimizer):
    """Take the steps, then give every image the same embedding."""
    loss = PARTS.train_epoch(network, batches, loss_fn, optimizer)
    with torch.no_grad():
        *_, weight, bias = network.parameters()
        weight.zero_()
        bias.fill_(1000.0)
    return loss


def test_a_run_that_collapsed_and_a_part_that_disagrees_lose_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    parts = replace(PARTS, train_epoch=collapsing, recall_at_k=lambda *_, **__: 0.75)
    chosen = ChosenParts(parts, own=(), from_reference=())
    monkeypatch.setattr(run_unseen_class, "own_parts", lambda *_: chosen)
    digits = few_digits(300, 100)
    run_unseen_class.run(digits, steps=20, out=tmp_path / "run", device="cpu", mine=True)
    results = json.loads((tmp_path / "run" / "results.json").read_text(encoding="utf-8"))
    assert results["embedding"]["recall_at_1_by_part"] == 0.75
    assert results["embedding"]["blurred_share"] == 1.0
    assert "returned 0.7500" in " ".join(capsys.readouterr().out.split())


def test_embeddings_that_are_no_numbers_are_one_line():
    def ruined(network, batches, loss_fn, optimizer):
        loss = PARTS.train_epoch(network, batches, loss_fn, optimizer)
        for parameter in network.parameters():
            parameter.data.fill_(float("nan"))
        return loss

    with pytest.raises(CourseError, match=r"300 of 300 embeddings are not numbers"):
        run_experiment(few_digits(300, 100), replace(PARTS, train_epoch=ruined), SMALL)


def test_a_part_that_is_wrong_is_named_where_the_embeddings_lie_apart():
    parts = replace(PARTS, recall_at_k=lambda *_, **__: 1.0)
    found = run_experiment(few_digits(300, 100), parts, SMALL)
    assert "triplet check 6" in disagreement(found.embedding, 100)
    show_findings(Console(width=200), found)
