"""The attack that kills the grader 1,000 times, a few times only: it has to fit the grader."""

import pytest

from autograder.classroom import run
from tests.attack import killed_graders

FEW = 3


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # it forks beside threads
def test_a_grader_that_is_killed_a_few_times_loses_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "Station", run.Station)  # the attack puts its own in the place
    killed_graders.main(FEW)
    assert "0 lost, 0 twice" in capsys.readouterr().out
