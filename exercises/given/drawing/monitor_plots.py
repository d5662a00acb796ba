"""Draw what the monitor saw of several trainings, side by side: small curves on common scales."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from .plots import BLUE, INK, ORANGE, STYLE

GREEN = "#44aa99"  # holds on a light page and on a dark one
COLOURS = (BLUE, ORANGE, GREEN)
STYLES: tuple[Literal["-", "--", ":"], ...] = ("-", "--", ":")
LOWEST = 1e-3  # of a scale of powers: what is below is as good as zero
ROOM = 1.08  # above the largest value

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Field:
    """Signs of one unit, which are drawn in one field: columns, and what they are called."""

    title: str
    signs: Mapping[str, str]
    by_powers: bool = False
    guide: float | None = None  # where a dotted line goes across


# What the book shows of a training, in the order in which one looks.
FIELDS = (
    Field("loss", {"loss": "loss"}, guide=math.log(2)),
    Field("share", {"recall_at_1": "Recall@1", "active_share": "active share"}),
    Field(
        "length",
        {
            "negative_distance": "distance to negatives",
            "positive_distance": "distance to positives",
            "norm": "norm",
        },
        by_powers=True,
    ),
    Field("effective rank", {"effective_rank": "effective rank"}),
)


def side_by_side(runs: Mapping[str, Rows]) -> Figure:
    """Draw a column for each run, titled by its name, and a row for each of FIELDS.

    The rows of a run are those of its monitor. All columns of a row have one scale.
    """
    with mpl.rc_context(STYLE | {"font.size": 9, "axes.titlesize": 11}):
        figure = Figure(figsize=(5.0, 1.15 * len(FIELDS) + 1.0), layout="constrained")
        grid = figure.subplots(len(FIELDS), len(runs), sharex=True, sharey="row", squeeze=False)
        for field, row in zip(FIELDS, grid, strict=True):
            for axes, rows in zip(row, runs.values(), strict=True):
                _draw(axes, field, rows)
            _scale(row[0], field, runs.values())
            row[0].set_ylabel(field.title)
        for axes, name in zip(grid[0], runs, strict=True):
            axes.set_title(name, fontweight="bold")
        for axes in grid[-1]:
            axes.set_xlabel("step")
        _legend(figure)
    return figure


def _draw(axes: Axes, field: Field, rows: Rows) -> None:
    for sign, colour, style in zip(field.signs, COLOURS, STYLES, strict=False):
        course = [(row["step"], row[sign]) for row in rows if row[sign] is not None]
        steps, values = zip(*course, strict=True)
        axes.plot(steps, values, style, color=colour, marker="o", markersize=2.5, linewidth=1.5)
    if field.guide is not None:
        axes.axhline(field.guide, color=INK, linestyle=":", linewidth=1)
    axes.grid(alpha=0.25)


def _scale(axes: Axes, field: Field, runs: Any) -> None:
    values = [
        row[sign] for rows in runs for row in rows for sign in field.signs if row[sign] is not None
    ]
    finite = [value for value in values if math.isfinite(value)]
    if field.by_powers:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:g}")  # a formula would be printed as its source
        axes.set_ylim(LOWEST, 2 * max(finite))
    else:
        axes.set_ylim(0, ROOM * max(finite))


def _legend(figure: Figure) -> None:
    """Say below the columns what each line is; a field with one line is named by its axis."""
    several = [field for field in FIELDS if len(field.signs) > 1]
    longest = max(len(field.signs) for field in several)
    handles: list[Line2D] = []
    for field in several:
        handles.append(Line2D([], [], color="none", label=f"{field.title}:"))
        handles += [
            Line2D([], [], color=colour, linestyle=style, label=name)
            for name, colour, style in zip(field.signs.values(), COLOURS, STYLES, strict=False)
        ]
        handles += [Line2D([], [], color="none", label=" ")] * (longest - len(field.signs))
    figure.legend(handles=handles, loc="outside lower center", ncols=len(several), labelcolor=INK)
