"""Chapter 7: the training step against gradient descent written out."""

import copy
from itertools import pairwise

import pytest
import torch
from torch import nn

from autograder.chapters import find_chapter
from autograder.grading.checks.ch07_training import SIZES_AND_LOSSES
from autograder.grading.grade import Grader, Known
from autograder.isolation.in_process import InProcess
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


# What the checks see of code that is written in other ways

LOOP = """
import torch

def train_epoch(network, batches, loss_fn, optimizer):
    {first}
    network.train()
    total, examples = 0.0, 0
    for images, labels in batches:
        {forget}
        loss = {loss}
        {step}
        {add}
        examples += len(labels)
    {last}
    return {result}
"""
RIGHT = {
    "first": "pass",
    "forget": "optimizer.zero_grad()",
    "loss": "loss_fn(network(images), labels)",
    "step": "loss.backward(); optimizer.step()",
    "add": "total += loss.item() * len(labels)",
    "last": "pass",
    "result": "total / examples",
}
KNOWN = Known()


def checked(folder, **edits):
    """Return what the two checks say: "passed", or the mistakes that they name."""
    source = LOOP.format(**RIGHT | edits)
    (folder / "ch07_training.py").write_text(source, encoding="utf-8")
    chapter = find_chapter("7")
    records = Grader(InProcess(folder), 0, KNOWN).grade_name(chapter, "train_epoch")
    return [record.misconception or str(record.status) for record in records]


@pytest.mark.parametrize(
    "edits",
    [
        {"forget": "pass", "step": "loss.backward(); optimizer.step(); optimizer.zero_grad()"},
        {"forget": "optimizer.zero_grad(set_to_none=False)"},
        {"forget": "images.requires_grad_(); network.zero_grad()"},
        {"step": "loss.backward(retain_graph=True); optimizer.step()"},
        {"add": "total = total + loss.detach() * len(labels)", "result": "float(total) / examples"},
        {"first": "count = getattr(batches, '__len__', None)"},
    ],
    ids=str,
)
def test_these_ways_are_right_too(tmp_path, edits):
    assert checked(tmp_path, **edits) == ["passed", "passed"]


AGAIN = """
    for images, labels in batches:
        total += loss_fn(network(images), labels).item() * len(labels)"""
OTHER_WAYS = [
    ("train-length-of-batches", "both", {"first": "count = len(batches)"}),
    ("train-length-of-batches", "both", {"result": "total / len(batches)"}),
    ("train-batches-used-up", "both", {"first": "count = sum(len(y) for _, y in batches)"}),
    ("train-batches-used-up", "both", {"first": "batches = [*batches]"}),
    ("train-second-loop", "the loss", {"add": "pass", "last": AGAIN}),
    (
        "train-no-backward",
        "both",
        {"loss": "torch.tensor(loss_fn(network(images), labels).item())"},
    ),
    (
        "train-backward-twice",
        "both",
        {"step": "loss.backward(); loss.backward(); optimizer.step()"},
    ),
    (
        "train-backward-of-the-running-sum",
        "both",
        {"first": "s = 0", "step": "s = s + loss; s.backward(); optimizer.step()"},
    ),
    (
        "train-step-between-forward-and-backward",
        "the step",
        {"forget": "pass", "step": "optimizer.step(); loss.backward()"},
    ),
    (
        "train-outputs-without-graph",
        "both",
        {"loss": "loss_fn(network(images).detach().numpy(), labels)"},
    ),
    (
        "train-own-optimizer",
        "the step",
        {"first": "optimizer = torch.optim.AdamW(network.parameters(), weight_decay=1)"},
    ),
    (
        "train-step-by-hand",
        "the step",
        {"step": "loss.backward(); [p.data.sub_(p.grad) for p in network.parameters()]"},
    ),
    ("train-on-a-device-of-its-own", "both", {"forget": "images = images.to('cuda')"}),
    (
        "train-loss-as-tensor-without-graph",
        "the loss",
        {"result": "torch.tensor(total / examples)"},
    ),
]


@pytest.mark.parametrize(("named", "where", "edits"), OTHER_WAYS, ids=str)
def test_other_ways_to_make_a_mistake_are_named_as_well(tmp_path, named, where, edits):
    if "cuda" in str(edits) and torch.cuda.is_available():
        pytest.skip("this machine has the device")
    step, loss = checked(tmp_path, **edits)
    assert step == ("passed" if where == "the loss" else named)
    assert loss == ("passed" if where == "the step" else named)


def test_a_wrong_step_leaves_the_mean_alone_and_a_wrong_mean_the_step(tmp_path):
    found = checked(tmp_path, forget="pass", add="total += loss.item()")
    assert found == ["train-no-zero-grad", "train-means-divided-by-the-examples"]


def test_no_two_means_that_one_might_take_are_near_each_other():
    sizes, losses = list(SIZES_AND_LOSSES), list(SIZES_AND_LOSSES.values())
    weighted = [loss * size for loss, size in zip(losses, sizes, strict=True)]
    totals = {sum(weighted), sum(losses), losses[-1], weighted[-1]}
    means = {total / count for total in totals for count in (1, 3, 4, sizes[-1], sum(sizes))}
    assert all(larger / smaller > 1.01 for smaller, larger in pairwise(sorted(means)))
