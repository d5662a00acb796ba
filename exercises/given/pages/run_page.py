"""The page of a run: what was found, the verdict, the curves, and how to run it again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ..drawing import plots
from ..drawing.class_plots import shortened
from ..drawing.page_svg import page_svg
from ..drawing.record_curves import Alarm, Panel, curves_figure, panel_figure, panels_of
from ..files import replacing
from ..health.beginnings import began_at
from ..health.verdict import NamedSickness, RunVerdict, verdict
from ..health.wording import in_words
from ..studies.run_record import RunRecord
from . import found_tables, run_words
from .page_templates import filled_in
from .small_pictures import PageMap, SmallImage

MOST_NAMED = 3
PAGE, CURVES = "index.html", "curves.png"


@dataclass(frozen=True)
class Worst:
    """The worst neighbours: among how many queries, of which images, how many are misled."""

    queries: int
    wrong: int
    of: str
    strips: list[list[SmallImage]]


@dataclass(frozen=True)
class Findings:
    """What a run has beside its record; what it has not is absent from its page."""

    results: Mapping[str, Any] | None = None
    maps: list[PageMap] = field(default_factory=list)
    worst: Worst | None = None


def write_run_page(record: RunRecord, folder: Path, findings: Findings | None = None) -> Path:
    """Write the page and the curves of a run into its folder, and return the page.

    The page is one file, and loads nothing. Raises OSError if the disk is full.
    """
    findings = findings or Findings()
    said = verdict(record)
    since = [began_at(record, one) for one in said.findings]
    alarms = [Alarm(name, step) for name, step in zip(said.names, since, strict=True)]
    panels = panels_of(record.rows, record.layers, alarms)
    with replacing(folder / CURVES) as temporary:
        plots.save(curves_figure(panels), temporary)
    page = filled_in(
        "run.html",
        title=_title(record, said),
        verdict=in_words(said)[0].removeprefix("Verdict: "),
        is_alarm=bool(said.unwell),
        findings=[_finding(*one) for one in zip(said.findings, since, strict=True)],
        ending=run_words.ending_in_words(record),
        learnt=run_words.learnt_in_words(record),
        message=record.ended.get("message", ""),
        curves=drawn(panels),
        signs=run_words.signs_in_words(record),
        about=run_words.data_in_words(record.about),
        settings=run_words.settings_in_words(record.about),
        versions=run_words.versions_in_words(record.about),
        command=record.about.get("command", ""),
        **_found(findings),
    )
    with replacing(folder / PAGE) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return folder / PAGE


def drawn(panels: list[Panel]) -> list[Markup]:
    """Return each panel as SVG of a page, with its text alternative."""
    return [
        # Markup of our own: what comes from a run is escaped where it is drawn.
        Markup(page_svg(panel_figure(panel), panel.in_words(), f"panel-{place}"))  # noqa: S704
        for place, panel in enumerate(panels)
    ]


def name_of(said: RunVerdict) -> str:
    """Return a verdict in one or two words."""
    if said.findings:
        return " or ".join(said.names)
    if said.too_early:
        return "too early to say"
    if said.unwell:
        return "none of the known sicknesses fits"
    return "no sign of a sickness so far" if said.so_far else "healthy"


def _title(record: RunRecord, said: RunVerdict) -> str:
    unseen = record.about.get("data", {}).get("unseen") or []
    names = " and ".join(map(shortened, unseen))
    without = f" without {names if len(unseen) <= MOST_NAMED else f'{len(unseen)} classes'}"
    return f"Training{without if unseen else ''}: {name_of(said)}"


def _finding(finding: NamedSickness, since: int) -> dict[str, Any]:
    sickness = finding.sickness
    return {
        "id": sickness.id,
        "says": sickness.says,
        "evidence": finding.evidence,
        "since": since,
        "chapter": int(sickness.chapter[2:4]),
        "section": sickness.section,
        "hints": sickness.hints,
    }


def _found(findings: Findings) -> dict[str, Any]:
    """Return what the page says of the unseen classes, if the run looked for them."""
    results = findings.results
    tables: dict[str, Any] = {"maps": findings.maps, "worst": findings.worst, "found": None}
    if results is None:
        return tables
    total = results["data"]["test_images_of_unseen"]
    return tables | {
        "found": found_tables.found_of_unseen(results),
        "unseen": found_tables.unseen_of(results),
        "total": total,
        "spaces": list(found_tables.SPACES.values()),
        "taken_for": found_tables.taken_for(results),
        "groups": found_tables.found_of_groups(results),
        "classes": found_tables.found_of_classes(results),
    }
