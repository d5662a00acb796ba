"""A class of 200 with 20 hostile ones: the 180 get the grades that they get alone."""

import dataclasses
import tempfile
import time
from pathlib import Path

from autograder.chapters import find_chapter
from autograder.classroom.gradebook import Grade, Gradebook
from autograder.classroom.run import grade_class
from autograder.classroom.station import GradingSettings
from autograder.grading.record import Status
from autograder.isolation.launchers import launcher_for_strangers
from tests.attack.leftovers import traces
from tests.classes import honest_files
from tests.test_classroom import Source
from tests.test_isolation import ATTACKS

STUDENTS, HOSTILE = 200, 20
SETTINGS = GradingSettings(seed=11, level="base", seconds=5)
STEM = find_chapter("8").stem


def hostile_files(number: int, body: str) -> dict[str, bytes]:
    """Return honest chapters, but for the last: it attacks when it is called."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return {**honest_files(number), STEM: f"def pca(x, num_components):\n{lines}".encode()}


def main() -> None:
    print(f"a class of {STUDENTS}, {HOSTILE} of them hostile", flush=True)
    attacks = list(ATTACKS.values())
    step = STUDENTS // HOSTILE
    honest, everybody = [], []
    for number in range(STUDENTS):
        if number % step == 0:
            body = attacks[number // step * len(attacks) // HOSTILE]
            everybody.append(Source(f"hostile-{number:03}", hostile_files(number + 1, body)))
        else:
            honest.append(Source(f"honest-{number:03}", honest_files(number)))
            everybody.append(honest[-1])
    before = traces()
    with tempfile.TemporaryDirectory() as folder:
        alone = graded(Path(folder) / "alone", honest, 1)
        together = graded(Path(folder) / "together", everybody, 3)
    time.sleep(1)
    after = traces()
    assert after == before, f"left behind: {before} became {after}"
    differing = [one for one in alone if alone[one] != together[one]]
    assert not differing, f"other grades than alone: {differing}"
    hostile = [grade for name in together.keys() - alone.keys() for grade in together[name]]
    gained = sum(one.record.earned for one in hostile if one.record.stem == STEM)
    assert gained == 0, f"{gained} points gained"
    faults = sum(
        one.record.status is Status.GRADER_FAULT for rows in together.values() for one in rows
    )
    print(
        f"{len(alone)} get the grades that they get alone; {HOSTILE} attacks gain {gained} points; "
        f"{faults} grader faults; 0 processes, descriptors and files left",
        flush=True,
    )


def graded(folder: Path, sources: list[Source], jobs: int) -> dict[str, list[Grade]]:
    """Return the grades of each student, without what differs each time."""
    with launcher_for_strangers() as launcher, Gradebook(folder) as gradebook:
        launcher.prepare()
        for _ in grade_class(sources, gradebook, SETTINGS, launcher, jobs):
            pass
        return {one.student: _essential(gradebook.grades_of(one.student)) for one in sources}


def _essential(grades: list[Grade]) -> list[Grade]:
    return [dataclasses.replace(one, seconds=0.0, made_at="") for one in grades]
