"""What is measured beside a training is what it would be at once, and no error of it is lost."""

import threading
from dataclasses import replace

import pytest
import torch
from torch import nn

from exercises.given.training.beside_training import BesideTraining
from exercises.given.training.embedding import embed
from exercises.given.training.loop import train
from exercises.given.training.monitor import Monitor
from exercises.given.training.settings import Settings
from tests.few_digits import few_digits
from tests.test_monitor import PARTS, watched_training


class Keeper(nn.Module):
    """A network that keeps its last result, which torch refuses to copy."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(2, 2)
        self.last = self.layer(torch.ones(1, 2))


@pytest.fixture
def told() -> list[float | None]:
    return []


def first_weight(network: nn.Module) -> float:
    return float(next(network.parameters()).detach().flatten()[0])


def test_a_network_is_measured_as_it_was_when_it_was_handed_over(told):
    goes_on = threading.Event()

    def slowly(network: nn.Module) -> float:
        assert goes_on.wait(timeout=60)
        return first_weight(network)

    beside, network = BesideTraining(slowly), nn.Linear(2, 2)
    before = first_weight(network)
    beside.start(network, told.append)
    with torch.no_grad():
        network.weight += 1
    assert told == []
    goes_on.set()
    beside.finish()
    beside.close()
    assert told == [before]


def test_a_network_that_cannot_be_copied_is_measured_at_once(told):
    beside = BesideTraining(
        lambda network: float(threading.current_thread() is threading.main_thread())
    )
    beside.start(Keeper(), told.append)
    assert told == [1.0]
    beside.start(nn.Linear(2, 2), told.append)
    beside.close()
    assert told == [1.0, 0.0]


def test_an_error_of_the_measuring_is_raised_at_the_next_look(told):
    beside = BesideTraining(lambda network: 1 / 0)
    beside.start(nn.Linear(2, 2), told.append)
    with pytest.raises(ZeroDivisionError):
        beside.start(nn.Linear(2, 2), told.append)
    beside.close()
    assert told == []


def test_an_error_does_not_hide_the_one_that_ends_the_training(told):
    beside = BesideTraining(lambda network: 1 / 0)
    beside.start(nn.Linear(2, 2), told.append)
    beside.close()
    assert told == []


def test_no_thread_is_left_behind():
    before = threading.active_count()
    watched_training(Settings(steps=100, device="cpu"))
    assert threading.active_count() == before


def test_recall_beside_the_training_is_that_of_the_network_of_that_step():
    """The oracle trains anew, to the step, and embeds when the training has ended."""
    settings = Settings(steps=150, schedule="constant", warm_up=0.0, device="cpu")
    _, watch = watched_training(settings)
    for row in watch.rows[1:]:
        shorter = replace(settings, steps=row["step"])
        network, alone = watched_training(shorter)
        expected = alone.recall(embed(network, alone.images), alone.labels)
        assert row["recall_at_1"] == pytest.approx(expected)


def test_a_network_that_draws_random_numbers_is_measured_in_its_turn():
    class Noisy(PARTS.SimpleMetricEmbedding):
        def forward(self, images):
            return nn.functional.dropout(super().forward(images))  # in evaluation, too

    parts = replace(PARTS, SimpleMetricEmbedding=Noisy)
    settings = Settings(steps=150, device="cpu")
    (one, first), (other, second) = (watched_training(settings, parts) for _ in range(2))
    for mine, its in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(mine, its)
    assert first.rows == second.rows


def test_what_is_measured_when_a_training_is_stopped_is_kept():
    digits = few_digits(600, 100)

    def stopped(network, batches, loss_fn, optimizer):
        if watch.step == 100:
            raise KeyboardInterrupt
        return PARTS.train_epoch(network, batches, loss_fn, optimizer)

    watch = Monitor(digits.train_images[:50], digits.train_labels[:50], lambda *_: 0.25)
    parts = replace(PARTS, train_epoch=stopped)
    with pytest.raises(KeyboardInterrupt):
        train(
            PARTS.SimpleMetricEmbedding(), digits.train_images, digits.train_labels, parts,
            Settings(steps=200, device="cpu"), lambda _: None, monitor=watch,
        )  # fmt: skip
    assert [row["recall_at_1"] for row in watch.rows] == [0.25] * 3
