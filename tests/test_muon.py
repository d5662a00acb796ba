"""The optimizer of the long training: its direction, its average, its vectors, its schedule."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import settings as bounds
from hypothesis import strategies as st
from torch import nn

from exercises.given.training.loop import make_optimizer
from exercises.given.training.muon import Muon, nearest_orthogonal
from exercises.given.training.settings import LONG, MUON_RATE, PEAK_RATE, Settings

LR = 0.1


def slow_orthogonal(matrix):
    """Return U V^T of the singular value decomposition, in double precision."""
    left, _, right = torch.linalg.svd(matrix.double(), full_matrices=False)
    return left @ right


def random_like(weight, seed):
    return torch.randn(weight.shape, generator=torch.Generator().manual_seed(seed))


@bounds(deadline=None, max_examples=60)
@given(rows=st.integers(1, 9), columns=st.integers(1, 9), seed=st.integers(0, 2**32))
def test_the_nearest_orthogonal_matrix_is_that_of_the_singular_value_decomposition(
    rows, columns, seed
):
    matrix = torch.randn(
        rows, columns, dtype=torch.double, generator=torch.Generator().manual_seed(seed)
    )
    torch.testing.assert_close(
        nearest_orthogonal(matrix), slow_orthogonal(matrix), atol=1e-4, rtol=0
    )


@pytest.mark.parametrize("strength", [1e-12, 1.0, 1e6])
@pytest.mark.parametrize("shape", [(32, 9), (64, 288), (10, 64)])
def test_all_directions_of_a_step_are_equally_strong_however_strong_the_gradient(shape, strength):
    weight = torch.zeros(shape)
    found = nearest_orthogonal(strength * random_like(weight, 0))
    ones = torch.ones(min(shape))
    torch.testing.assert_close(torch.linalg.svdvals(found), ones, atol=1e-2, rtol=0)


def test_a_direction_without_any_gradient_is_left_alone():
    matrix = torch.zeros(3, 5)
    matrix[1, 2] = 4.0
    torch.testing.assert_close(nearest_orthogonal(matrix), matrix / 4)
    assert nearest_orthogonal(torch.zeros(3, 5)).equal(torch.zeros(3, 5))


def test_filters_step_along_the_average_of_all_gradients_and_a_little_more_of_the_last():
    start = torch.zeros(4, 2, 3, 3)
    weight = nn.Parameter(start.clone())
    optimizer = Muon([weight], lr=LR, vector_lr=1.0, momentum=0.5)
    first, second = random_like(weight, 1), random_like(weight, 2)
    for gradient in (first, second):
        weight.grad = gradient
        optimizer.step()
    averages = [first + 0.5 * first, second + 0.5 * (second + 0.5 * first)]
    steps = [slow_orthogonal(one.flatten(1)).view_as(weight) for one in averages]
    torch.testing.assert_close(weight.detach().double(), -LR * sum(steps), atol=1e-5, rtol=0)


def test_vectors_step_as_adam_does_and_a_weight_without_a_gradient_stays():
    vector, alone, idle = (nn.Parameter(torch.ones(shape)) for shape in (3, 3, (2, 2)))
    optimizer = Muon([vector, idle], lr=LR, vector_lr=0.2)
    adam = torch.optim.Adam([alone], lr=0.2)
    for seed in range(3):
        vector.grad = random_like(vector, seed)
        alone.grad = vector.grad.clone()
        optimizer.step()
        adam.step()
    torch.testing.assert_close(vector, alone)
    assert idle.equal(torch.ones(2, 2))


def test_gradients_of_matrices_and_of_vectors_are_forgotten():
    network = nn.Linear(2, 2)
    network(torch.ones(1, 2)).sum().backward()
    Muon(network.parameters(), lr=LR, vector_lr=LR).zero_grad()
    assert [parameter.grad for parameter in network.parameters()] == [None, None]


def test_the_schedule_brings_both_rates_to_their_peak_and_then_to_almost_nothing():
    network = nn.Linear(2, 2)
    settings = replace(LONG, steps=100)
    optimizer, schedule = make_optimizer(list(network.parameters()), settings)
    rates = []
    for _ in range(settings.steps):
        rates.append(
            [group["lr"] for group in (optimizer.param_groups[0], optimizer.adam.param_groups[0])]
        )
        network(torch.ones(1, 2)).sum().backward()
        optimizer.step()
        schedule.step()
    of_matrices, of_vectors = zip(*rates, strict=True)
    assert max(of_matrices) == pytest.approx(MUON_RATE, rel=1e-2)
    assert max(of_vectors) == pytest.approx(PEAK_RATE, rel=1e-2)
    assert max(of_matrices[-1] / MUON_RATE, of_vectors[-1] / PEAK_RATE) < 1e-2


def test_the_usual_training_keeps_to_adam():
    optimizer, _ = make_optimizer(list(nn.Linear(2, 2).parameters()), Settings())
    assert isinstance(optimizer, torch.optim.AdamW)
