"""`triplet book`: grade, train, run the experiment, and write every page from that run."""

from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from exercises.given.data import ImageSet, load_images
from exercises.given.data.published import DIGIT_NAMES
from exercises.given.errors import CourseError
from exercises.given.training.settings import Settings

from ..chapters import BOOK, EXERCISE_CHAPTERS, SOLUTIONS
from ..experiments.run_unseen_class import run
from ..grading.grade import grade_chapters
from ..isolation.in_process import InProcess
from ..learner.terminal import show_chapter, total
from .assemblies.renewing import require_current
from .beside import beside
from .recording.afterwards import record
from .recording.ahead import record_ahead
from .writing import write_pages

RESULTS_FOLDER = BOOK / "_results"
GRADING_SEED = 0


def build(*, data: str | None, device: str, mine: bool, command: str = "") -> Path:
    """Build the book from a fresh run and return its first page.

    Raises CourseError if the reference does not get full marks, what the pages have of the grader
    is not what it says now, or a page does not build.
    """
    console = Console()
    require_current()
    with TemporaryDirectory(prefix="ahead-") as folder:
        work = (Path(folder), data, Settings(device=device), GRADING_SEED)
        with beside("Recording what the pages show", record_ahead, *work) as wait:
            console.rule("1 of 4: grading the reference solutions")
            _grade(console)
            console.rule("2 of 4: the unseen-digit experiment")
            digits = _load_digits(data)
            outcome = run(digits, out=RESULTS_FOLDER, device=device, mine=mine, command=command)
            console.rule("3 of 4: recording what the pages show")
            wait()
        record(outcome, RESULTS_FOLDER, digits, Path(folder))
    del digits, outcome  # the pages need the memory
    console.rule("4 of 4: writing the pages")
    page = write_pages(RESULTS_FOLDER)
    console.print(f"\nThe book is built. Open {page.as_uri()}", highlight=False, soft_wrap=True)
    return page


def _grade(console: Console) -> None:
    records = grade_chapters(InProcess(SOLUTIONS), GRADING_SEED)
    earned, points = total(records)
    if earned < points:
        for chapter in EXERCISE_CHAPTERS:
            show_chapter(console, chapter, [one for one in records if one.stem == chapter.stem])
        raise CourseError(f"The reference gets {earned} of {points} points. Mend it first.")
    console.print(f"The reference gets {earned} of {points} points.", highlight=False)


def _load_digits(data: str | None) -> ImageSet:
    digits = load_images(data)
    if digits.class_names != DIGIT_NAMES:
        raise CourseError(
            f"The book is about the digits 0 to 9, and {digits.source} has other classes. Look at "
            f"these with: triplet experiment --data {digits.chosen}"
        )
    return digits
