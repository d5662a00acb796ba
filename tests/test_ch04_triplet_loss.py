"""Chapter 4: distances, the loss and its gradients against loops and finite differences."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises.given import toy
from solutions.ch04_triplet_loss import pairwise_distances, triplet_loss, triplet_loss_gradient

SEEDS = range(5)


def distance(x, y):
    return sum((one - other) ** 2 for one, other in zip(x, y, strict=True)) ** 0.5


def loss_by_loops(anchor, positive, negative, margin):
    total = 0.0
    for a, p, n in zip(anchor, positive, negative, strict=True):
        total += max(0.0, distance(a, p) - distance(a, n) + margin)
    return total / len(anchor)


def draw_triplets(seed, n=6, dim=4):
    return np.random.default_rng(seed).standard_normal((3, n, dim))


def as_tensors(arrays, *, requires_grad=False):
    return [torch.tensor(array, requires_grad=requires_grad) for array in arrays]


@pytest.mark.parametrize("seed", SEEDS)
def test_pairwise_distances_equal_the_loops(seed):
    random = np.random.default_rng(seed)
    x, y = random.standard_normal((5, 3)), random.standard_normal((7, 3))
    expected = [[distance(one, other) for other in y] for one in x]
    found = pairwise_distances(torch.from_numpy(x), torch.from_numpy(y))
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-10)
    in_float32 = pairwise_distances(torch.from_numpy(x).float(), torch.from_numpy(y).float())
    np.testing.assert_allclose(in_float32.numpy(), expected, atol=1e-4)


def test_pairwise_distances_have_the_right_gradient():
    random = np.random.default_rng(0)
    x, y = as_tensors(random.standard_normal((2, 4, 3)), requires_grad=True)
    assert torch.autograd.gradcheck(pairwise_distances, (x, y))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_pairwise_distances_have_a_finite_gradient_at_zero(dtype):
    x = torch.tensor([[1.0, 2.0], [1.0, 2.0], [0.1, 0.7]], dtype=dtype, requires_grad=True)
    distances = pairwise_distances(x, x)
    distances.sum().backward()
    assert distances.diagonal().abs().max() < 2e-3
    assert x.grad is not None
    assert x.grad.isfinite().all()


coordinates = st.floats(-10, 10, width=32)
points = st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=6)


@settings(deadline=None)
@given(points=points)
def test_distances_are_symmetric_and_obey_the_triangle_inequality(points):
    x = torch.tensor(points, dtype=torch.float64)
    distances = pairwise_distances(x, x)
    tolerance = 1e-5
    assert (distances >= 0).all()
    assert torch.allclose(distances, distances.T, atol=tolerance)
    detour = distances[:, :, None] + distances[None, :, :]  # i to j to k
    assert (distances[:, None, :] <= detour + tolerance).all()


def test_the_four_worked_triplets_have_the_chapters_losses():
    anchor, positive, negative = as_tensors(toy.triplets())
    rows = zip(anchor, positive, negative, strict=True)
    losses = [triplet_loss(a[None], p[None], n[None]).item() for a, p, n in rows]
    assert losses == pytest.approx([1.5, 0.5, 0, 0], abs=1e-6)
    assert triplet_loss(anchor, positive, negative).item() == pytest.approx(0.5)


@pytest.mark.parametrize("margin", [0.0, 0.2, 1.0, 3.0])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_loss_equals_the_loops(seed, margin):
    arrays = draw_triplets(seed)
    loss = triplet_loss(*as_tensors(arrays), margin=margin)
    assert loss.shape == ()
    assert loss.item() == pytest.approx(loss_by_loops(*arrays, margin))


def test_the_margin_is_one_unless_given():
    arrays = draw_triplets(0)
    assert triplet_loss(*as_tensors(arrays)).item() == pytest.approx(loss_by_loops(*arrays, 1.0))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_loss_has_the_right_gradient(seed):
    tensors = as_tensors(draw_triplets(seed), requires_grad=True)
    assert torch.autograd.gradcheck(triplet_loss, tensors)


@pytest.mark.parametrize("which", ["positive", "negative", "both"])
def test_the_loss_has_a_finite_gradient_at_distance_zero(which):
    anchor, positive, negative = draw_triplets(1)
    positive = anchor.copy() if which != "negative" else positive
    negative = anchor.copy() if which != "positive" else negative
    tensors = as_tensors((anchor, positive, negative), requires_grad=True)
    triplet_loss(*tensors, margin=5.0).backward()
    for tensor in tensors:
        assert tensor.grad is not None
        assert tensor.grad.isfinite().all()


@pytest.mark.parametrize("margin", [0.2, 1.0, 3.0])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_gradient_by_hand_equals_central_differences(seed, margin):
    arrays = draw_triplets(seed)
    gradients = triplet_loss_gradient(*arrays, margin)
    step = 1e-6
    for which in range(3):
        for row, column in np.ndindex(arrays[which].shape):
            up, down = arrays.copy(), arrays.copy()
            up[which, row, column] += step
            down[which, row, column] -= step
            slope = (loss_by_loops(*up, margin) - loss_by_loops(*down, margin)) / (2 * step)
            assert gradients[which][row, column] == pytest.approx(slope, abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_gradient_by_hand_equals_the_gradient_of_the_loss(seed):
    arrays = draw_triplets(seed)
    arrays[1, 0] = arrays[0, 0]  # one positive at distance zero
    tensors = as_tensors(arrays, requires_grad=True)
    triplet_loss(*tensors).backward()
    for by_hand, tensor in zip(triplet_loss_gradient(*arrays), tensors, strict=True):
        assert isinstance(by_hand, np.ndarray)
        np.testing.assert_allclose(by_hand, tensor.grad.numpy(), atol=1e-12)


def test_the_gradient_by_hand_of_equal_points_is_zero():
    anchor = draw_triplets(2)[0]
    for gradient in triplet_loss_gradient(anchor, anchor.copy(), anchor.copy()):
        np.testing.assert_array_equal(gradient, np.zeros_like(anchor))


@settings(deadline=None)
@given(seed=st.integers(0, 10**6), margin=st.floats(0, 5), shift=st.floats(-5, 5))
def test_the_loss_is_not_negative_and_does_not_change_when_all_points_move(seed, margin, shift):
    arrays = draw_triplets(seed)
    loss = triplet_loss(*as_tensors(arrays), margin=margin).item()
    assert loss >= 0
    moved = triplet_loss(*as_tensors(arrays + shift), margin=margin).item()
    assert moved == pytest.approx(loss, abs=1e-9)
