"""Draw the small set of drawings that the page "On your own images" is about.

Eight classes of twenty drawings, each with another place, size, slant and hand: pencil on paper of
several colours. Write them anew with `python -m tests.drawings`.
"""

import math
from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image, ImageDraw

from autograder.chapters import BOOK

PLACE = BOOK / "drawings"
COUNT, SIDE, FINE = 20, 64, 4  # drawn four times as large, then made smaller, for soft edges
PAPERS = ((255, 255, 255), (252, 246, 227), (230, 240, 250), (240, 240, 240))
PENCILS = ((20, 20, 20), (30, 50, 140), (140, 30, 40), (60, 60, 60))

Stroke = list[tuple[float, float]]  # points (x, y) from -1 to 1


def circle() -> list[Stroke]:
    return [arc(0, 0, 0.8, 0, 360)]


def square() -> list[Stroke]:
    return [[(-0.7, -0.7), (0.7, -0.7), (0.7, 0.7), (-0.7, 0.7), (-0.7, -0.7)]]


def triangle() -> list[Stroke]:
    return [[(0, -0.8), (0.8, 0.7), (-0.8, 0.7), (0, -0.8)]]


def star() -> list[Stroke]:
    turns = [math.radians(-90 + 144 * tip) for tip in range(6)]
    return [[(0.9 * math.cos(turn), 0.9 * math.sin(turn)) for turn in turns]]


def house() -> list[Stroke]:
    walls = [(-0.6, 0), (-0.6, 0.8), (0.6, 0.8), (0.6, 0), (-0.6, 0)]
    return [
        walls,
        [(-0.8, 0), (0, -0.8), (0.8, 0)],
        [(-0.1, 0.8), (-0.1, 0.4), (0.2, 0.4), (0.2, 0.8)],
    ]


def fish() -> list[Stroke]:
    tail = [(0.45, 0), (0.9, -0.4), (0.9, 0.4), (0.45, 0)]
    return [arc(-0.2, 0, 0.65, 0, 360, flat=0.6), tail, arc(-0.5, -0.1, 0.06, 0, 360)]


def spiral() -> list[Stroke]:
    steps = [step / 40 for step in range(41)]
    return [[(0.85 * s * math.cos(14 * s), 0.85 * s * math.sin(14 * s)) for s in steps]]


def arrow() -> list[Stroke]:
    return [[(-0.9, 0.1), (0.9, 0)], [(0.4, -0.5), (0.9, 0), (0.4, 0.5)]]


CLASSES: dict[str, Callable[[], list[Stroke]]] = {
    "circle": circle,
    "square": square,
    "triangle": triangle,
    "star": star,
    "house": house,
    "fish": fish,
    "spiral": spiral,
    "arrow": arrow,
}


def arc(x: float, y: float, radius: float, first: int, last: int, flat: float = 1) -> Stroke:
    """Return points along a circle about (x, y), from one angle to another, in degrees."""
    turns = np.radians(np.linspace(first, last, 25))
    return [(x + radius * math.cos(t), y + flat * radius * math.sin(t)) for t in turns]


def drawn(strokes: list[Stroke], random: np.random.Generator) -> Image.Image:
    """Return the strokes as a hand might draw them: moved, turned, slanted, and never quite even."""
    turn, slant = random.normal(0, 0.12), random.normal(0, 0.12)
    wide, high = random.uniform(0.62, 0.95, 2)
    matrix = np.array([[math.cos(turn), slant - math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    place = random.uniform(-0.12, 0.12, 2)
    paper, pencil = PAPERS[random.integers(len(PAPERS))], PENCILS[random.integers(len(PENCILS))]
    image = Image.new("RGB", (SIDE * FINE, SIDE * FINE), paper)
    pen = ImageDraw.Draw(image)
    width = int(random.integers(9, 15))
    for stroke in strokes:
        uneven = np.array(stroke) + random.normal(0, 0.035, (len(stroke), 2))
        points = (uneven * (wide, high)) @ matrix.T + place  # (n, 2)
        pixels = [tuple(point) for point in (points + 1) / 2 * SIDE * FINE]
        pen.line(pixels, fill=pencil, width=width, joint="curve")
    return image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def all_drawings() -> Iterator[tuple[str, Image.Image]]:
    """Yield the place of each drawing below the folder, and the drawing; always the same ones."""
    random = np.random.default_rng(0)
    for name, strokes in CLASSES.items():
        for number in range(COUNT):
            image = drawn(strokes(), random).quantize(16, dither=Image.Dither.NONE)
            yield f"{name}/{number + 1:02}.png", image


if __name__ == "__main__":
    for path, image in all_drawings():
        (PLACE / path).parent.mkdir(parents=True, exist_ok=True)
        image.save(PLACE / path, optimize=True)
