"""The page of two runs: what differs first, then both in the same axes."""

from pathlib import Path
from typing import Any

from ..drawing.record_curves import panels_of_two
from ..files import replacing
from ..health.wording import in_words
from .own_page import require_page_of
from .page_templates import filled_in
from .run_page import drawn
from .two_runs import OpenedRun, differences, endings, names_of_two

MARK = "triplet compare"


def require_own_page(path: Path) -> None:
    """Raise CourseError if something is there that is no page of two runs."""
    require_page_of(path, MARK, "two runs")


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
