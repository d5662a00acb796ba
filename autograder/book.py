"""`triplet book`: grade, train, run the experiment, and write every page from that run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from exercises.given.data import load_images
from exercises.given.data.published import DIGIT_NAMES
from exercises.given.errors import CourseError
from exercises.given.pages import KILL_MATRIX

from .chapters import BOOK, EXERCISE_CHAPTERS, SOLUTIONS
from .experiment import run
from .grade import grade_chapters
from .isolation.in_process import InProcess
from .kill_matrix import write_matrix
from .recording.record import record
from .terminal import show_chapter, total

RESULTS_FOLDER = BOOK / "_results"
BUILD_FOLDER = BOOK / "_build"
GRADING_SEED = 0


def build(*, data: str | None, device: str, mine: bool) -> Path:
    """Build the book from a fresh run and return its first page.

    Raises CourseError if the reference does not get full marks, or a page does not build.
    """
    console = Console()
    console.rule("1 of 4: grading the reference solutions")
    records = grade_chapters(InProcess(SOLUTIONS), GRADING_SEED)
    earned, points = total(records)
    if earned < points:
        for chapter in EXERCISE_CHAPTERS:
            show_chapter(console, chapter, [one for one in records if one.stem == chapter.stem])
        raise CourseError(f"The reference gets {earned} of {points} points. Mend it first.")
    console.print(f"The reference gets {earned} of {points} points.", highlight=False)

    console.rule("2 of 4: the unseen-digit experiment")
    digits = load_images(data)
    if digits.class_names != DIGIT_NAMES:
        raise CourseError(
            f"The book is about the digits 0 to 9, and {digits.source} has other classes. Look at "
            f"these with: triplet experiment --data {digits.chosen}"
        )
    outcome = run(digits, out=RESULTS_FOLDER, device=device, mine=mine)

    console.rule("3 of 4: recording what the pages show")
    write_matrix(RESULTS_FOLDER / KILL_MATRIX, GRADING_SEED)
    record(outcome, RESULTS_FOLDER, digits)

    console.rule("4 of 4: writing the pages")
    _write_pages()
    page = BUILD_FOLDER / "html" / "index.html"
    console.print(f"\nThe book is built. Open {page.as_uri()}", highlight=False, soft_wrap=True)
    return page


def _write_pages() -> None:
    # A failing page leaves files behind that make the next build pass: begin from nothing.
    shutil.rmtree(BUILD_FOLDER, ignore_errors=True)
    environment = {
        **os.environ,
        "COURSE_RESULTS": str(RESULTS_FOLDER),
        # The kernel that runs the pages starts in book/ and has to find the course.
        "PYTHONPATH": str(BOOK.parent),
        "PYTHONUTF8": "1",
    }
    # The command beside this Python, whether or not its folder is on the path.
    jupyter_book = shutil.which("jupyter-book", path=str(Path(sys.executable).parent))
    if jupyter_book is None:
        raise CourseError("jupyter-book is not installed here. Run the README's install line.")
    command = [jupyter_book, "build", str(BOOK), "--all", "--warningiserror", "--keep-going"]
    finished = subprocess.run(command, env=environment, check=False)  # noqa: S603  # our own words
    if finished.returncode != 0:
        raise CourseError("A page of the book did not build: the reason stands above.")
