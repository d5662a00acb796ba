"""A class of submissions, graded in real workers: each gets what it gets alone, whatever the others do."""

import os
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.chapters import ROOT, SOLUTIONS, find_chapter
from autograder.classroom import station, versions
from autograder.classroom.gradebook import Gradebook
from autograder.classroom.run import grade_class, only_grader, seed_of_run
from autograder.classroom.station import GradingSettings, Station
from autograder.classroom.submission import Submission
from autograder.command_line.class_commands import grade
from autograder.grading.record import Status
from autograder.isolation import launchers, level
from autograder.isolation.launchers import (
    LaunchError,
    LayeredLauncher,
    Worker,
    launcher_for_strangers,
)
from autograder.isolation.level import Result
from exercises.given.errors import CourseError
from tests.warm_start import run_module

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the layers are there on Linux only"
)
CHAPTERS = (find_chapter("4"), find_chapter("8"))
SETTINGS = GradingSettings(seed=1, level="base", seconds=2, chapters=CHAPTERS)
RIGHT = {one.stem: (SOLUTIONS / f"{one.stem}.py").read_bytes() for one in CHAPTERS}
WRONG = RIGHT["ch04_triplet_loss"].replace(b"+ margin", b"- margin")
HOSTILE = {
    "leaves": b"import os\nos._exit(0)\n",
    "bomb": b"import os\nwhile True: os.fork()\n",
    "ends everything": b"import os\nos.kill(-1, 9)\n",
    "stolen": b"from solutions.ch08_embedding_space import pca\n",
}


@dataclass(frozen=True)
class Source:
    student: str
    files: dict[str, bytes]
    handed_in: bool = True

    @property
    def name(self) -> str:
        return self.student

    def read(self) -> Submission:
        return Submission(self.student, self.name, self.files)


Run = Callable[..., dict[str, int]]


@pytest.fixture(scope="module")
def launcher() -> Iterator[LayeredLauncher]:
    with launcher_for_strangers() as one:
        one.prepare()
        assert isinstance(one, LayeredLauncher)
        yield one


@pytest.fixture
def run(launcher: LayeredLauncher) -> Run:
    """Give what grades a class, and returns how many chapters were run for each student."""

    def grade_them(
        folder: Path, sources: Iterable[Source], settings: GradingSettings = SETTINGS
    ) -> dict[str, int]:
        with Gradebook(folder) as gradebook:
            graded = grade_class(sources, gradebook, settings, launcher, 1)
            return {one.student: one.ran for one in graded}

    return grade_them


def rows(folder: Path, student: str) -> list[tuple[str, str]]:
    with Gradebook(folder) as gradebook:
        return [(grade.record.check, grade.record.status) for grade in gradebook.grades_of(student)]


def test_hostile_classmates_change_nobodys_grade(tmp_path: Path, run: Run) -> None:
    honest = [
        Source("right", RIGHT),
        Source("wrong", {**RIGHT, "ch04_triplet_loss": WRONG}),
        Source("nothing", {}, handed_in=False),
    ]
    alone = {}
    for one in honest:
        run(tmp_path / one.student, [one])
        alone[one.student] = rows(tmp_path / one.student, one.student)
    hostile = [Source(name, {"ch08_embedding_space": code}) for name, code in HOSTILE.items()]
    run(
        tmp_path / "class", [hostile[0], honest[0], *hostile[1:3], honest[1], hostile[3], honest[2]]
    )
    for one in honest:
        assert rows(tmp_path / "class", one.student) == alone[one.student]
    assert {status for _, status in alone["right"]} == {Status.PASSED}
    for one in hostile:
        statuses = {status for _, status in rows(tmp_path / "class", one.student)}
        assert statuses & {Status.PASSED, Status.GRADER_FAULT} == set()


def test_a_gradebook_says_nothing_that_hangs_on_the_speed_of_a_machine(
    tmp_path: Path, run: Run
) -> None:
    burn = b"def triplet_loss(*batch, **named):\n    sum(range(20_000_000))\n    return quick(*batch, **named)\n"
    text = RIGHT["ch04_triplet_loss"] + b"\nquick = triplet_loss\n\n" + burn
    run(tmp_path, [Source("slow", {**RIGHT, "ch04_triplet_loss": text})])
    with Gradebook(tmp_path) as gradebook:
        records = [grade.record for grade in gradebook.grades_of("slow")]
    assert {record.status for record in records} == {Status.PASSED}
    assert {record.hint for record in records} == {""}


def test_what_did_not_change_is_not_run_again(tmp_path: Path, run: Run) -> None:
    assert run(tmp_path, [Source("one", RIGHT)]) == {"one": 2}
    assert run(tmp_path, [Source("one", RIGHT)]) == {"one": 0}
    other_seed = GradingSettings(seed=2, level="base", seconds=2, chapters=CHAPTERS)
    assert run(tmp_path, [Source("one", RIGHT)], other_seed) == {"one": 0}
    changed = {**RIGHT, "ch08_embedding_space": RIGHT["ch08_embedding_space"] + b"# new\n"}
    assert run(tmp_path, [Source("one", changed)], other_seed) == {"one": 1}


def test_a_changed_check_runs_only_its_chapter_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    run(tmp_path, [Source("one", RIGHT)])
    before = versions.checks_version
    monkeypatch.setattr(
        versions, "checks_version", lambda stem: before(stem) + "x" * (stem == CHAPTERS[1].stem)
    )
    assert run(tmp_path, [Source("one", RIGHT)]) == {"one": 1}


def test_a_file_that_cannot_be_read_is_a_row_with_the_reason(
    launcher: LayeredLauncher,
) -> None:
    submission = Submission("one", "One", troubles={"ch04_triplet_loss": "is a link"})
    grades = Station(SETTINGS, launcher).grade(submission, [])
    observed = {grade.record.status: grade.record.observed for grade in grades}
    assert "is a link" in observed[Status.CRASHED]
    assert observed[Status.NOT_STARTED] == ""


def test_where_no_worker_starts_nobody_loses_points() -> None:
    class Refusing(LayeredLauncher):
        def start(self) -> Worker:
            raise LaunchError("no worker today")

    grades = Station(SETTINGS, Refusing()).grade(Submission("one", "One", RIGHT), [])
    assert {grade.record.status for grade in grades} == {Status.GRADER_FAULT}
    assert station._is_stale(CHAPTERS[0], RIGHT, grades)


@pytest.mark.slow
def test_a_zygote_that_is_gone_is_replaced_and_nobody_loses_points(
    launcher: LayeredLauncher,
) -> None:
    place = Station(SETTINGS, launcher)
    place.grade(Submission("one", "One", RIGHT), [])
    assert launcher.zygote
    launcher.zygote.control.shutdown(socket.SHUT_RDWR)
    grades = place.grade(Submission("two", "Two", RIGHT), [])
    assert {grade.record.status for grade in grades} == {Status.PASSED}


def test_a_submission_that_breaks_the_grader_is_a_row(tmp_path: Path, run: Run) -> None:
    class Broken(Source):
        def read(self) -> Submission:
            raise RuntimeError("a fault of ours")

    run(tmp_path, [Broken("one", {}), Source("two", RIGHT)])
    assert {status for _, status in rows(tmp_path, "one")} == {Status.GRADER_FAULT}
    assert {status for _, status in rows(tmp_path, "two")} == {Status.PASSED}


def test_two_graders_do_not_write_one_gradebook(tmp_path: Path) -> None:
    with only_grader(tmp_path), pytest.raises(CourseError, match="another triplet"):
        only_grader(tmp_path)


def test_a_stopped_run_goes_on_with_its_seed(tmp_path: Path) -> None:
    with Gradebook(tmp_path) as gradebook:
        seed = seed_of_run(gradebook, None)
        assert seed_of_run(gradebook, None) == seed
        list(grade_class([], gradebook, SETTINGS, LayeredLauncher(), 1))
        assert len({seed_of_run(gradebook, None), seed}) == 2


KILLED = """
import sys
from pathlib import Path
from tests.test_classroom import RIGHT, SETTINGS, Source
from autograder.classroom.gradebook import Gradebook
from autograder.classroom.run import grade_class
from autograder.isolation.launchers import launcher_for_strangers
sources = [Source(f"s{n}", RIGHT) for n in range(6)]
with launcher_for_strangers() as launcher, Gradebook(Path(sys.argv[1])) as gradebook:
    print("begun", flush=True)
    for one in grade_class(sources, gradebook, SETTINGS, launcher, 2):
        print(one.student, flush=True)
"""


@pytest.mark.slow
def test_no_acknowledged_grade_is_lost_or_there_twice_after_kill_9(
    tmp_path: Path, run: Run
) -> None:
    sources = [Source(f"s{number}", RIGHT) for number in range(6)]
    run(tmp_path / "whole", sources)
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    after = random.Random(seed)
    acknowledged: set[str] = set()
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, tmp_path / "killed"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert process.stdout
        for _, line in zip(range(after.randrange(1, 4)), process.stdout, strict=False):
            acknowledged.add(line.strip())
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        for student in acknowledged - {"begun", ""}:
            assert rows(tmp_path / "killed", student) == rows(tmp_path / "whole", student)
    run(tmp_path / "killed", sources)
    with Gradebook(tmp_path / "whole") as whole, Gradebook(tmp_path / "killed") as killed:
        assert killed.content() == whole.content()


@pytest.mark.slow
def test_the_command_grades_a_folder_and_goes_on_where_it_stopped(tmp_path: Path, run: Run) -> None:
    for student, source in (("ann", RIGHT[CHAPTERS[1].stem]), ("bob", HOSTILE["leaves"])):
        (tmp_path / "class" / student).mkdir(parents=True)
        (tmp_path / "class" / student / f"{CHAPTERS[1].stem}.py").write_bytes(source)
    command = ("grade", str(tmp_path / "class"), "--out", str(tmp_path / "report"), "--jobs", "1")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    runs = [
        run_module("autograder", *command, cwd=ROOT, env=environment, timeout=240) for _ in range(2)
    ]
    assert [one.returncode for one in runs] == [0, 0], runs
    outputs = [one.stdout for one in runs]
    assert "chapters run" in outputs[0]
    assert outputs[1].count("nothing changed") == 2
    passed = {one.split(": ")[0].split("] ")[1]: one for one in outputs[0].splitlines()[:2]}
    assert ": 0 of " in passed["bob"]
    assert ": 0 of " not in passed["ann"]
    assert (tmp_path / "report" / "feedback" / "ann.html").exists()


def test_the_command_refuses_below_the_base_level(
    launcher: LayeredLauncher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "class" / "ann").mkdir(parents=True)
    monkeypatch.setattr(launchers, "launcher_for_strangers", lambda: nullcontext(launcher))
    able = [Result("fork", "a bomb", False, "it was done")]
    monkeypatch.setattr(level, "attempt_acts", lambda launcher: able)
    arguments = [str(tmp_path / "class"), "--out", str(tmp_path / "report")]
    refused = CliRunner().invoke(grade, arguments)
    assert isinstance(refused.exception, CourseError)
    assert "it could fork" in str(refused.exception)
    assert "--accept limits" in str(refused.exception)
    accepted = CliRunner().invoke(grade, [*arguments, "--accept", "limits", "--jobs", "1"])
    assert accepted.exception is None
    with Gradebook(tmp_path / "report") as gradebook:
        assert {one.level for one in gradebook.grades()} == {"limits"}
