"""The command line, as real processes: points, exit codes, bad input, a closed terminal."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.chapters import ROOT
from exercises.given.studies.run_record import read_record
from tests.few_digits import write_few_digits
from tests.systems import not_on_windows, pseudo_terminals
from tests.warm_start import run_module

COMMAND = [sys.executable, "-m", "autograder"]
# A mirror that refuses at once: no test depends on whether there is a network.
OFFLINE = {"COURSE_MIRROR": "http://127.0.0.1:9/"}


def triplet(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {"PYTHONPATH": str(ROOT), **clean_environment(**environment)}
    return run_module("autograder", *arguments, cwd=ROOT, env=given, timeout=180)


def clean_environment(**environment: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "COURSE_DATA"}
    return {**kept, **OFFLINE, "PYTHONUTF8": "1", **environment}


@pytest.mark.slow
def test_the_solutions_get_all_100_points():
    finished = triplet("check", "--solutions", "--json", "--seed", "1")
    records = json.loads(finished.stdout)
    assert sum(record["earned"] for record in records) == 100
    assert finished.returncode == 0


def test_one_chapter_is_checked_and_the_seed_is_printed():
    finished = triplet("check", "ch04", "--solutions", "--seed", "5")
    assert "20 of 20 points" in finished.stdout
    assert "--seed 5" in finished.stdout


def test_help_names_every_command():
    finished = triplet("--help")
    assert all(name in finished.stdout for name in ("check", "experiment", "book"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("check", "99"), "No exercise belongs to '99'"),
        (("experiment", "--digit", "11"), "There is no class '11' in MNIST"),
        (("experiment", "--steps", "1"), "too few"),
        (("experiment", "--data", "no-such-folder"), "no-such-folder"),
        (("experiment", "--out", "solutions"), "no earlier output"),
    ],
)
def test_bad_input_is_one_line_and_an_exit_code(arguments: tuple[str, ...], message: str):
    finished = triplet(*arguments)
    assert finished.returncode not in (0, 1)
    assert message in finished.stderr
    assert "Traceback" not in finished.stderr
    assert len(finished.stderr.strip().splitlines()) == 1


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the environment in which commands run on a few digits."""
    return {"COURSE_DATA": str(write_few_digits(tmp_path_factory.mktemp("digits"), 600, 200))}


@pytest.mark.slow
def test_mine_with_untouched_stubs_says_that_the_reference_stands_in(few, tmp_path: Path):
    stubs = {path.name for path in (ROOT / "exercises").glob("ch*.py")}
    assert stubs
    out = tmp_path / "run"
    finished = triplet("experiment", "--mine", "--steps", "20", "--out", str(out), **few)
    assert finished.returncode == 0, finished.stderr
    assert "Your own chapters" in finished.stdout
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert len(results["own_chapters"]) + len(results["reference_chapters"]) == len(stubs)


@pytest.mark.slow
@not_on_windows
def test_a_full_disk_leaves_the_record_at_most(few, tmp_path: Path):
    # A limit on the size of files is what a test can set: writing fails in mid-report.
    limited = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000));"
    limited += "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
    limited += "from autograder.command_line.cli import main; sys.argv[0] = 'triplet'; main()"
    out = tmp_path / "run"
    finished = subprocess.run(
        [sys.executable, "-c", limited, "experiment", "--steps", "20", "--out", str(out)],
        cwd=ROOT,
        env=clean_environment(**few),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert finished.returncode not in (0, None)
    assert finished.stderr.strip().splitlines()[-1].startswith("Error: ")
    assert "Traceback" not in finished.stderr
    require_the_record_at_most(tmp_path)


def test_a_closed_terminal_in_mid_training_leaves_the_record_at_most(few, tmp_path: Path):
    out = tmp_path / "run"
    ours, theirs = pseudo_terminals().openpty()
    process = subprocess.Popen(
        [*COMMAND, "experiment", "--steps", "100000", "--out", str(out)],
        cwd=ROOT,
        env=clean_environment(**few),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown = b""
    deadline = time.monotonic() + 90
    while b"Training" not in shown and time.monotonic() < deadline:
        shown += os.read(ours, 4096)
    assert b"Training" in shown
    os.close(ours)
    process.send_signal(signal.SIGHUP)
    # The signal ends it, or before that a write to the terminal that is gone.
    assert process.wait(timeout=60) in (129, 1)
    require_the_record_at_most(tmp_path)


def require_the_record_at_most(folder: Path) -> None:
    """Require that a stopped run left nothing half-written: its whole record, or nothing."""
    left = list(folder.iterdir())
    assert [one.name for one in left] in ([], ["run-stopped"])
    for one in left:
        assert {path.name for path in one.iterdir()} == {"record.csv", "layers.csv", "run.json"}
        assert read_record(one).rows


@pytest.mark.slow
def test_pytest_runs_the_checks_on_the_stubs():
    finished = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "autograder/grading/checks",
            "--seed",
            "3",
            "--collect-only",
            "-q",
        ],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "seed of the checks: 3" in finished.stdout or "checks" in finished.stdout
    assert "triplet_loss: the four triplets of the worked example" in finished.stdout
