"""Losses, gradients, mining and measures of the explorables against the solutions, at random."""

from typing import Any

import numpy as np
import pytest
import torch

from autograder.chapters import BOOK
from solutions.ch04_triplet_loss import pairwise_distances, triplet_loss, triplet_loss_gradient
from solutions.ch05_triplet_mining import (
    batch_all_triplet_loss,
    batch_hard_triplet_loss,
    semi_hard_triplet_loss,
    valid_triplets,
)
from solutions.ch06_nearest_neighbours import knn_classify, mean_average_precision_at_r, recall_at_k

pytestmark = pytest.mark.slow
CASES = 1_000
TOLERANCE = 1e-5


@pytest.fixture(scope="module")
def cases(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """Draw batches of 2 to 9 points in 1 to 4 dimensions, in 1 to 3 classes, and margins."""
    seed = np.random.SeedSequence().entropy
    print(f"seed of the random cases: {seed}")
    random = np.random.default_rng(seed)
    drawn = []
    for _ in range(CASES):
        count, dim = random.integers(2, 10), random.integers(1, 5)
        drawn.append(
            {
                "points": random.standard_normal((count, dim)).tolist(),
                "labels": random.integers(0, random.integers(1, 4), count).tolist(),
                "margin": float(random.uniform(0, 2)),
                "k": int(random.integers(1, count)),
                "triplet": random.standard_normal((3, dim)).tolist(),
            }
        )
    return drawn


@pytest.fixture(scope="module")
def page(chromium: Any) -> Any:
    tab = chromium.new_page()
    tab.add_script_tag(path=BOOK / "explorables" / "metric.js")
    yield tab
    tab.close()


def in_browser(page: Any, cases: list[dict[str, Any]], expression: str) -> list[Any]:
    """Return what an expression of one case says in the browser, for every case."""
    return page.evaluate(
        f"cases => cases.map(({{points, labels, margin, k, triplet}}) => {expression})", cases
    )


def tensors(case: dict[str, Any]) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.tensor(case["points"], dtype=torch.float64), torch.tensor(case["labels"])


def largest_difference(found: list[Any], expected: list[Any]) -> float:
    return max(
        float(np.abs(np.asarray(one, float) - np.asarray(other, float)).max(initial=0))
        for one, other in zip(found, expected, strict=True)
    )


def test_distances_are_those_of_chapter_4(page, cases):
    found = in_browser(page, cases, "Metric.pairwiseDistances(points)")
    # The solution's matrix product rounds: two equal rows come out at a tiny distance.
    expected = [pairwise_distances(tensors(one)[0], tensors(one)[0]).numpy() for one in cases]
    assert largest_difference(found, expected) < TOLERANCE


def test_the_loss_and_its_gradient_are_those_of_chapter_4(page, cases):
    loss = in_browser(page, cases, "Metric.tripletLoss(...triplet, margin)")
    gradient = in_browser(
        page,
        cases,
        "(g => [g.anchor, g.positive, g.negative])(Metric.tripletGradient(...triplet, margin))",
    )
    triplets = [[np.array([point]) for point in one["triplet"]] for one in cases]
    expected_loss = [
        triplet_loss(*map(torch.from_numpy, triplet), one["margin"]).item()
        for triplet, one in zip(triplets, cases, strict=True)
    ]
    expected_gradient = [
        np.concatenate(triplet_loss_gradient(*triplet, one["margin"]))
        for triplet, one in zip(triplets, cases, strict=True)
    ]
    assert largest_difference(loss, expected_loss) < TOLERANCE
    assert largest_difference(gradient, expected_gradient) < TOLERANCE


def test_the_gradient_at_distance_zero_is_zero(page):
    point = [1.0, 2.0]
    found = page.evaluate("p => Metric.tripletGradient(p, p, p, 1)", point)
    assert [abs(value) for part in found.values() for value in part] == [0] * 6


def test_mining_is_that_of_chapter_5(page, cases):
    found = in_browser(
        page,
        cases,
        "[Metric.validTriplets(labels).length, Metric.batchAll(points, labels, margin).loss,"
        " Metric.batchAll(points, labels, margin).activeFraction,"
        " Metric.semiHard(points, labels, margin).loss,"
        " Metric.batchHard(points, labels, margin).loss,"
        " Metric.batchHard(points, labels, null).loss]",
    )
    expected = []
    for one in cases:
        points, labels = tensors(one)
        loss, share = batch_all_triplet_loss(points, labels, one["margin"])
        expected.append(
            [
                int(valid_triplets(labels).sum()),
                loss.item(),
                float(share),
                semi_hard_triplet_loss(points, labels, one["margin"]).item(),
                batch_hard_triplet_loss(points, labels, one["margin"]).item(),
                batch_hard_triplet_loss(points, labels).item(),
            ]
        )
    assert largest_difference(found, expected) < TOLERANCE
    # Empty batches and full ones are both among the cases.
    assert 0 < sum(row[0] == 0 for row in expected) < CASES


def test_measures_are_those_of_chapter_6(page, cases):
    found = in_browser(
        page,
        cases,
        "[Metric.recallAtK(points, labels, k), Metric.meanAveragePrecisionAtR(points, labels)]",
    )
    expected = [
        [recall_at_k(*tensors(one), k=one["k"]), mean_average_precision_at_r(*tensors(one))]
        for one in cases
    ]
    assert largest_difference(found, expected) < TOLERANCE


def test_the_vote_is_that_of_chapter_6(page, cases):
    found = in_browser(
        page,
        cases,
        "Metric.vote(Metric.nearest(points.map(one => Metric.distance(one, triplet[0])), k)"
        ".map(row => labels[row]))",
    )
    expected = [
        knn_classify(
            *tensors(one), torch.tensor(one["triplet"][:1], dtype=torch.float64), k=one["k"]
        ).item()
        for one in cases
    ]
    assert found == expected
