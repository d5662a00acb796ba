"""The curves of a training's record: one panel for each sign, of one run or of two."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from .plots import BLUE, CLASS_COLOURS, INK, ORANGE, STYLE

Rows = Sequence[Mapping[str, Any]]
Course = list[tuple[int, float]]
FEW_POINTS = 25  # as many are marked, and a single one would not be seen otherwise
MOST_LAYERS = 8  # that one can tell apart; of more, the first and the last
MOST_AMONG_THE_LINES = 2
HEADROOM = 1.06
COLUMNS = 3
WIDTH, HEIGHT = 4.4, 3.0  # inches of a panel
# Of a panel: where its axes end. A long legend stands below them.
LEFT, RIGHT, TOP, BOTTOM, ABOVE_LEGEND = 0.13, 0.97, 0.9, 0.16, 0.33
MOST_TICKS = 5
ROUND = (1, 2, 2.5, 5, 10)
SEVERAL_SIZES = 100.0
ALARM = "#c8324b"
IN_PERCENT = 100.0


@dataclass(frozen=True)
class Curve:
    """One line of a panel; course is (step, value), without what was not measured.

    spread, if there is one, is how far a band reaches above and below it.
    """

    name: str
    course: Course
    colour: str = BLUE
    style: str = "-"
    spread: tuple[float, ...] = ()


@dataclass(frozen=True)
class Alarm:
    """What is marked in every panel: a word, and the step at which it began."""

    name: str
    step: int


@dataclass(frozen=True)
class Panel:
    """One sign over the steps. is_log: the values are of several sizes."""

    title: str
    curves: tuple[Curve, ...]
    is_log: bool = False
    alarms: tuple[Alarm, ...] = ()

    def in_words(self) -> str:
        """Return what a reader hears who does not see the panel: each line's first and last."""
        lines = [_line_in_words(curve) for curve in self.curves]
        alarms = [f"marked at step {alarm.step:,}: {alarm.name}" for alarm in self.alarms]
        return f"{self.title} over the training steps. {'; '.join([*lines, *alarms])}."


def panels_of(rows: Rows, layers: Rows, alarms: Iterable[Alarm] = ()) -> list[Panel]:
    """Return the panels of one run, without those of what was never measured."""
    norms = course_of(rows, "norm")
    spreads = dict(course_of(rows, "norm_spread"))
    band = tuple(spreads.get(step, 0.0) for step, _ in norms)
    panels = [
        Panel("Loss", _by_mining(rows)),
        Panel(
            "Recall@1, %",
            (
                Curve("images that are watched", course_of(rows, "recall_at_1", IN_PERCENT)),
                Curve("within a batch", course_of(rows, "batch_recall_at_1", IN_PERCENT), ORANGE),
            ),
        ),
        Panel(
            "Active share of triplets, %",
            (Curve("active", course_of(rows, "active_share", IN_PERCENT)),),
        ),
        Panel(
            "Mean distance",
            (
                Curve("to positives", course_of(rows, "positive_distance")),
                Curve("to negatives", course_of(rows, "negative_distance"), ORANGE),
            ),
        ),
        Panel("Norm of the embeddings", (Curve("mean, and its spread", norms, spread=band),)),
        Panel(
            "Effective rank of a batch", (Curve("directions", course_of(rows, "effective_rank")),)
        ),
        Panel("Gradient norm, by layer", _by_layer(layers, "gradient_norm"), is_log=True),
        Panel(
            "Step relative to the parameter, by layer, %",
            _by_layer(layers, "relative_update", IN_PERCENT),
            is_log=True,
        ),
        Panel("Dead units, %", (Curve("dead units", course_of(rows, "dead_share", IN_PERCENT)),)),
    ]
    measured = [replace(panel, curves=_measured(panel.curves)) for panel in panels]
    return [replace(panel, alarms=tuple(alarms)) for panel in measured if panel.curves]


# What two runs are compared by: the title, the column, what it is multiplied by, is it logarithmic.
COMPARED = (
    ("Loss", "loss", 1.0, False),
    ("Recall@1 of the images that are watched, %", "recall_at_1", IN_PERCENT, False),
    ("Recall@1 within a batch, %", "batch_recall_at_1", IN_PERCENT, False),
    ("Active share of triplets, %", "active_share", IN_PERCENT, False),
    ("Mean distance to positives", "positive_distance", 1.0, False),
    ("Mean distance to negatives", "negative_distance", 1.0, False),
    ("Mean norm of the embeddings", "norm", 1.0, False),
    ("Effective rank of a batch", "effective_rank", 1.0, False),
    ("Gradient norm", "gradient_norm", 1.0, True),
    ("Step relative to the parameters, %", "relative_update", IN_PERCENT, True),
    ("Dead units, %", "dead_share", IN_PERCENT, False),
    ("Learning rate", "rate", 1.0, False),
)


def panels_of_two(first: Rows, second: Rows, names: Sequence[str]) -> list[Panel]:
    """Return the panels of two runs: the same sign of both in the same axes."""
    panels = []
    for title, column, factor, is_log in COMPARED:
        curves = (
            Curve(names[0], course_of(first, column, factor)),
            Curve(names[1], course_of(second, column, factor), ORANGE, "--"),
        )
        if measured := _measured(curves):
            panels.append(Panel(title, measured, is_log))
    return panels


def course_of(rows: Rows, column: str, factor: float = 1.0) -> Course:
    """Return (step, value) of a column wherever it is a number."""
    return [
        (int(row["step"]), factor * float(row[column]))
        for row in rows
        if row.get(column) is not None and math.isfinite(row[column])
    ]


def curves_figure(panels: Sequence[Panel]) -> Figure:
    """Return all panels in one figure, three in a row."""
    lines = max(1, math.ceil(len(panels) / COLUMNS))
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(COLUMNS * WIDTH, lines * HEIGHT))
        for place, panel in enumerate(panels):
            line, column = divmod(place, COLUMNS)
            left, bottom, width, height = _inside(panel)
            where = (
                (column + left) / COLUMNS,
                (lines - 1 - line + bottom) / lines,
                width / COLUMNS,
                height / lines,
            )
            draw_panel(figure.add_axes(where), panel)
    return figure


def panel_figure(panel: Panel) -> Figure:
    """Return a figure of one panel."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, HEIGHT))
        draw_panel(figure.add_axes(_inside(panel)), panel)
    return figure


def _inside(panel: Panel) -> tuple[float, float, float, float]:
    """Return the left, bottom, width and height of a panel's axes, as shares of the panel."""
    # By hand: to have the best places looked for takes longer than all of the drawing.
    bottom = ABOVE_LEGEND if len(panel.curves) > MOST_AMONG_THE_LINES else BOTTOM
    return LEFT, bottom, RIGHT - LEFT, TOP - bottom


def draw_panel(axes: Axes, panel: Panel) -> None:
    """Draw the curves of a panel over the steps, and the alarms as upright lines."""
    floor = _floor(panel)
    for curve in panel.curves:
        _draw_curve(axes, curve, floor)
    _scale(axes, panel, floor)
    for alarm in panel.alarms:
        axes.axvline(alarm.step, color=ALARM, linestyle=":", linewidth=2)
    # With a height of its own the title is not moved out of the way of what is measured first.
    axes.set_title(panel.title, loc="left", fontsize=11, color=INK, y=1.02)
    axes.set_xlabel("training step", fontsize=9, labelpad=1)
    axes.tick_params(labelsize=9)
    axes.grid(alpha=0.25)
    look: dict[str, Any] = {"fontsize": 8, "labelcolor": INK, "handlelength": 1.4}
    if len(panel.curves) > MOST_AMONG_THE_LINES:
        # Among so many lines it would hide some.
        look |= {"loc": "upper center", "bbox_to_anchor": (0.5, -0.2), "ncols": 3}
    if len(panel.curves) > 1:
        # With the lines named: what is called _results would be left out otherwise.
        axes.legend(axes.lines[: len(panel.curves)], [one.name for one in panel.curves], **look)


def _draw_curve(axes: Axes, curve: Curve, floor: float) -> None:
    steps = [step for step, _ in curve.course]
    values = [max(value, floor) for _, value in curve.course]
    marker = "o" if len(steps) <= FEW_POINTS else ""
    axes.plot(
        steps, values, curve.style, color=curve.colour, marker=marker, markersize=4,
        label=curve.name,
    )  # fmt: skip
    if any(curve.spread):
        low = [value - one for value, one in zip(values, curve.spread, strict=True)]
        high = [value + one for value, one in zip(values, curve.spread, strict=True)]
        axes.fill_between(steps, low, high, color=curve.colour, alpha=0.25, linewidth=0)


def _floor(panel: Panel) -> float:
    """Return the least value that is drawn: zero, of a frozen layer, is on no logarithmic scale."""
    above_zero = [value for value in _values(panel) if value > 0]
    return min(above_zero) / 2 if panel.is_log and above_zero else -math.inf


def _scale(axes: Axes, panel: Panel, floor: float) -> None:
    values = _values(panel)
    if math.isfinite(floor):
        axes.set_yscale("log")
        axes.set_ylim(bottom=floor)
        # Within few powers of ten there may be none of them.
        subs = (1.0,) if max(values) > SEVERAL_SIZES * floor else (1.0, 2.0, 5.0)
        axes.yaxis.set_major_locator(LogLocator(subs=subs, numticks=MOST_TICKS))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_locator(NullLocator())
    else:
        axes.yaxis.set_major_locator(MaxNLocator(MOST_TICKS, steps=ROUND))
        if min(values) >= 0:
            axes.set_ylim(0, HEADROOM * max(values) or 1)
    axes.xaxis.set_major_locator(MaxNLocator(MOST_TICKS, steps=ROUND, integer=True))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    last = max(step for curve in panel.curves for step, _ in curve.course)
    axes.set_xlim(0, last * 1.03 or 1)


def _values(panel: Panel) -> list[float]:
    """Return the heights that a panel has to show, the tops of bands among them."""
    values = []
    for curve in panel.curves:
        above = curve.spread or [0.0] * len(curve.course)
        values += [value + one for (_, value), one in zip(curve.course, above, strict=True)]
    return values


def _measured(curves: Iterable[Curve]) -> tuple[Curve, ...]:
    return tuple(curve for curve in curves if curve.course)


def _by_mining(rows: Rows) -> tuple[Curve, ...]:
    names = list(dict.fromkeys(row["mining"] for row in rows if row.get("mining")))
    # The last one is the one that is asked for; what comes before it is a warm-up.
    colours = [BLUE, ORANGE, *CLASS_COLOURS]
    return tuple(
        Curve(name, course_of([row for row in rows if row.get("mining") == name], "loss"), colour)
        for name, colour in zip(reversed(names), colours, strict=False)
    )


def _by_layer(layers: Rows, column: str, factor: float = 1.0) -> tuple[Curve, ...]:
    names = list(dict.fromkeys(row["layer"] for row in layers))
    if len(names) > MOST_LAYERS:
        names = names[: MOST_LAYERS // 2] + names[-MOST_LAYERS // 2 :]
    return tuple(
        Curve(name, course_of([row for row in layers if row["layer"] == name], column, factor), hue)
        for name, hue in zip(names, CLASS_COLOURS, strict=False)
    )


def _line_in_words(curve: Curve) -> str:
    (first, before), (last, after) = curve.course[0], curve.course[-1]
    return f"{curve.name}: {before:.3g} at step {first:,}, {after:.3g} at step {last:,}"
