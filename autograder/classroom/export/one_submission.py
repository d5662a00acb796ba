"""Grade a single student's folder, without a gradebook: for a platform that asks once for each."""

from pathlib import Path

from ...isolation.launchers import Launcher
from ..gradebook import Grade
from ..intake.students import Source
from ..station import GradingSettings, Station
from ..submission import Submission

NOBODY = "submission"  # the platform knows whose it is, and we need not


def grade_one(
    folder: Path, settings: GradingSettings, launcher: Launcher
) -> tuple[Submission, list[Grade]]:
    """Return what was found in a student's folder, and the grades of every check.

    What the grader itself failed at is a grade with the status of a grader fault.
    """
    submission = Source(NOBODY, NOBODY, folders=[folder]).read()
    return submission, Station(settings, launcher).grade(submission, [])
