"""Figures with a part for each class, whatever they are called and however many there are."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .plots import BLUE, CLASS_COLOURS, GROUND, INK, ORANGE, new_figure

MOST_NAMED = 20  # on a map; with more, their names would cover it
MOST_BARS = 20
LONGEST_NAME = 22


def draw_map(
    axes: Axes,
    points: np.ndarray,
    labels: np.ndarray,
    unseen: Sequence[int],
    names: Sequence[str],
    title: str,
) -> None:
    """Draw points (n, 2) coloured by class, the unseen classes as crosses, each class named.

    labels (n,) and unseen are places in `names`. Where there are many classes, the seen ones are
    grey, and the unseen ones alone are named.
    """
    classes = np.unique(labels)
    is_crowded = len(classes) > MOST_NAMED
    for label in classes:
        mine = points[labels == label]  # (some, 2)
        is_unseen = label in unseen
        axes.scatter(
            mine[:, 0],
            mine[:, 1],
            s=26 if is_unseen else 9,
            marker="x" if is_unseen else "o",
            linewidths=1.2 if is_unseen else 0,
            color=INK if is_crowded and not is_unseen else colour_of(label),
            alpha=0.9 if is_unseen else 0.7,
        )
    for label in classes:
        if is_crowded and label not in unseen:
            continue
        x, y = np.median(points[labels == label], axis=0)
        name = shortened(names[label]) + (" (unseen)" if label in unseen else "")
        box = {"facecolor": GROUND, "edgecolor": colour_of(label), "pad": 1.5}
        # Few crosses on a crowded map: the name stands above them, not on them.
        axes.annotate(
            name, (x, y), xytext=(0, 16 if is_crowded else 0), textcoords="offset points",
            color=INK, fontsize=9, ha="center", va="center", bbox=box,
        )  # fmt: skip
    axes.set_title(title)
    axes.set_xticks([])
    axes.set_yticks([])


def riddle_map(points: np.ndarray, labels: np.ndarray, unseen: Sequence[int]) -> Figure:
    """Draw points (n, 2) in a colour for each class, and a question mark for the unseen ones.

    No class is named, the colours go from left to right whatever the classes are, and the map lies
    on its side: it should not say which class is unseen to whoever lays another map beside it.
    """
    figure, axes = new_figure(width=8.6, height=3.8)
    turned = points[:, ::-1] * (1, -1)  # (n, 2)
    middles = {label: np.median(turned[labels == label], axis=0) for label in np.unique(labels)}
    seen = sorted(middles.keys() - {*unseen}, key=lambda label: middles[label][0])
    colours = {label: colour_of(place) for place, label in enumerate(seen)}
    for label in middles:
        x, y = turned[labels == label].T
        axes.scatter(x, y, s=14, linewidths=0, color=colours.get(label, ORANGE), alpha=0.85)
    box = {"boxstyle": "circle,pad=0.25", "facecolor": GROUND, "edgecolor": ORANGE, "lw": 2}
    for label in middles.keys() - colours.keys():
        axes.text(
            *middles[label], "?", bbox=box,
            color=INK, fontsize=20, fontweight="bold", ha="center", va="center",
        )  # fmt: skip
    axes.margins(0.02)
    axes.axis("off")
    return figure


def error_by_class(
    pixels: Mapping[str, float], embedding: Mapping[str, float], names: Sequence[str], title: str
) -> Figure:
    """Draw the error (1 - share) of every class in pixels and in the embedding, side by side.

    Of more than twenty classes, those with the largest errors in the embedding.
    """
    shown = [name for name in names if name in embedding]
    if len(shown) > MOST_BARS:
        shown = sorted(shown, key=lambda name: embedding[name])[:MOST_BARS]
        title = f"{title}: the {MOST_BARS} classes with the most errors"
    longest = max(len(shortened(name)) for name in shown)
    figure, axes = new_figure(height=3.2 + 0.08 * longest)
    places = np.arange(len(shown))
    for shift, space, colour, hatch, label in (
        (-0.2, pixels, ORANGE, "//", "pixels"),
        (0.2, embedding, BLUE, "", "embedding"),
    ):
        errors = [100 * (1 - space[name]) for name in shown]
        axes.bar(places + shift, errors, width=0.4, color=colour, hatch=hatch, label=label)
    axes.set_xticks(places, [shortened(name) for name in shown])
    if longest > 2:
        axes.tick_params(axis="x", labelrotation=90)
    axes.set_xlabel("class")
    axes.set_ylabel(f"{title} error, %" if len(shown) == len(names) else "error, %")
    if len(shown) < len(names):
        axes.set_title(title, loc="left")
    # Above the axes, where no bar can reach.
    axes.legend(labelcolor=INK, frameon=False, ncols=2, loc="lower right", bbox_to_anchor=(1, 1))
    return figure


def colour_of(label: int) -> str:
    return CLASS_COLOURS[int(label) % len(CLASS_COLOURS)]


def shortened(name: str) -> str:
    """Return a name that fits beside others: its end, if it is long."""
    return name if len(name) <= LONGEST_NAME else "..." + name[3 - LONGEST_NAME :]
