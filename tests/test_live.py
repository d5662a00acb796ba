"""A training while it goes on: the panel of a terminal, the lines of a pipe."""

import io
from dataclasses import replace

import pytest
import torch
from rich.console import Console

from autograder.experiments.chosen_parts import reference_parts
from exercises.given.health import moment as moment_of
from exercises.given.health.moment import ENOUGH_ROWS, HEALTHY, VerdictOfTheMoment
from exercises.given.studies import live
from exercises.given.studies.live import LEVELS, last_line, shown_live, signs_table, sparkline
from exercises.given.studies.run_record import RunRecord
from exercises.given.studies.training_run import run_training
from exercises.given.training.monitor import COLUMNS, Monitor
from exercises.given.training.settings import Settings
from tests.few_digits import few_digits
from tests.sick.cases import MADE_ON
from tests.sick.runs import HEALTHY as HEALTHY_RUNS
from tests.sick.runs import record_of
from tests.test_verdict import written

PARTS = reference_parts().parts


@pytest.fixture
def monitor() -> Monitor:
    watch = Monitor(torch.zeros(50, 1, 28, 28), torch.zeros(50).long(), lambda *_: 0.5)
    signs = [(0, None, 0.8, None), (50, 0.9, 0.93, 0.5), (100, 0.25, 0.955, 0.125)]
    for step, loss, recall, active in signs:
        row = {"step": step, "loss": loss, "recall_at_1": recall, "active_share": active}
        watch.rows.append(dict.fromkeys(COLUMNS) | row | {"mining": "batch-hard" if step else None})
    return watch


def test_a_sparkline_goes_from_the_least_to_the_most():
    assert sparkline(range(8)) == LEVELS
    assert sparkline([3, 1, 2]) == "█▁▅"
    assert sparkline([2, 2]) == "▁▁"
    assert sparkline([]) == ""


def test_many_values_are_put_together_and_none_is_left_out():
    values = [0.0] * 90 + [1.0] * 10
    line = sparkline(values, width=10)
    assert line == "▁" * 9 + "█"
    assert len(sparkline(range(10_001), width=32)) <= 32


def test_what_is_not_finite_is_seen():
    assert sparkline([0, float("nan"), 1, float("inf")]) == "▁!█!"
    assert sparkline([float("nan")]) == "!"


def test_the_panel_shows_the_last_of_each_sign_in_80_columns(monitor: Monitor):
    console = Console(width=80, file=io.StringIO(), force_terminal=True, color_system=None)
    console.print(signs_table(monitor))
    loss, recall, active = console.file.getvalue().splitlines()
    assert "█▁" in loss
    assert "0.2500 batch-hard" in loss
    assert "95.5 % of 50 watched images" in recall
    assert "12.5 % of the triplets" in active


def test_a_pipe_gets_plain_lines(monitor: Monitor, capsys: pytest.CaptureFixture[str]):
    with shown_live("Training", 100, monitor, RunRecord()) as advance:
        for _ in range(100):
            advance(1)
    said = capsys.readouterr().err
    assert said.count("at step 100: loss 0.2500, Recall@1 95.5 %, active share 12.5 %") == 4
    assert "Training: 100 % after" in said
    assert "\x1b" not in said


def test_a_line_says_nothing_of_another_step(monitor: Monitor):
    monitor.rows[-1]["recall_at_1"] = None  # still being measured
    assert last_line(monitor) == "  at step 50: loss 0.9000, Recall@1 93.0 %, active share 50.0 %"
    del monitor.rows[1]
    assert last_line(monitor) == "  at step 100: loss 0.2500, active share 12.5 %"


def test_before_the_first_look_there_is_nothing_to_say(monitor: Monitor):
    del monitor.rows[1:]
    assert last_line(monitor) == ""


def test_a_terminal_gets_its_cursor_back_when_a_training_is_stopped(monkeypatch):
    screen = io.StringIO()
    terminal = Console(file=screen, force_terminal=True, width=80)
    monkeypatch.setattr(live, "Console", lambda **_: terminal)
    rounds = []

    def stopped(network, batches, loss_fn, optimizer):
        rounds.append(1)
        if len(rounds) == 2:
            raise KeyboardInterrupt
        return PARTS.train_epoch(network, batches, loss_fn, optimizer)

    record = RunRecord()
    with pytest.raises(KeyboardInterrupt):
        run_training(
            few_digits(600, 100), replace(PARTS, train_epoch=stopped),
            Settings(steps=100, device="cpu"), record,
        )  # fmt: skip
    shown = screen.getvalue()
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")
    assert "Recall@1" in shown
    assert "verdict  too early to say" in shown
    assert record.ended["how"] == "stopped"


# The verdict of the moment


POINT = {
    "mining": "batch-all", "positive_distance": 0.02, "negative_distance": 0.03,
    "batch_recall_at_1": 0.2,
}  # fmt: skip
WELL = {"mining": "batch-all"}


def growing(*changes: dict) -> tuple[RunRecord, list[dict]]:
    """Return a record that has only begun, and the rows that are still to come."""
    whole = written(*changes, how="running", recall=(0.8, None))
    coming = whole.rows[1:]
    return RunRecord(whole.about, whole.ended, whole.rows[:1], []), coming


def test_the_first_rows_are_too_early_for_a_verdict():
    record, coming = growing(POINT, POINT, WELL, WELL)
    moment = VerdictOfTheMoment(record)
    for row in coming[: ENOUGH_ROWS - 1]:
        record.rows.append(row)
        assert not moment.look()
        assert moment.in_words() == ""


def test_a_sickness_is_said_when_it_is_named_and_taken_back_when_it_is_gone():
    record, coming = growing(WELL, WELL, WELL, POINT, POINT, POINT, WELL)
    moment, said = VerdictOfTheMoment(record), []
    for row in coming:
        record.rows.append(row)
        changed = moment.look()
        said.append((changed, moment.in_words()))
    assert said[2] == (False, HEALTHY)  # what was to be hoped is no news
    assert said[4:] == [
        (True, "collapse-to-a-point, named at step 250"),
        (False, "collapse-to-a-point, named at step 250"),
        (True, HEALTHY),
    ]


def test_a_row_is_judged_once(monkeypatch: pytest.MonkeyPatch):
    asked = []
    verdict = moment_of.verdict
    monkeypatch.setattr(moment_of, "verdict", lambda record: asked.append(1) or verdict(record))
    record, coming = growing(*[WELL] * 5)
    record.rows += coming
    moment = VerdictOfTheMoment(record)
    for _ in range(100):
        moment.look()
    assert asked == [1]


def test_a_pipe_gets_a_line_when_the_verdict_changes(capsys: pytest.CaptureFixture[str]):
    record, coming = growing(WELL, WELL, POINT, POINT, POINT, POINT)
    watch = Monitor(torch.zeros(50, 1, 28, 28), torch.zeros(50).long(), lambda *_: 0.5)
    watch.rows = record.rows
    with shown_live("Training", 300, watch, record) as advance:
        for row in coming:
            record.rows.append(row)
            advance(50)
    lines = [line for line in capsys.readouterr().err.splitlines() if "verdict" in line]
    assert lines == ["  at step 200: the verdict is now: collapse-to-a-point"]


def test_the_panel_has_the_verdict_in_80_columns():
    record, coming = growing(WELL, WELL, *[POINT] * 4)
    record.rows += coming
    moment = VerdictOfTheMoment(record)
    assert live.verdict_line(moment).plain == "verdict  too early to say"
    moment.look()
    line = live.verdict_line(moment).plain
    assert line == "verdict  collapse-to-a-point, named at step 300"
    assert len(line) <= 80


@pytest.mark.slow
@pytest.mark.parametrize("how", HEALTHY_RUNS)
def test_no_moment_of_a_healthy_run_is_accused(how):
    record = record_of(HEALTHY_RUNS[how], MADE_ON[0])
    growing_record = RunRecord(record.about, {"how": "running"}, [], record.layers)
    moment = VerdictOfTheMoment(growing_record)
    for row in record.rows:
        growing_record.rows.append(row)
        moment.look()
        assert moment.words in ("", HEALTHY)
