"""What the book draws of trainings: the monitor's signs, side by side on common scales."""

import pytest
from matplotlib.figure import Figure

from autograder.publishing.recording import replay
from exercises.given.drawing.monitor_plots import FIELDS, LOWEST, side_by_side
from exercises.given.training.monitor import COLUMNS
from tests.few_digits import few_digits
from tests.test_verdict import written

HEALTHY = written({"mining": "batch-all"}, {}, {}).rows
LARGE = written({"loss": 30.0, "norm": 600.0, "effective_rank": 36.0}, {}).rows
POINT = written({"negative_distance": 0.0, "positive_distance": 1e-9, "loss": float("nan")}).rows


def drawn(**runs: list) -> Figure:
    return side_by_side(runs)


def test_every_field_draws_columns_of_the_monitor():
    signs = [sign for field in FIELDS for sign in field.signs]
    assert set(signs) <= set(COLUMNS)
    assert len(signs) == len(set(signs))


def test_there_is_a_column_for_each_run_and_a_row_for_each_field_on_one_scale():
    figure = drawn(A=HEALTHY, B=LARGE)
    assert len(figure.axes) == 2 * len(FIELDS)
    for left, right in zip(figure.axes[::2], figure.axes[1::2], strict=True):
        assert left.get_ylim() == right.get_ylim()
    top = figure.axes[0].get_ylim()[1]
    assert 30 < top < 40


def test_what_was_not_measured_is_left_out_and_what_is_no_number_sets_no_scale():
    figure = drawn(A=HEALTHY, B=POINT)
    recall = figure.axes[2].get_lines()[0]
    assert list(recall.get_xdata()) == [0, 150]  # measured before the first step and at the end
    assert figure.axes[1].get_ylim()[1] < 1
    assert figure.axes[5].get_ylim()[0] == LOWEST
    figure.canvas.draw()


def test_the_replay_records_every_sign_at_every_moment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(replay, "STEPS", 10)
    run = replay.record(3e-3, few_digits(1_000, 300), lambda _: None)
    for sign in replay.SHOWN:
        assert len(run.course(sign)) == len(run.embeddings) == 3
