"""Figures and tables of classes: with few classes all are named, with many those that matter."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from rich.console import Console

from autograder.experiments.result_tables import taken_for
from exercises.given.drawing.class_plots import LONGEST_NAME, draw_map, error_by_class, shortened
from exercises.given.drawing.page_svg import page_svg
from exercises.given.drawing.plots import new_figure, save
from exercises.given.drawing.themes import light_and_dark

MANY = tuple(f"An_alphabet_of_its_own/character{number:02}" for number in range(30))


def said_on_a_map(names: tuple[str, ...], unseen: tuple[int, ...]) -> list[str]:
    figure, axes = new_figure()
    labels = np.repeat(np.arange(len(names)), 3)
    points = np.random.default_rng(0).standard_normal((len(labels), 2))
    draw_map(axes, points, labels, unseen, names, "a space")
    assert isinstance(figure, Figure)
    return [text.get_text() for text in axes.texts]


def test_a_map_of_few_classes_names_each_and_marks_the_unseen():
    assert said_on_a_map(("cat", "dog", "eel"), (1,)) == ["cat", "dog (unseen)", "eel"]


def test_a_map_of_many_classes_names_the_unseen_alone():
    assert said_on_a_map(MANY, (3, 7)) == [f"{shortened(MANY[at])} (unseen)" for at in (3, 7)]


def test_a_name_with_dollar_signs_is_no_formula(tmp_path):
    names = (r"$\broken{$", "cost_$_and_$", "plain")
    figure, axes = new_figure()
    points = np.random.default_rng(0).standard_normal((9, 2))
    draw_map(axes, points, np.arange(9) % 3, (), names, "prices in $ and $")
    save(figure, tmp_path / "map.png")
    light_and_dark(figure)
    shares = dict.fromkeys(names, 0.5)
    page_svg(error_by_class(shares, shares, names, "Recall@1"), "bars", "bars")


@pytest.mark.parametrize(("names", "bars"), [(MANY, 20), (MANY[:5], 5)])
def test_bars_show_at_most_twenty_classes_the_hardest_first(names, bars):
    shares = {name: number / 100 for number, name in enumerate(names)}
    figure = error_by_class(shares, dict(reversed(shares.items())), names, "Recall@1")
    [axes] = figure.axes
    assert len(axes.patches) == 2 * bars
    shown = [label.get_text() for label in axes.get_xticklabels()]
    assert shown == [shortened(name) for name in names[:bars]]


def test_a_long_name_is_shortened_to_its_end():
    assert shortened("cat") == "cat"
    assert len(shortened(MANY[0])) == LONGEST_NAME
    assert shortened(MANY[0]).endswith("character00")


def test_what_images_were_taken_for_is_told_from_the_most_frequent_on():
    row = {"a": 1, "b": 0, "c": 5, **dict.fromkeys(MANY, 1)}
    said = taken_for(row)
    assert said.startswith("5 as c, 1 as a, ")
    assert said.endswith(", 22 as others")
    assert Console(width=80).measure(said).minimum <= LONGEST_NAME + 10
