"""Figures: the same one for a light page and for a dark one, and what each of them keeps."""

from io import BytesIO

import matplotlib as mpl
import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from exercises.given import toy
from exercises.given.drawing import class_plots, plots
from exercises.given.drawing.themes import IN_THE_DARK, light_and_dark


def pixels(png: bytes) -> np.ndarray:
    """Return a picture as (height, width, 3), from 0 to 1."""
    return mpl.image.imread(BytesIO(png))[..., :3]


def share_of(picture: np.ndarray, colour: str) -> float:
    """Return the share of pixels that have a colour, but for rounding."""
    return float((np.abs(picture - to_rgb(colour)).max(axis=-1) < 0.02).mean())


def one_of_each() -> Figure:
    """Return a figure with everything that the book draws with: axes, points, bars, texts, ink."""
    figure, (left, right) = plots.new_figure(2, width=4, height=2)
    plots.draw_six_points(left, toy.POINTS, toy.LABELS, toy.NAMES)
    right.bar(["a", "b"], [1, 2], color=plots.ORANGE, hatch="//", label="bars")
    right.legend()
    right.annotate("", (0, 0), (1, 1), arrowprops={"arrowstyle": "->", "color": plots.INK})
    return figure


def test_ground_and_ink_change_and_nothing_of_them_is_left() -> None:
    light, dark = map(pixels, light_and_dark(one_of_each()))
    for picture, ground, ink in (
        (light, plots.GROUND, plots.INK),
        (dark, IN_THE_DARK[plots.GROUND], IN_THE_DARK[plots.INK]),
    ):
        assert share_of(picture, ground) > 0.5
        assert share_of(picture, ink) > 0.001
    assert share_of(dark, plots.GROUND) == 0
    assert share_of(dark, plots.INK) == 0


def test_colours_that_mean_something_stay() -> None:
    light, dark = map(pixels, light_and_dark(one_of_each()))
    for colour in (plots.BLUE, plots.ORANGE):
        assert share_of(light, colour) > 0.001
        assert share_of(dark, colour) == pytest.approx(share_of(light, colour), rel=0.1)


def test_ink_of_images_is_light_on_a_dark_page() -> None:
    figure, axes = plots.new_figure(width=2, height=2)
    full = torch.ones(1, 1, 28, 28)
    plots.draw_images(axes, np.array([[0.0, 0.0], [1.0, 1.0]]), full.repeat(2, 1, 1, 1), size=0.3)
    light, dark = map(pixels, light_and_dark(figure))
    assert share_of(light, plots.INK) > 0.02
    assert share_of(dark, IN_THE_DARK[plots.INK]) > 0.02


def test_digits_in_groups_have_a_gap_between_the_groups() -> None:
    images = torch.zeros(6, 1, 28, 28)
    figure = plots.show_digits(images, ["x"] * 6, columns=6, group=3)
    figure.canvas.draw()
    left = [axes.get_position().x0 for axes in figure.axes if axes.get_title()]
    steps = np.diff(left)
    assert len(left) == 6
    assert steps[2] > 1.2 * max(steps[0], steps[1], steps[3], steps[4])


def test_the_riddle_names_no_digit_and_does_not_colour_them_in_their_order() -> None:
    labels = np.repeat(np.arange(10), 5)
    middles = np.random.default_rng(0).permutation(10)[labels]
    points = np.stack([np.zeros(50), middles.astype(float)], axis=1)
    [axes] = class_plots.riddle_map(points, labels, unseen=[7]).axes
    assert [text.get_text() for text in axes.texts] == ["?"]
    colours = [tuple(dots.get_facecolor()[0][:3]) for dots in axes.collections]
    assert len(set(colours)) == 10
    own = {to_rgb(colour) for colour in plots.CLASS_COLOURS}
    assert sum(colour not in own for colour in colours) == 1  # that of the question mark
