"""Draw small examples at random, and change one a little: whole coordinates, few classes."""

import copy
import random

from ..breaks import fields
from ..breaks.asked import Asked, Inputs
from ..breaks.fields import MOST_POINTS, Input, Point

COORDINATES = (-3, -2, -1, 0, 0, 1, 2, 3, 4, 5)
MARGINS = (0, 0.5, 1, 2, 3)
CLASSES = (0, 1, 2, 3, 7)
COPIED = 0.2  # how often a point lies where another one does
FAR, HOW_FAR = 0.08, 20  # how often all points lie far from each other
LEFT_OUT = 0.4


def drawn_inputs(asked: Asked, drawn: random.Random) -> Inputs:
    """Return inputs at random, of sizes that fit each other."""
    names = [field.name for field in asked.fields]
    many = _sizes(names, drawn)
    classes = drawn.sample(CLASSES, drawn.choice((1, 2, 2, 2, 3)))
    if "gallery" in names and drawn.random() < 0.5:
        classes = list(range(len(classes)))  # else some class has no example
    known: list[Point] = []
    inputs: Inputs = {}
    for field in asked.fields:
        if field.may_be_left_out and drawn.random() < LEFT_OUT:
            continue
        if field.read is fields.points:
            inputs[field.name] = [_point(known, drawn) for _ in range(many[field.name])]
        elif field.read is fields.labels:
            inputs[field.name] = [drawn.choice(classes) for _ in range(many[field.name])]
        else:
            inputs[field.name] = _number(field, drawn)
    return _scaled(inputs, HOW_FAR) if drawn.random() < FAR else inputs


def changed(inputs: Inputs, drawn: random.Random) -> Inputs:
    """Return the inputs with one or two of their numbers changed."""
    new = copy.deepcopy(inputs)
    for _ in range(drawn.choice((1, 1, 2))):
        name = drawn.choice(list(new))
        value = new[name]
        if not isinstance(value, list) and drawn.random() < LEFT_OUT and len(new) > 1:
            del new[name]
        elif not isinstance(value, list):
            new[name] = drawn.choice((1, 2, 3)) if name == "k" else drawn.choice(MARGINS)
        elif isinstance(value[0], tuple):
            value[drawn.randrange(len(value))] = _point([], drawn)
        else:
            value[drawn.randrange(len(value))] = drawn.choice(CLASSES)
    return new


def _scaled(inputs: Inputs, factor: int) -> Inputs:
    """Return the inputs with all their points that many times as far from zero."""
    in_plane = {
        name: [(factor * x, factor * y) for x, y in value]
        for name, value in inputs.items()
        if isinstance(value, list) and isinstance(value[0], tuple)
    }
    return {**inputs, **in_plane}


def _sizes(names: list[str], drawn: random.Random) -> dict[str, int]:
    """Return how many points or labels each input has."""
    if "anchor" in names:
        return dict.fromkeys(names, drawn.choice((1, 2, 2, 2)))
    if "gallery" in names or "x" in names:
        first = drawn.choice((1, 2, 3, 4, 5, 5, 5))
        second = drawn.randint(1, MOST_POINTS - first)
        if "x" in names:
            return {"x": first, "y": second}
        return {"gallery": first, "gallery_labels": first, "queries": second}
    return dict.fromkeys(names, drawn.choice((2, 3, 4, 5, 6, 6, 6)))


def _point(known: list[Point], drawn: random.Random) -> Point:
    """Return a point; now and then one that was drawn before."""
    if known and drawn.random() < COPIED:
        return drawn.choice(known)
    known.append((drawn.choice(COORDINATES), drawn.choice(COORDINATES)))
    return known[-1]


def _number(field: Input, drawn: random.Random) -> float | int:
    return drawn.randint(1, 5) if field.name == "k" else drawn.choice(MARGINS)
