"""A class on a Dask cluster: a scheduler and two workers, one of them killed in mid-run."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.chapters import ROOT
from autograder.classroom.gradebook import Gradebook
from autograder.command_line.class_commands import grade
from exercises.given.errors import CourseError
from tests.classes import write_class

pytest.importorskip("distributed", reason="the extra of the course called cluster")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the layers are there on Linux only"),
]
STUDENTS = 16
SECONDS_TO_START = 60
QUIET = {"DASK_LOGGING__DISTRIBUTED": "error", "OMP_NUM_THREADS": "1"}


@dataclass
class Machines:
    """A scheduler and its workers, processes of this machine."""

    address: str
    folder: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        place = self.folder / str(len(self.processes))
        place.mkdir()
        process = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli." + command[0], *command[1:]],
            cwd=place,
            env={**os.environ, **QUIET, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.processes.append(process)
        return process

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self.start(
            *("dask_worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
        )


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (tmp_path / "machines").mkdir()
    found = Machines(f"tcp://127.0.0.1:{port}", tmp_path / "machines")
    try:
        found.start(
            *("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
        )
        yield found
    finally:
        for process in found.processes:
            process.kill()
            process.wait()


def wait_for_workers(machines: Machines, count: int) -> None:
    from distributed import Client

    with Client(machines.address, timeout=SECONDS_TO_START, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=SECONDS_TO_START)


def content(report: Path) -> str:
    with Gradebook(report) as gradebook:
        return gradebook.content()


def test_a_worker_that_is_killed_costs_no_grade_and_none_is_there_twice(
    machines: Machines, tmp_path: Path
) -> None:
    write_class(tmp_path / "class", STUDENTS)
    common = [sys.executable, "-m", "autograder", "grade", tmp_path / "class", "--seed", "3"]
    subprocess.run([*common, "--out", tmp_path / "here"], cwd=ROOT, check=True, capture_output=True)
    first, _ = machines.start_worker(), machines.start_worker()
    wait_for_workers(machines, 2)
    command = [*common, "--out", tmp_path / "there", "--cluster", machines.address]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout
        lines = []
        for line in run.stdout:
            lines.append(line)
            if len(lines) == STUDENTS // 4:
                os.kill(first.pid, signal.SIGKILL)
        assert run.wait() == 0
    first.wait()
    assert sum(line.startswith("[") for line in lines) == STUDENTS
    assert content(tmp_path / "there") == content(tmp_path / "here")
    with Gradebook(tmp_path / "there") as gradebook:
        grades = list(gradebook.grades())
    assert {one.level for one in grades} == {"base"}
    assert len({(one.student, one.record.check) for one in grades}) == len(grades)


def test_a_cluster_that_is_not_there_or_empty_is_an_error_in_words(
    machines: Machines, tmp_path: Path
) -> None:
    write_class(tmp_path / "class", 1)
    arguments = [str(tmp_path / "class"), "--out", str(tmp_path / "report"), "--cluster"]
    with socket.create_server(("127.0.0.1", 0)) as free:
        nowhere = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    for address, words in ((nowhere, "no Dask scheduler"), (machines.address, "no worker")):
        started = time.monotonic()
        refused = CliRunner().invoke(grade, [*arguments, address])
        assert isinstance(refused.exception, CourseError), refused.exception
        assert words in str(refused.exception)
        assert time.monotonic() - started < SECONDS_TO_START
