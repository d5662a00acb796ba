"""Chapter 6: votes, means and retrieval measures against loops."""

from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from autograder.grading.checks import ch06_nearest_neighbours as checks
from exercises.given import toy
from solutions import ch06_nearest_neighbours as chapter

SEEDS = range(5)


def order_by_distance(gallery, query):
    return sorted(range(len(gallery)), key=lambda row: np.linalg.norm(gallery[row] - query))


def knn_by_loops(gallery, labels, queries, k):
    answers = []
    for query in queries:
        near = [labels[row] for row in order_by_distance(gallery, query)[:k]]
        votes = Counter(near)
        most = max(votes.values())
        answers.append(next(label for label in near if votes[label] == most))
    return answers


def nearest_mean_by_loops(gallery, labels, queries):
    classes = range(max(labels) + 1)
    means = [gallery[labels == label].mean(axis=0) for label in classes]
    return [order_by_distance(means, query)[0] for query in queries]


def others_by_distance(x, query):
    """Return every other row, the nearest first; the query is left out by its index."""
    return [row for row in order_by_distance(x, x[query]) if row != query]


def recall_by_loops(x, labels, k):
    hits = 0
    for query in range(len(x)):
        near = others_by_distance(x, query)[:k]
        hits += any(labels[row] == labels[query] for row in near)
    return hits / len(x)


def map_at_r_by_loops(x, labels):
    averages = []
    for query in range(len(x)):
        right = [labels[row] == labels[query] for row in others_by_distance(x, query)]
        r = sum(right)
        if r == 0:
            continue
        precisions = [sum(right[: i + 1]) / (i + 1) if right[i] else 0.0 for i in range(r)]
        averages.append(sum(precisions) / r)
    return sum(averages) / len(averages)


def draw(seed, n=30, dim=3, classes=4):
    random = np.random.default_rng(seed)
    labels = random.permutation(np.arange(n) % classes)  # every class has examples
    return random.standard_normal((n, dim)) + 0.5 * labels[:, None], labels


def tensors(*arrays):
    return [torch.tensor(array) for array in arrays]


@pytest.mark.parametrize("k", [1, 2, 4, 5, 30])
@pytest.mark.parametrize("seed", SEEDS)
def test_knn_equals_the_loops(seed, k):
    gallery, labels = draw(seed)
    queries, _ = draw(seed + 100, n=20)
    found = chapter.knn_classify(*tensors(gallery, labels, queries), k=k)
    assert found.dtype == torch.int64
    assert found.tolist() == knn_by_loops(gallery, labels, queries, k)


@pytest.mark.parametrize("near_label", [1, 2])
def test_a_tied_vote_goes_to_the_class_of_the_nearest(near_label):
    other = 3 - near_label
    gallery = torch.tensor([[4.0], [3.0], [2.0], [1.0]])
    labels = torch.tensor([near_label, other, other, near_label])
    found = chapter.knn_classify(gallery, labels, torch.zeros(1, 1), k=4)
    assert found.tolist() == [near_label]


def test_five_neighbours_vote_unless_given():
    gallery = torch.arange(6.0)[:, None]
    labels = torch.tensor([0, 0, 1, 1, 1, 0])
    assert chapter.knn_classify(gallery, labels, torch.tensor([[-1.0]])).tolist() == [1]


def test_no_queries_give_no_answers():
    gallery, labels = tensors(*draw(0))
    for classify in (chapter.knn_classify, chapter.nearest_mean_classify):
        assert classify(gallery, labels, gallery[:0]).tolist() == []


@pytest.mark.parametrize("block_elements", [1, 7, 64, 10_000])
def test_the_size_of_the_blocks_changes_no_answer(monkeypatch, block_elements):
    gallery, labels = draw(3)
    queries, _ = draw(103, n=20)
    monkeypatch.setattr(chapter, "BLOCK_ELEMENTS", block_elements)
    found = chapter.knn_classify(*tensors(gallery, labels, queries), k=5)
    assert found.tolist() == knn_by_loops(gallery, labels, queries, 5)
    recall = chapter.recall_at_k(*tensors(gallery, labels), k=2)
    assert recall == pytest.approx(recall_by_loops(gallery, labels, 2))
    map_at_r = chapter.mean_average_precision_at_r(*tensors(gallery, labels))
    assert map_at_r == pytest.approx(map_at_r_by_loops(gallery, labels))


def test_a_block_never_holds_more_distances_than_allowed(monkeypatch):
    monkeypatch.setattr(chapter, "BLOCK_ELEMENTS", 100)
    gallery, queries = torch.zeros(30, 2), torch.zeros(20, 2)
    blocks = [distances for _, distances in chapter._distance_blocks(gallery, queries)]
    assert all(block.numel() <= 100 for block in blocks)
    assert sum(len(block) for block in blocks) == 20


@pytest.mark.parametrize("seed", SEEDS)
def test_nearest_mean_equals_the_loops(seed):
    gallery, labels = draw(seed, n=31)  # classes of unequal size
    queries, _ = draw(seed + 100, n=20)
    found = chapter.nearest_mean_classify(*tensors(gallery, labels, queries))
    assert found.tolist() == nearest_mean_by_loops(gallery, labels, queries)


def test_a_class_without_examples_is_named():
    with pytest.raises(ValueError, match=r"\b2\b"):
        chapter.nearest_mean_classify(
            torch.zeros(4, 2), torch.tensor([0, 1, 3, 3]), torch.zeros(1, 2)
        )


@pytest.mark.parametrize("k", [1, 2, 5, 29])
@pytest.mark.parametrize("seed", SEEDS)
def test_recall_equals_the_loops(seed, k):
    x, labels = draw(seed)
    found = chapter.recall_at_k(*tensors(x, labels), k=k)
    assert isinstance(found, float)
    assert found == pytest.approx(recall_by_loops(x, labels, k))


@pytest.mark.parametrize("seed", SEEDS)
def test_map_at_r_equals_the_loops(seed):
    x, labels = draw(seed, n=31)
    found = chapter.mean_average_precision_at_r(*tensors(x, labels))
    assert isinstance(found, float)
    assert found == pytest.approx(map_at_r_by_loops(x, labels))


def test_the_six_points_have_the_chapters_measures():
    x, labels = tensors(toy.POINTS, toy.LABELS)
    assert chapter.recall_at_k(x, labels) == pytest.approx(4 / 6)
    assert chapter.mean_average_precision_at_r(x, labels) == pytest.approx(0.625)


def test_copies_of_another_digit_are_no_hits():
    x = torch.tensor([[0.0], [0.0], [9.0], [9.0]])
    assert chapter.recall_at_k(x, torch.tensor([0, 1, 0, 1])) == 0
    assert chapter.mean_average_precision_at_r(x, torch.tensor([0, 1, 0, 1])) == 0


def test_copies_of_the_same_digit_are_hits():
    x = torch.tensor([[0.0], [0.0], [9.0], [9.0]])
    assert chapter.recall_at_k(x, torch.tensor([0, 0, 1, 1])) == 1
    assert chapter.mean_average_precision_at_r(x, torch.tensor([0, 0, 1, 1])) == 1


def test_a_query_is_never_its_own_neighbour_among_many_copies():
    labels = torch.arange(50)  # no digit twice: nobody can be a hit but the query itself
    assert chapter.recall_at_k(torch.zeros(50, 3), labels, k=10) == 0


def test_a_query_without_others_of_its_digit_is_left_out_of_map_at_r():
    x = torch.tensor([[0.0], [1.0], [5.0]])
    assert chapter.mean_average_precision_at_r(x, torch.tensor([0, 0, 1])) == 1
    assert chapter.recall_at_k(x, torch.tensor([0, 0, 1])) == pytest.approx(2 / 3)


def test_the_six_points_of_the_checks_have_the_answers_of_the_chapter():
    x, labels = tensors(checks.SIX_POINTS, toy.LABELS)
    assert np.abs(checks.SIX_POINTS - toy.POINTS).max() < 0.05
    assert chapter.recall_at_k(x, labels, k=1) == pytest.approx(4 / 6)
    assert chapter.recall_at_k(x, labels, k=2) == pytest.approx(5 / 6)
    assert chapter.mean_average_precision_at_r(x, labels) == pytest.approx(0.625)
    assert chapter.nearest_mean_classify(x, labels, x[3:4]).tolist() == [0]
    query = torch.tensor([[0.0, 1.6]])
    assert [chapter.knn_classify(x, labels, query, k=k).item() for k in (1, 2, 3)] == [1, 1, 0]


def among_copies(recall_at_k):
    code = SimpleNamespace(recall_at_k=recall_at_k)
    return checks.recall_among_copies(code, **checks.copies(np.random.default_rng(0)))


@pytest.mark.parametrize("rows", [64, 500, 1000])
def test_an_index_that_is_counted_from_the_start_of_a_block_is_noticed(rows):
    def recall_at_k(x, labels, k):
        hits = []
        for block, own in zip(x.split(rows), labels.split(rows), strict=True):
            distances = torch.cdist(block, x)
            places = torch.arange(len(block))
            distances[places, places] = torch.inf
            near = labels[distances.topk(k, largest=False).indices]  # (rows, k)
            hits.append((near == own[:, None]).any(dim=1))
        return torch.cat(hits).double().mean()

    right = among_copies(chapter.recall_at_k)
    assert among_copies(recall_at_k) == {**right, checks.AMONG_MANY: True}


def test_nobody_waits_for_code_that_goes_pair_by_pair():
    def recall_at_k(x, labels, k):
        hits = 0
        for i, query in enumerate(x):
            far = [torch.inf if i == j else torch.dist(query, y).item() for j, y in enumerate(x)]
            near = np.argsort(far)[:k]
            hits += any(labels[j] == labels[i] for j in near)
        return hits / len(x)

    assert among_copies(recall_at_k) == among_copies(chapter.recall_at_k)
