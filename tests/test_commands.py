"""Every command that the README and the book tell a reader to type: it runs, as it stands there."""

import functools
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner

import autograder.publishing.build
from autograder.chapters import BOOK, BREAKS, EXERCISE_CHAPTERS, ROOT, SOLUTIONS
from autograder.command_line.cli import cli
from tests.classes import write_class
from tests.few_digits import write_few_digits
from tests.systems import with_bash
from tests.terminals import Terminal, copy_of_course
from tests.warm_start import run_module

CONSOLE = re.compile(r"^```console\n(.*?)^```", re.M | re.S)
INLINE = re.compile(r"`((?:triplet|pytest|make|python) [^`]+)`")
WITHOUT_SHELL = re.compile(r"python -m [^<>|&;$*?~`()]+")
FEW_STEPS = ("--steps", "20")
CHECK = "ch04_triplet_loss:triplet_loss:random triplets, and gradients"
IN_PLACE_OF = {
    "SUBMISSION ": "submissions/student-00001 ",
    "SUBMISSIONS": "submissions",
    "STUDENT": "student-00001",
    "CHECK": f'"{CHECK}"',
    "https://ADDRESS@COMMIT": f"https://example.org/course.git@{'0' * 40}",
}
# What each does is run by another test, or by CI, since it takes minutes or machines.
ELSEWHERE = {
    "make book": ".ci/run",
    "make test": ".ci/run",
    "python3 -m venv .venv": "Makefile",
    ".venv/bin/python -m pip install --constraint constraints.txt --editable .": "Makefile",
    ".venv/bin/triplet book": "Makefile",
    ".venv/bin/pytest": "Makefile",
    ".venv/bin/python -m pip install torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu": ".github/workflows/publish.yml",
    "make pictures": "Makefile",
    "triplet book": "Makefile",
    "triplet experiment --rotate": "tests/test_rotation.py",
    # It needs two runs, of which the experiment is slow.
    "triplet compare my-training my-run": "tests/test_compare.py",
    "triplet experiment --long": "tests/test_experiment.py",
    "triplet experiment --data omniglot": "tests/test_unseen_alphabets.py",
    # It takes minutes of a quiet machine, so it is run by hand before its table is renewed.
    "make bench": "Makefile",
    # The copy of the course has no wrong submissions, of which the class is made.
    "triplet simulate pretend --students 30": "tests/test_simulate.py",
    "triplet grade pretend/submissions --roster pretend/roster.csv --out pretend/report": "tests/test_simulate.py",
    "triplet check 7 --runs": "tests/test_cures.py",
    "dask scheduler": "tests/test_cluster.py",
    "dask worker tcp://ADDRESS:8786 --nthreads 3": "tests/test_cluster.py",
    "triplet grade SUBMISSIONS --cluster tcp://ADDRESS:8786": "tests/test_cluster.py",
}
pytestmark = with_bash
WATCHED = {"triplet watch", "triplet watch 4"}
UNTOUCHED = {"python -m autograder.stubs"}  # it leaves alone what somebody has edited
BOOKS = {"triplet book --mine"}
# Each is another command of this table with more options, or is tested elsewhere as well, and takes
# its time.
SLOW = (
    *(
        "triplet experiment --",
        "triplet train --loss",
        "triplet doctor --isolation",
        "triplet gradescope",
        "pytest auto",
    ),
    *("triplet grade SUBMISSIONS --out", "triplet grade SUBMISSIONS --chapter"),
)


def commands() -> list[str]:
    """Return the commands of the README and the book, each once, in the order of their run."""
    found: dict[str, None] = {}
    for path in (ROOT / "README.md", *sorted(BOOK.glob("*.md"))):
        text = path.read_text(encoding="utf-8")
        lines = [line for block in CONSOLE.findall(text) for line in block.splitlines()]
        lines = [line.split("  #")[0].strip() for line in lines]
        found |= dict.fromkeys([*lines, *INLINE.findall(text)])
    # What one writes another needs: grades to change, a rubric. A stub is reset last.
    later = ("--rubric", "adjust", "reset")
    return sorted(found, key=lambda one: [word in one for word in reversed(later)])


RUN = [
    pytest.param(one, marks=pytest.mark.slow) if one.startswith(SLOW) else one
    for one in commands()
    if one not in {*ELSEWHERE, *WATCHED, *BOOKS}
]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the course whose exercises are solved, beside a class of two.

    A few digits lie there as well, for the commands that train.
    """
    place = copy_of_course(tmp_path_factory.mktemp("course"))
    shutil.copytree(BOOK, place / "book", ignore=shutil.ignore_patterns("_build", "_results"))
    for name in ("README.md", "LICENSE", "pyproject.toml"):
        shutil.copy(ROOT / name, place)
    for chapter in (*EXERCISE_CHAPTERS, BREAKS):
        shutil.copy(SOLUTIONS / f"{chapter.stem}.py", place / "exercises")
    write_class(place / "submissions", 2)
    write_few_digits(place / "few-digits", 600, 200)
    return place


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the course in which nobody has written anything yet."""
    return copy_of_course(tmp_path_factory.mktemp("untouched"))


@functools.cache
def finished(course: Path, command: str, *more: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a copy of the course; what has run before is not run again."""
    for word, meant in IN_PLACE_OF.items():
        command = re.sub(rf"(?<![\w/]){re.escape(word)}(?!\w)", meant, command)
    command = re.sub(r"^triplet", "python -m autograder", command)
    command = re.sub(r"^pytest", "python -m pytest -q", command)
    environment = {
        **os.environ,
        "PYTHONPATH": str(course),
        "PYTHONUTF8": "1",
        "COLUMNS": "100",
        "COURSE_DATA": "few-digits",
    }
    command = " ".join([command, *more])
    if WITHOUT_SHELL.fullmatch(command):
        _, _, module, *arguments = shlex.split(command)
        return run_module(module, *arguments, cwd=course, env=environment, timeout=240)
    command = re.sub(r"^python\b", f"'{sys.executable}'", command)
    return subprocess.run(
        ["bash", "-c", command],
        cwd=course,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.parametrize("command", RUN)
def test_a_command_that_a_reader_is_told_to_type_runs(
    course: Path, untouched: Path, command: str
) -> None:
    more = FEW_STEPS if command.startswith(("triplet experiment", "triplet train")) else ()
    done = finished(untouched if command in UNTOUCHED else course, command, *more)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command",
    ["triplet watch", pytest.param("triplet watch 4", marks=pytest.mark.slow)],
)
def test_a_command_that_watches_shows_progress_and_ends_on_q(course: Path, command: str) -> None:
    terminal = Terminal(course, *command.split()[1:])
    terminal.wait_for("q quit")
    terminal.press("q")
    assert terminal.end() == 0


@pytest.mark.parametrize("command", sorted(BOOKS))
def test_a_command_that_builds_the_book_gets_through(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = {}

    def few_steps(_images, **options):
        seen.update(options)

    monkeypatch.setattr(autograder.publishing.build, "run", few_steps)
    monkeypatch.setattr(autograder.publishing.build, "beside", lambda *_: nullcontext(lambda: None))
    monkeypatch.setattr(autograder.publishing.build, "record", lambda *_: None)
    monkeypatch.setattr(
        autograder.publishing.build, "write_pages", lambda _: tmp_path / "index.html"
    )
    done = CliRunner().invoke(cli, command.split()[1:])
    assert done.exit_code == 0, done.output
    assert seen["mine"] == ("--mine" in command)
    assert "Open file://" in done.output


@pytest.mark.parametrize(("command", "place"), ELSEWHERE.items())
def test_a_command_that_takes_long_is_run_where_this_table_says(command: str, place: str) -> None:
    text = (ROOT / place).read_text(encoding="utf-8")
    words = command.replace(".venv/bin/", "").replace("python3 ", "").split()
    if place.endswith("test_cluster.py"):
        words = [
            {"scheduler": "dask_scheduler", "worker": "dask_worker"}.get(word, word)
            for word in words
        ]
        words = [
            word
            for word in words
            if word in {"dask_scheduler", "dask_worker", "--cluster", "--nthreads"}
        ]
    assert words
    assert all(word in text for word in words), command
