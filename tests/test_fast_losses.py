"""The fast losses are the chapter's: values, gradients, shares, and batches without a triplet."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises.given import toy
from exercises.given.training.fast_losses import batch_all_of_distances, batch_hard_by_index
from solutions.ch04_triplet_loss import pairwise_distances
from solutions.ch05_triplet_mining import batch_all_triplet_loss, batch_hard_triplet_loss


def fast(embeddings, labels, margin):
    return batch_all_of_distances(pairwise_distances(embeddings, embeddings), labels, margin)


batches = given(
    st.integers(0, 10**6),
    st.integers(1, 12),
    st.integers(1, 4),
    st.one_of(st.none(), st.floats(0, 3, allow_nan=False)),
)


def drawn(seed, count, classes):
    generator = torch.Generator().manual_seed(seed)
    points = torch.randn(count, 3, generator=generator, dtype=torch.float64)
    return points, torch.randint(0, classes, (count,), generator=generator)


def value_and_gradient(loss_of, points, labels, margin):
    rows = points.clone().requires_grad_()
    result = loss_of(rows, labels, margin)
    loss, *share = result if isinstance(result, tuple) else (result,)
    loss.backward()
    return [loss.detach(), rows.grad, *(torch.as_tensor(one).double() for one in share)]


@settings(deadline=None, max_examples=200)
@batches
def test_batch_all_is_that_of_the_chapter(seed, count, classes, margin):
    case = (*drawn(seed, count, classes), 1.0 if margin is None else margin)
    found = value_and_gradient(fast, *case)
    expected = value_and_gradient(batch_all_triplet_loss, *case)
    assert all(torch.allclose(*pair, atol=1e-9) for pair in zip(found, expected, strict=True))


@settings(deadline=None, max_examples=200)
@batches
def test_batch_hard_is_that_of_the_chapter(seed, count, classes, margin):
    case = (*drawn(seed, count, classes), margin)
    found = value_and_gradient(batch_hard_by_index, *case)
    expected = value_and_gradient(batch_hard_triplet_loss, *case)
    assert all(torch.allclose(*pair, atol=1e-9) for pair in zip(found, expected, strict=True))


def test_the_six_points_have_the_loss_of_the_book():
    loss, share = fast(torch.tensor(toy.POINTS), torch.tensor(toy.LABELS), 1.0)
    assert loss.item() == pytest.approx(1.0897, abs=1e-4)
    assert share.item() == pytest.approx(0.6111, abs=1e-4)
