"""Write a page to keep: one's points, and what one's own network found of a class it never met."""

import base64
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from exercises.given.errors import CourseError
from exercises.given.files import replacing
from exercises.given.studies.report import read_results

from ..chapters import EXERCISE_CHAPTERS, find_chapter
from ..grading.checks import full_marks
from ..learner.journal import Journal

TEMPLATES = Path(__file__).parent / "templates"
MAP = "tsne.png"
MEASURES = {
    "nearest_mean_accuracy": "Nearest mean",
    "map_at_r_by_class": "MAP@R",
    "recall_at_1": "Recall@1",
}
SPACES = {
    "pixels": "Pixels",
    "untrained": "Untrained network",
    "embedding": "Your network",
}


def write_certificate(journal: Journal, run: Path, out: Path) -> None:
    """Write the page, self-contained, from the journal and a run of one's own chapters.

    Raises CourseError, which says what to do next, if a chapter is not done or if the run was not
    made with all of one's own chapters.
    """
    require_done(journal)
    results = read_results(run)
    require_own(results, run)
    page = _template().render(
        earned=journal.earned(),
        total=full_marks(),
        chapters=[(one, journal.points_of(one.stem)) for one in EXERCISE_CHAPTERS],
        unseen=" and ".join(results["data"]["unseen"]),
        source=results["data"]["source"],
        steps=results["settings"]["steps"],
        seed=results["settings"]["seed"],
        rows=rows_of(results),
        spaces=list(SPACES.values()),
        map=base64.b64encode((run / MAP).read_bytes()).decode(),
        version=metadata.version("metric-learning-course"),
        torch=results["versions"]["torch"],
        today=date.today().isoformat(),
    )
    with replacing(out) as temporary:
        temporary.write_text(page, encoding="utf-8")


def require_done(journal: Journal) -> None:
    """Raise CourseError if a chapter is not done, by the last check of each."""
    if stem := journal.next_chapter():
        number = find_chapter(stem).number
        raise CourseError(
            f"You have {journal.earned()} of {full_marks()} points, and chapter {number} is open. "
            f"Next: triplet watch {number}"
        )


def require_own(results: dict[str, Any], run: Path) -> None:
    """Raise CourseError if a run used a reference solution in place of a chapter of one's own."""
    if borrowed := [find_chapter(stem).number for stem in results.get("reference_chapters", ["2"])]:
        which = ", ".join(map(str, borrowed))
        raise CourseError(
            f"The run in {run} was made with the reference solutions of chapters {which}. "
            "Make one with your own: triplet experiment --mine"
        )


def rows_of(results: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Return what was found of the unseen class: a row for each measure, in percent."""
    return [
        (title, [f"{100 * results[space][measure]['unseen']:.1f} %" for space in SPACES])
        for measure, title in MEASURES.items()
    ]


def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("certificate.html")
