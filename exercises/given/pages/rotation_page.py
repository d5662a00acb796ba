"""The overview of a rotation: a row for each training, which leads to its page, and the summary.

It holds links and no pages: hundreds of trainings are a page of some tens of kilobytes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import CourseError
from ..files import replacing
from ..health.verdict import verdict
from ..studies.rotation import Task, kept, record_folder
from ..studies.run_record import RUN, STOPPED, read_record
from ..studies.spaces import SPACES
from ..studies.summary import TOGETHER, headings, shown_of
from .own_page import require_page_of
from .page_templates import filled_in
from .run_page import PAGE, name_of

MARK = "triplet experiment --rotate"
NOT_MEASURED = "-"
MEASURE = ("Recall@1", "unseen", "all")
Recalls = Mapping[tuple[str, tuple[str, ...], int], float]


@dataclass(frozen=True)
class TrainingRow:
    """A training as the overview shows it; shares in percent, link relative to the overview."""

    held_out: str
    space: str
    seed: int
    pixels: str
    untrained: str
    trained: str
    verdict: str
    is_alarm: bool
    link: str


def require_own_overview(folder: Path) -> None:
    """Raise CourseError if the overview's place is taken by a page of another kind."""
    require_page_of(folder / PAGE, MARK, "a rotation")


def write_overview(
    folder: Path,
    every: Sequence[Task],
    names: Sequence[str],
    *,
    summary: list[dict[str, Any]],
    images: str,
    command: str,
) -> Path:
    """Write the overview of the runs that are there, and return it; names are of the classes.

    The page is one file, and loads nothing. An empty summary is of a rotation that is not at its
    end. Raises OSError if the disk is full.
    """
    runs = list(kept(folder, every))
    by_space = shown_of(summary)
    # A row for each measure: there are more of these than of spaces.
    by_measure = zip(headings(), *(cells for _, cells in by_space), strict=True)
    trainings = list(_rows(folder, every, names, recalls_of(runs)))
    page = filled_in(
        "rotation.html",
        generator=MARK,
        title="Every class left out in turn",
        done=len(runs),
        wanted=len(every),
        images=images,
        spaces=[space for space, _ in by_space],
        summary=[(heading, cells) for heading, *cells in by_measure] if summary else [],
        trainings=trainings,
        alarms=sum(one.is_alarm for one in trainings),
        has_spaces=len({one.space for one in trainings}) > 1,
        example=next((one.link.removesuffix(f"/{PAGE}") for one in trainings if one.link), ""),
        command=command,
    )
    with replacing(folder / PAGE) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return folder / PAGE


def recalls_of(runs: Iterable[Mapping[str, Any]]) -> Recalls:
    """Return Recall@1 of what was left out, by space, names and seed."""
    return {
        (run["space"], tuple(run["held_out"]), run["seed"]): row["value"]
        for run in runs
        for row in run["rows"]
        if (row["measure"], row["group"], row["examples"]) == MEASURE
    }


def _rows(
    folder: Path, every: Sequence[Task], names: Sequence[str], recalls: Recalls
) -> Iterable[TrainingRow]:
    """Yield a row for each training that was made or begun."""
    for task in every:
        held_out = tuple(names[label] for label in task.held_out)
        place = _recorded_in(folder, task)
        if not SPACES[task.space].is_trained:
            continue
        if place is None and (task.space, held_out, task.seed) not in recalls:
            continue
        said, is_alarm = _verdict_in(place) if place else (NOT_MEASURED, False)
        page = place / PAGE if place else None
        yield TrainingRow(
            held_out=TOGETHER.join(held_out),
            space=task.space,
            seed=task.seed,
            # Nothing is drawn in pixels: they have one seed.
            pixels=_percent(recalls.get(("pixels", held_out, 0))),
            untrained=_percent(recalls.get(("untrained", held_out, task.seed))),
            trained=_percent(recalls.get((task.space, held_out, task.seed))),
            verdict=said,
            is_alarm=is_alarm,
            link=page.relative_to(folder).as_posix() if page and page.is_file() else "",
        )


def _recorded_in(folder: Path, task: Task) -> Path | None:
    """Return where the record of a training is: whole, or else of one that was stopped."""
    whole = record_folder(folder, task)
    places = (whole, whole.with_name(f"{whole.name}{STOPPED}"))
    return next((one for one in places if (one / RUN).is_file()), None)


def _verdict_in(folder: Path) -> tuple[str, bool]:
    """Return the verdict on the record in a folder in a word or two, and whether it is an alarm."""
    try:
        said = verdict(read_record(folder))
    except CourseError:
        return "damaged record", True
    return name_of(said), bool(said.findings or said.unwell)


def _percent(share: float | None) -> str:
    return NOT_MEASURED if share is None else f"{100 * share:.2f}"
