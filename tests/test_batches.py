"""Balanced batches, embedding in bounded memory, and the by_query query by query."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from exercises.given.data.batches import BalancedBatches
from exercises.given.measuring import by_group, by_query
from exercises.given.training.embedding import embed
from solutions.ch06_nearest_neighbours import recall_at_k


def draw_digits(seed=0, n=60, border=0):
    """Draw images whose outer `border` pixels are blank, six of each digit."""
    images = torch.zeros(n, 1, 28, 28)
    inner = torch.rand(
        n, 1, 28 - 2 * border, 28 - 2 * border, generator=torch.Generator().manual_seed(seed)
    )
    images[:, :, border : 28 - border, border : 28 - border] = inner
    return images, torch.arange(n) % 10


def rows_of(batch_images, images):
    """Return which of the images each image of a batch is."""
    return [int((images == image).flatten(1).all(dim=1).nonzero()[0]) for image in batch_images]


@settings(deadline=None, max_examples=40)
@given(digits=st.integers(1, 10), per_digit=st.integers(1, 9), seed=st.integers(0, 2**32))
def test_every_batch_has_k_images_of_each_of_p_digits(digits, per_digit, seed):
    images, labels = draw_digits()
    batches = BalancedBatches(
        images, labels, steps=3, classes_per_batch=digits, images_per_class=per_digit, seed=seed
    )
    assert len(batches) == len(list(batches)) == 3
    for batch_images, batch_labels in batches:
        assert batch_images.shape == (digits * per_digit, 1, 28, 28)
        found, counts = torch.unique(batch_labels, return_counts=True)
        assert len(found) == digits
        assert counts.tolist() == [per_digit] * digits


def test_all_digits_are_in_a_batch_unless_told():
    images, labels = draw_digits()
    kept = labels != 4
    _, batch_labels = next(iter(BalancedBatches(images[kept], labels[kept], steps=1)))
    assert sorted(set(batch_labels.tolist())) == [0, 1, 2, 3, 5, 6, 7, 8, 9]


def test_without_a_shift_a_batch_holds_the_images_themselves():
    images, labels = draw_digits()
    for batch_images, batch_labels in BalancedBatches(images, labels, steps=2, seed=1):
        assert torch.equal(labels[rows_of(batch_images, images)], batch_labels)


def test_no_image_comes_twice_where_there_are_enough():
    images, labels = draw_digits()
    batches = BalancedBatches(images, labels, steps=5, images_per_class=6, seed=0)
    for batch_images, _ in batches:
        assert len(set(rows_of(batch_images, images))) == 60


def test_the_same_seed_gives_the_same_batches_and_every_pass_others():
    images, labels = draw_digits()

    def make(seed):
        return BalancedBatches(images, labels, steps=3, images_per_class=2, shift=2, seed=seed)

    one, other = make(5), make(5)
    first_pass = list(one)
    for (x, x_labels), (y, y_labels) in zip(first_pass, other, strict=True):
        assert torch.equal(x, y)
        assert torch.equal(x_labels, y_labels)
    assert not torch.equal(first_pass[0][0], next(iter(one))[0])
    assert not torch.equal(first_pass[0][0], next(iter(make(6)))[0])


@pytest.mark.parametrize("shift", [1, 3])
@pytest.mark.parametrize("seed", range(3))
def test_a_shift_moves_an_image_and_loses_no_pixel_of_it(seed, shift):
    images, labels = draw_digits(seed, n=10, border=shift)
    batches = BalancedBatches(images, labels, steps=4, images_per_class=2, shift=shift, seed=seed)
    offsets = set()
    for batch_images, batch_labels in batches:
        for image, label in zip(batch_images, batch_labels, strict=True):
            original = images[label]  # with ten images, digit d is image d
            torch.testing.assert_close(image.sum(), original.sum())
            moves = [
                (down, right)
                for down in range(-shift, shift + 1)
                for right in range(-shift, shift + 1)
                if torch.equal(torch.roll(original, (down, right), dims=(1, 2)), image)
            ]
            assert len(moves) == 1
            offsets.update(moves)
    assert {down for down, _ in offsets} == set(range(-shift, shift + 1))
    assert {right for _, right in offsets} == set(range(-shift, shift + 1))


def test_more_digits_than_there_are_is_an_error():
    images, labels = draw_digits()
    with pytest.raises(ValueError, match="11"):
        BalancedBatches(images, labels, steps=1, classes_per_batch=11)


@pytest.mark.parametrize("batch_size", [1, 7, 60, 500])
def test_embedding_in_parts_equals_one_pass(batch_size):
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Dropout(), nn.Linear(784, 3))
    images, _ = draw_digits()
    found = embed(network, images, batch_size=batch_size)
    torch.testing.assert_close(found, network.eval()(images).detach())


@pytest.mark.parametrize("training", [True, False])
def test_embedding_gives_the_network_its_mode_back(training):
    network = nn.Sequential(nn.Flatten(), nn.Linear(784, 3)).train(training)
    embed(network, draw_digits()[0])
    assert network.training is training


def test_embedding_gives_the_mode_back_after_an_error():
    network = nn.Sequential(nn.Linear(5, 3)).train()
    with pytest.raises(RuntimeError):
        embed(network, draw_digits()[0])
    assert network.training


def test_embeddings_are_ordinary_tensors():
    found = embed(nn.Flatten(), draw_digits()[0])
    assert not found.is_inference()
    assert not found.requires_grad
    found.requires_grad_().square().sum().backward()  # an inference tensor would refuse


@pytest.mark.parametrize("rows_at_a_time", [1, 7, 1_000])
@pytest.mark.parametrize("seed", range(3))
def test_recall_at_1_of_each_query_equals_the_loops(monkeypatch, seed, rows_at_a_time):
    monkeypatch.setattr(by_query, "ROWS_AT_A_TIME", rows_at_a_time)
    random = np.random.default_rng(seed)
    x, labels = random.standard_normal((25, 3)), random.integers(0, 3, 25)
    expected = []
    for query in range(25):
        others = [row for row in range(25) if row != query]
        nearest = min(others, key=lambda row: np.linalg.norm(x[row] - x[query]))
        expected.append(labels[nearest] == labels[query])
    embeddings, digits = torch.from_numpy(x), torch.from_numpy(labels)
    hits = by_query.retrieval_by_query(embeddings, digits)["Recall@1"]
    assert hits.tolist() == expected
    assert hits.double().mean().item() == pytest.approx(recall_at_k(embeddings, digits, k=1))


def test_a_copy_of_another_digit_is_no_hit():
    pairs = torch.tensor([[0.0, 0], [0, 0], [5, 5], [5, 5]])
    hits = by_query.retrieval_by_query(pairs, torch.tensor([0, 1, 0, 1]))["Recall@1"]
    assert hits.tolist() == [False] * 4


def test_shares_are_counted_over_all_seen_unseen_and_each_digit():
    right = torch.tensor([True, False, True, True])
    labels = torch.tensor([0, 0, 1, 2])
    shares = by_group.mean_by_group(right, by_group.groups(labels, labels == 0, "012"))
    assert shares == pytest.approx(
        {"all": 0.75, "seen": 1.0, "unseen": 0.5, "0": 0.5, "1": 1.0, "2": 1.0}
    )


def test_a_confusion_row_counts_what_a_digit_was_taken_for():
    labels, names = torch.tensor([3, 3, 3, 9]), tuple(map(str, range(10)))
    row = by_group.confusion_row(torch.tensor([3, 3, 1, 9]), labels == 3, names)
    assert row == {str(digit): {1: 1, 3: 2}.get(digit, 0) for digit in range(10)}
