"""How many submissions a minute nbgrader grades with the loss checks of chapter 4.

A course is built in a temporary folder and graded by nbgrader's own two commands. A figure comes
out only if every submission was executed and got full marks.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from autograder.chapters import SOLUTIONS
from autograder.grading.check import Check
from autograder.grading.checks.ch04_triplet_loss import BY_HAND, CHECKS, LOSS
from exercises.given import toy

ASSIGNMENT = "loss"
NOTEBOOK = "triplet_loss.ipynb"
SOLUTION_CELL = "solution"
STEM = "ch04_triplet_loss"
WARM_UP = "warm-up"
LOG_TAIL = 40
TIMEOUT = 600

# What can be had by configuration alone is given to nbgrader: no log, and kernels that are ended
# without waiting for them. A longer limit for a cell costs nothing and forgives a busy machine.
CONFIG = """\
c = get_config()
c.Application.log_level = "ERROR"
c.CourseDirectory.course_id = "benchmark"
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}
c.Execute.shutdown_kernel = "immediate"
c.Execute.timeout = 120
"""

IMPORTS = """\
import numpy as np
import torch
from numpy.testing import assert_allclose

torch.set_num_threads(1)
"""

HELPERS = """\
def floats(*shape):
    return np.random.default_rng().standard_normal(shape).astype(np.float32)

def value_and_gradients(function, arrays, weights):
    tensors = [torch.from_numpy(array).requires_grad_() for array in arrays]
    value = function(*tensors)
    (value * torch.from_numpy(weights)).sum().backward()
    return [value.detach().numpy(), *(tensor.grad.numpy() for tensor in tensors)]

def assert_all_close(observed, expected):
    for one, other in zip(observed, expected, strict=True):
        assert_allclose(one, other, rtol=1e-4, atol=1e-5)
"""

REFERENCE_DISTANCES = """\
def reference(x, y):
    return torch.linalg.vector_norm(x[:, None] - y[None, :], dim=2)
"""

REFERENCE_LOSS = """\
def reference(anchor, positive, negative, margin):
    to_positive = torch.linalg.vector_norm(anchor - positive, dim=1)
    to_negative = torch.linalg.vector_norm(anchor - negative, dim=1)
    return torch.relu(to_positive - to_negative + margin).mean()
"""

COMPARE_DISTANCES = """\
assert_all_close(
    value_and_gradients(pairwise_distances, [x, y], weights),
    value_and_gradients(reference, [x, y], weights),
)
"""

COMPARE_LOSS = """\
one = np.ones((), np.float32)
assert_all_close(
    value_and_gradients(lambda *batch: triplet_loss(*batch, margin=margin), batch, one),
    value_and_gradients(lambda *batch: reference(*batch, margin), batch, one),
)
"""

COMPARE_GRADIENT = """\
one = np.ones((), np.float32)
expected = value_and_gradients(lambda *batch: reference(*batch, margin), batch, one)[1:]
assert_all_close(triplet_loss_gradient(*batch, margin=margin), expected)
"""

RANDOM_ROWS = "x, y, weights = floats(5, 7), floats(3, 7), floats(5, 3)\n"

AT_ZERO = """\
row = floats(1, 6)
points = torch.from_numpy(np.concatenate([row, row, floats(1, 6)])).requires_grad_()
value = pairwise_distances(points, points)
value.sum().backward()
assert_allclose(value.detach(), reference(points, points).detach(), atol=5e-3)
assert torch.isfinite(points.grad).all()
"""

WORKED_TRIPLETS = f"""\
points = np.array({toy.POINTS.tolist()}, dtype=np.float32)
batch = list(points[np.array({toy.TRIPLETS.tolist()})].transpose(1, 0, 2).copy())
margin = 1.0
"""

RANDOM_TRIPLETS = """\
batch = [floats(12, 5), 2 * floats(12, 5), floats(12, 5)]
margin = float(np.random.default_rng().uniform(0.2, 0.8))
"""

EASY_TRIPLETS = """\
anchor = floats(6, 5)
batch = [anchor, anchor + 0.1 * floats(6, 5), anchor + 3 * floats(6, 5)]
batch[2][0] = anchor[0] + 0.1
margin = 0.5
"""

EQUAL_TRIPLETS = """\
anchor = floats(3, 4)
batch = [anchor, anchor.copy(), anchor.copy()]
margin = 1.0
"""

LOSS_AT_ZERO = """\
batch = [torch.from_numpy(array).requires_grad_() for array in batch]
value = triplet_loss(*batch, margin=margin)
value.backward()
assert_allclose(value.detach(), reference(*batch, margin).detach(), atol=5e-3)
assert all(torch.isfinite(array.grad).all() for array in batch)
"""

# By name and title of the check that draws and judges the same in the autograder.
TESTS = {
    ("pairwise_distances", "random rows, and gradients"): REFERENCE_DISTANCES
    + RANDOM_ROWS
    + COMPARE_DISTANCES,
    ("pairwise_distances", "a finite gradient at distance zero"): REFERENCE_DISTANCES + AT_ZERO,
    (LOSS, "the four triplets of the worked example"): REFERENCE_LOSS
    + WORKED_TRIPLETS
    + COMPARE_LOSS,
    (LOSS, "random triplets, and gradients"): REFERENCE_LOSS + RANDOM_TRIPLETS + COMPARE_LOSS,
    (LOSS, "mostly easy triplets"): REFERENCE_LOSS + EASY_TRIPLETS + COMPARE_LOSS,
    (LOSS, "a finite gradient at distance zero"): REFERENCE_LOSS + EQUAL_TRIPLETS + LOSS_AT_ZERO,
    (BY_HAND, "random triplets"): REFERENCE_LOSS + RANDOM_TRIPLETS + COMPARE_GRADIENT,
    (BY_HAND, "equal points have a finite gradient"): REFERENCE_LOSS
    + EQUAL_TRIPLETS
    + COMPARE_GRADIENT,
}
EIGHT_CHECKS: list[Check] = [check for check in CHECKS if (check.name, check.title) in TESTS]


def submissions_a_minute(count: int = 4) -> float:
    """Return how many submissions a minute `nbgrader autograde` grades once it is running.

    Before the timed run one more submission warms up the disk. What nbgrader takes to start,
    measured with a run that finds everything graded, is taken off: in a large class it is nothing.
    Raises RuntimeError, with the end of nbgrader's log, when a command fails or marks are missing.
    """
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder).resolve()
        build_course(course)
        text = (SOLUTIONS / f"{STEM}.py").read_text(encoding="utf-8")
        students = [WARM_UP, *(f"student-{number}" for number in range(count))]
        for student in students:
            submit(course, student, f"# Handed in by {student}.\n{text}")
        autograde(course, "--student", WARM_UP)
        grading, log = autograde(course)
        starting, _ = autograde(course)
        require_full_marks(course, students, log)
    return 60 * count / (grading - starting)


def build_course(course: Path) -> None:
    """Write the configuration and the source notebook, and let nbgrader release the assignment."""
    (course / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    path = course / "source" / ASSIGNMENT / NOTEBOOK
    path.parent.mkdir(parents=True)
    nbformat.write(source_notebook(), path)
    run_nbgrader(course, "generate_assignment", ASSIGNMENT)


def source_notebook() -> NotebookNode:
    """Return the notebook of the assignment: imports, the solution, and eight hidden tests."""
    if len(EIGHT_CHECKS) != len(TESTS):
        raise RuntimeError("A check of chapter 4 has a new name: give its cell the same one.")
    solution = (SOLUTIONS / f"{STEM}.py").read_text(encoding="utf-8")
    return new_notebook(
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
        cells=[
            nbgrader_cell("imports", IMPORTS, locked=True),
            nbgrader_cell(SOLUTION_CELL, solution, solution=True),
            *(check_cell(number, check) for number, check in enumerate(EIGHT_CHECKS, start=1)),
        ],
    )


def check_cell(number: int, check: Check) -> NotebookNode:
    body = HELPERS + TESTS[check.name, check.title]
    text = f"# {check.name}: {check.title}\n### BEGIN HIDDEN TESTS\n{body}### END HIDDEN TESTS"
    return nbgrader_cell(f"check-{number}", text, points=check.points, grade=True, locked=True)


def nbgrader_cell(
    identity: str,
    text: str,
    *,
    points: int | None = None,
    grade: bool = False,
    solution: bool = False,
    locked: bool = False,
) -> NotebookNode:
    fields = {
        "schema_version": 3,
        "grade_id": identity,
        "grade": grade,
        "solution": solution,
        "locked": locked,
        "task": False,
    }
    if points is not None:
        fields["points"] = points
    return new_code_cell(text, id=identity, metadata={"nbgrader": fields})


def submit(course: Path, student: str, text: str) -> None:
    """Hand in the released notebook with this text in its solution cell."""
    notebook = nbformat.read(course / "release" / ASSIGNMENT / NOTEBOOK, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.nbgrader.grade_id == SOLUTION_CELL:
            cell.source = text
    path = course / "submitted" / student / ASSIGNMENT / NOTEBOOK
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


def autograde(course: Path, *options: str) -> tuple[float, str]:
    """Grade what is not graded yet; return the seconds that it took, and the log."""
    started = time.perf_counter()
    log = run_nbgrader(course, "autograde", ASSIGNMENT, *options)
    return time.perf_counter() - started, log


def run_nbgrader(course: Path, *command: str) -> str:
    """Run one command of nbgrader in the course's folder and return its log."""
    settings = {
        # Nothing that the user has set up for Jupyter may change the figure, or be changed by it.
        "IPYTHONDIR": str(course / "ipython"),
        "JUPYTER_CONFIG_DIR": str(course / "jupyter" / "config"),
        "JUPYTER_DATA_DIR": str(course / "jupyter" / "data"),
        "JUPYTER_RUNTIME_DIR": str(course / "jupyter" / "runtime"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "OMP_NUM_THREADS": "1",
        # nbgrader looks for alembic on the path, where it is not unless the environment is active.
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *command],
            cwd=course,
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT,
        )
    except subprocess.TimeoutExpired as error:
        log = error.stdout.decode(errors="replace") if error.stdout else ""
        raise failure(f"nbgrader {command[0]} took more than {TIMEOUT} s", log) from error
    if done.returncode:
        raise failure(f"nbgrader {command[0]} ended with {done.returncode}", done.stdout)
    return done.stdout


def failure(what: str, log: str) -> RuntimeError:
    tail = "\n".join(log.splitlines()[-LOG_TAIL:])
    return RuntimeError(f"{what}. The end of its log:\n{tail}")


def require_full_marks(course: Path, students: list[str], log: str) -> None:
    """Raise RuntimeError unless every student has full marks in every one of the eight cells."""
    wanted = sorted(
        (f"check-{number}", check.points) for number, check in enumerate(EIGHT_CHECKS, start=1)
    )
    for student in students:
        found = marks(course, student)
        if found != wanted:
            raise failure(f"{student} has {found} instead of {wanted}", log)


def marks(course: Path, student: str) -> list[tuple[str, float | None]]:
    """Return what nbgrader's gradebook holds: the marks that it gave by itself, by cell."""
    # Only these commands need nbgrader: without it this module can still be imported.
    from nbgrader.api import Gradebook, MissingEntry

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "benchmark") as gradebook:
        try:
            submission = gradebook.find_submission(ASSIGNMENT, student)
        except MissingEntry:
            return []
        grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
        return sorted((grade.name, grade.auto_score) for grade in grades)
