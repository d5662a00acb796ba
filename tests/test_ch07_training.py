"""Chapter 7: the training step against gradient descent written out."""

import copy

import pytest
import torch
from torch import nn

from solutions.ch05_triplet_mining import batch_hard_triplet_loss
from solutions.ch07_training import train_epoch

SEEDS = range(4)
RATE = 0.05


def small_network(seed):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Flatten(), nn.Linear(9, 4), nn.Tanh(), nn.Linear(4, 2)).double()


def draw_batches(seed, sizes=(6, 4, 10)):
    generator = torch.Generator().manual_seed(seed)
    return [
        (
            torch.randn(n, 1, 3, 3, generator=generator, dtype=torch.float64),
            torch.arange(n) % 2,
        )
        for n in sizes
    ]


def manual_epoch(network, batches, loss_fn):
    """Take the steps by hand: parameter minus rate times gradient."""
    weighted, examples = 0.0, 0
    parameters = list(network.parameters())
    for images, labels in batches:
        loss = loss_fn(network(images), labels)
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter -= RATE * gradient
        weighted += loss.item() * len(images)
        examples += len(images)
    return weighted / examples


def train(network, batches, loss_fn=batch_hard_triplet_loss):
    optimizer = torch.optim.SGD(network.parameters(), lr=RATE)
    return train_epoch(network, batches, loss_fn, optimizer)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_epoch_equals_the_steps_by_hand(seed):
    network, batches = small_network(seed), draw_batches(seed)
    twin = copy.deepcopy(network)
    found = train(network, batches)
    assert isinstance(found, float)
    assert found == pytest.approx(manual_epoch(twin, batches, batch_hard_triplet_loss))
    for one, other in zip(network.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(one, other)


def test_the_mean_is_over_examples_and_not_over_batches():
    network, batches = small_network(0), draw_batches(0, sizes=(2, 8))
    losses = iter([1.0, 6.0])

    def constant(embeddings, labels):
        return embeddings.sum() * 0 + next(losses)

    assert train(network, batches, constant) == pytest.approx((2 * 1 + 8 * 6) / 10)


def test_old_gradients_are_forgotten():
    network, batches = small_network(1), draw_batches(1)
    twin = copy.deepcopy(network)
    for parameter in network.parameters():
        parameter.grad = torch.full_like(parameter, 1e3)
    train(network, batches)
    manual_epoch(twin, batches, batch_hard_triplet_loss)
    for one, other in zip(network.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(one, other)


def test_batches_may_come_from_a_generator():
    batches = draw_batches(2)
    expected = train(small_network(2), batches)
    assert train(small_network(2), (batch for batch in batches)) == expected


def test_the_network_trains_and_ends_in_training_mode():
    modes = []

    class Spy(nn.Linear):
        def forward(self, x):
            modes.append(self.training)
            return super().forward(x.flatten(1))

    network = Spy(9, 2).double().eval()
    train(network, draw_batches(3))
    assert modes == [True, True, True]
    assert network.training


def test_a_batch_without_a_triplet_changes_nothing():
    network = small_network(4)
    before = copy.deepcopy(network.state_dict())
    images, _ = draw_batches(4)[0]
    assert train(network, [(images, torch.zeros(6, dtype=torch.int64))]) == 0
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name])
