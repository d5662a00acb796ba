"""The page of two runs: what differs first, then both in the same axes."""

from pathlib import Path
from typing import Any

from ..drawing.record_curves import panels_of_two
from ..errors import CourseError
from ..files import replacing
from ..health.wording import in_words
from .page_templates import filled_in
from .run_page import drawn
from .two_runs import OpenedRun, differences, endings, names_of_two

MARK = "triplet compare"
HEAD = 2_000  # characters, in which the mark stands


def require_own_page(path: Path) -> None:
    """Raise CourseError if something is there that is no page of two runs."""
    if path.is_dir():
        raise CourseError(f"{path} is a folder. Name a file for the page.")
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        if f'content="{MARK}"' not in file.read(HEAD):
            raise CourseError(
                f"{path}: exists and is no page of two runs. Name another with --out."
            )


def write_comparison(first: OpenedRun, second: OpenedRun, path: Path) -> None:
    """Write the page, one file that loads nothing.

    Raises CourseError if the path is of something else, OSError if it cannot be written.
    """
    require_own_page(path)
    names = names_of_two(first, second)
    panels = panels_of_two(first.record.rows, second.record.rows, names)
    page = filled_in(
        "two_runs.html",
        generator=MARK,
        title=f"{names[0]} and {names[1]}",
        names=names,
        differences=differences(first, second),
        endings=endings(first, second),
        runs=[_told(run, name) for run, name in zip((first, second), names, strict=True)],
        curves=drawn(panels),
    )
    with replacing(path) as temporary:
        temporary.write_text(page, encoding="utf-8")


def _told(run: OpenedRun, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "lines": [line.strip() for line in in_words(run.said)],
        "is_alarm": bool(run.said.findings or run.said.unwell),
        "command": run.record.about.get("command", ""),
    }
