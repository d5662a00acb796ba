"""Figures that colour-blind readers can read, in the colours of a page that themes.py changes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from torch import Tensor

# The page: themes.py exchanges these two for those of a dark page, and keeps every other colour.
INK, GROUND = "#2b2f36", "#ffffff"
BLUE, ORANGE = "#3b82c4", "#d9730d"
GAP = 0.4  # between groups of images, in images
# Paul Tol's "muted" palette, which colour-blind readers can tell apart, and one more.
CLASS_COLOURS = (
    "#cc6677", "#6b5fb5", "#b8a23a", "#117733", "#5aa9d6",
    "#a0446f", "#44aa99", "#999933", "#aa4499", "#8c6d5a",
)  # fmt: skip
# For the fields of a table: nothing where a value is small, so that a page shows through.
HEAT = LinearSegmentedColormap.from_list("heat", [(*to_rgb(BLUE), 0.0), (*to_rgb(BLUE), 0.6)])
STYLE: Any = {
    # Names of classes, layers and folders are no formulas, whatever signs they have.
    "text.parse_math": False,
    "figure.facecolor": GROUND,
    "axes.facecolor": "none",
    "savefig.facecolor": GROUND,
    "savefig.dpi": 144,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "hatch.color": GROUND,
    "font.size": 11,
}


def new_figure(
    columns: int = 1,
    width: float = 7.0,
    height: float = 4.0,
    *,
    rows: int = 1,
    one_scale: bool = False,
) -> tuple[Figure, Any]:
    """Return a figure in the course's style and its axes: one, or an array of `columns`.

    With several `rows` of several columns it is an array (rows, columns).

    With `one_scale`, what is equally long in two columns means the same.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        return figure, figure.subplots(rows, columns, sharex=one_scale, sharey=one_scale)


def save(figure: Figure, path: Path) -> None:
    """Write the figure as PNG, in the colours of a light page."""
    with mpl.rc_context(STYLE):
        as_written(figure).savefig(path)


def as_written(figure: Figure) -> Figure:
    """Return the same figure, in which no text is read as a formula."""
    for text in figure.findobj(Text):
        text.set_parse_math(False)
    return figure


def show_digits(
    images: Tensor, titles: Sequence[str], columns: int = 10, group: int | None = None
) -> Figure:
    """Draw images (n, 1, 28, 28) in rows, each with its title, and a gap after each `group`."""
    rows = -(-len(images) // columns)
    widths: list[float] = []
    for column in range(columns):
        if group and column and column % group == 0:
            widths.append(GAP)
        widths.append(1)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(0.9 * sum(widths), 1.15 * rows), layout="constrained")
        grid = {"width_ratios": widths}
        cells = figure.subplots(rows, len(widths), squeeze=False, gridspec_kw=grid)
        for axes in cells.flatten():
            axes.axis("off")
        all_axes = cells[:, [width == 1 for width in widths]].flatten()
        for axes, image, title in zip(all_axes, images, titles, strict=False):
            axes.imshow(image[0].numpy(), cmap="gray", vmin=0, vmax=1)
            axes.set_title(title, fontsize=9)
    return figure


def draw_images(
    axes: Axes,
    places: np.ndarray,
    images: Tensor,
    size: float = 0.03,
    marked: Tensor | None = None,
) -> None:
    """Draw images (n, 1, 28, 28) at places (n, 2), but for those that would cover another.

    `size` is the side of an image, as a share of the map's. Those that `marked` (n,) says are
    orange.
    """
    marks = [False] * len(images) if marked is None else marked.tolist()
    low, high = places.min(axis=0), places.max(axis=0)
    scaled = (places - low) / (high - low)  # (n, 2) from 0 to 1
    drawn: list[np.ndarray] = []
    for place, image, is_marked in zip(scaled, images, marks, strict=True):
        if all(np.abs(place - other).max() > 0.6 * size for other in drawn):
            drawn.append(place)
            ink = np.zeros((*image.shape[1:], 4))  # (28, 28, 4): as opaque as it is inked
            ink[..., :3] = to_rgb(ORANGE if is_marked else INK)
            ink[..., 3] = image[0].numpy()
            x, y = place
            half = size / 2
            axes.imshow(ink, extent=(x - half, x + half, y - half, y + half))
    axes.set_xlim(-size, 1 + size)
    axes.set_ylim(-size, 1 + size)
    axes.set_xticks([])
    axes.set_yticks([])


def training_curve(curve: Sequence[Mapping[str, Any]]) -> Figure:
    """Draw the loss over the steps, one colour for each kind of mining."""
    figure, axes = new_figure(height=3.2)
    for name, colour in (("batch-all", ORANGE), ("batch-hard", BLUE)):
        part = [point for point in curve if point["mining"] == name]
        axes.plot(
            [point["step"] for point in part],
            [point["loss"] for point in part],
            color=colour,
            label=name,
        )
    axes.set_xlabel("training step")
    axes.set_ylabel("mean loss per example")
    axes.set_ylim(bottom=0)
    axes.legend(labelcolor=INK, frameon=False)
    return figure


def six_points(points: np.ndarray, labels: np.ndarray, names: Sequence[str]) -> Figure:
    """Draw the six points of the worked example with their names."""
    figure, axes = new_figure(width=5, height=4)
    draw_six_points(axes, points, labels, names)
    axes.grid(alpha=0.3)
    return figure


def write_beside(axes: Axes, point: Any, name: str) -> None:
    """Write a name beside a point, and over the lines that go through the name."""
    # Without a line: its opacity would show an edge, even of the colour "none", on a dark page.
    box = {"facecolor": GROUND, "linewidth": 0, "pad": 0.6, "alpha": 0.85}
    axes.annotate(name, point, (8, 6), textcoords="offset points", color=INK, bbox=box, zorder=3)


def draw_six_points(
    axes: Axes, points: np.ndarray, labels: np.ndarray, names: Sequence[str]
) -> None:
    """Draw points (6, 2) in the plane: circles for one class, squares for the other."""
    for label, colour, marker in ((0, BLUE, "o"), (1, ORANGE, "s")):
        mine = points[labels == label]
        axes.scatter(mine[:, 0], mine[:, 1], s=90, color=colour, marker=marker, zorder=2)
    for (x, y), name in zip(points, names, strict=True):
        write_beside(axes, (x, y), name)
    axes.set_xlabel("first coordinate")
    axes.set_ylabel("second coordinate")
    axes.set_xlim(-0.4, 2.6)
    axes.set_ylim(-0.4, 3.5)
    axes.set_aspect("equal")


def join(
    axes: Axes,
    start: Any,
    end: Any,
    colour: str = INK,
    *,
    dashed: bool = False,
    arrow: bool = True,
    bend: float = 0.0,
    gap: float = 7,
) -> None:
    """Draw an arrow, or a line, from one point to another that stops `gap` points short of both.

    With `bend` it is a bow, so that an arrow there and an arrow back lie side by side.
    """
    look = {
        "arrowstyle": "-|>" if arrow else "-",
        "mutation_scale": 13,
        "color": colour,
        "linewidth": 1.8,
        "linestyle": "--" if dashed else "-",
        "shrinkA": gap,
        "shrinkB": gap,
        "connectionstyle": f"arc3,rad={bend}",
    }
    axes.annotate("", end, start, arrowprops=look, zorder=1.5)


def write_box(
    axes: Axes, place: Any, text: str, colour: str = BLUE, *, dashed: bool = False, size: float = 11
) -> None:
    """Write a text in a box with round corners: a step of a scheme."""
    box = {
        "boxstyle": "round,pad=0.35",
        "facecolor": "none",
        "edgecolor": colour,
        "linewidth": 1.5,
        "linestyle": "--" if dashed else "-",
    }
    x, y = place
    axes.text(x, y, text, color=INK, ha="center", va="center", fontsize=size, bbox=box)


def architecture(shapes: Sequence[str], operations: Sequence[str]) -> Figure:
    """Draw a network from top to bottom: its operations in boxes, the shape at every arrow.

    There is one shape more than there are operations: what goes in, and what each makes of it.
    """
    height = 0.85 * len(operations) + 0.6
    figure, axes = new_figure(width=5, height=height)
    arrow = {"arrowstyle": "->", "color": INK, "lw": 1.5}
    for row, (operation, shape) in enumerate(zip(operations, shapes, strict=False)):
        y = -row
        axes.annotate("", (0, y - 0.28), (0, y + 0.28), arrowprops=arrow)
        axes.text(0.15, y + 0.02, shape, color=INK, va="center", family="monospace")
        box = {"boxstyle": "round,pad=0.35", "facecolor": "none", "edgecolor": BLUE, "lw": 1.5}
        axes.text(0, y - 0.5, operation, color=INK, ha="center", va="center", bbox=box)
    last = -len(operations)
    axes.annotate("", (0, last - 0.28), (0, last + 0.28), arrowprops=arrow)
    axes.text(0.15, last + 0.02, shapes[-1], color=INK, va="center", family="monospace")
    axes.set_xlim(-1.5, 1.5)
    axes.set_ylim(last - 0.4, 0.4)
    axes.axis("off")
    return figure
