"""What the benchmarks measure against, and what they keep: the peers themselves are not ours."""

import json

import pytest
import torch

from tests.benchmarks import first_recipe
from tests.benchmarks.tables import Table, by_turns
from tests.few_digits import few_digits
from tests.systems import not_on_windows


def test_the_first_recipe_ends_in_a_map_of_7_by_7():
    network = first_recipe.padded_network()
    shapes = []
    for layer in network:
        layer.register_forward_hook(lambda _, __, out: shapes.append(tuple(out.shape[1:])))
    assert network(torch.rand(2, 1, 28, 28)).shape == (2, first_recipe.CHANNELS)
    assert [shape[-1] for shape in shapes if len(shape) == 3] == [28, 14, 14, 7, 7, 1]


@pytest.mark.slow
@pytest.mark.parametrize(("recalls", "looks"), [([0.5, 0.9, 1.0], 2), ([0.5] * 99, None)])
def test_the_first_recipe_stops_at_the_target_or_after_its_epochs(monkeypatch, recalls, looks):
    monkeypatch.setattr(first_recipe, "STEPS_BETWEEN_LOOKS", 10)
    monkeypatch.setattr(first_recipe, "EPOCHS", 2)
    digits = few_digits()
    steps_of_an_epoch = -(-len(digits.train_labels) // first_recipe.BATCH)
    looked = []

    def recall_of(network):
        looked.append(network)
        return recalls[len(looked) - 1]

    seconds, recall = first_recipe.seconds_to(0.9, digits, recall_of, seed=0)
    assert seconds > 0
    assert recall == recalls[len(looked) - 1]
    assert len(looked) == (looks or 2 * steps_of_an_epoch // 10)


def test_the_time_of_looking_is_not_counted(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(first_recipe.time, "perf_counter", lambda: clock[0])
    monkeypatch.setattr(first_recipe, "STEPS_BETWEEN_LOOKS", 5)

    def take_step(*_):
        clock[0] += 1

    def recall_of(_):
        clock[0] += 1_000
        return 0.5 if clock[0] < 2_000 else 0.9

    monkeypatch.setattr(first_recipe, "take_step", take_step)
    seconds, _ = first_recipe.seconds_to(0.9, few_digits(), recall_of, seed=0)
    assert seconds == 10


@not_on_windows
def test_a_table_keeps_ratios_and_shares_with_their_machine(tmp_path, capsys):
    table = Table()
    table.add("a loss", "a library", ours=1.0, theirs=4.0, bar=0.2)
    table.add_share("recall", [0.98, 1.0], seconds=50, bar=0.985)
    table.write(tmp_path / "table.json")
    stored = json.loads((tmp_path / "table.json").read_text(encoding="utf-8"))
    assert stored["lines"][0]["ratio"] == 0.25
    assert stored["shares"][0]["mean"] == pytest.approx(0.99)
    assert stored["machine"]["peak_mb"] > 50
    said = capsys.readouterr().out
    assert "ABOVE THE BAR" in said
    assert "BELOW" not in said


def test_both_are_timed_by_turns_and_the_first_round_is_left_out():
    order = []
    by_turns(lambda: order.append("ours"), lambda: order.append("theirs"), rounds=2)
    assert order == ["ours", "theirs"] * 3
