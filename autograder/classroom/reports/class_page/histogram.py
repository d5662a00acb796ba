"""How the points are distributed, as a figure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 220  # of the field, in the figure's own units
LEFT, TOP, BELOW = 52, 40, 50  # room for the numbers, and for what the axes mean
GAP = 3
TICKS = 4


@dataclass(frozen=True)
class HistogramBar:
    """The students with one part of the points: where the bar stands, and how high."""

    begin: int
    end: int
    students: int
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True)
class Tick:
    """A number beside an axis."""

    label: str
    at: float


@dataclass(frozen=True)
class Histogram:
    """The figure: bars, and the numbers along both axes."""

    bars: list[HistogramBar]
    across: list[Tick]
    up: list[Tick]
    width: float = LEFT + WIDTH + 22
    height: float = TOP + HEIGHT + BELOW
    left: float = LEFT
    right: float = LEFT + WIDTH
    bottom: float = TOP + HEIGHT

    @staticmethod
    def of(buckets: Sequence[int]) -> "Histogram":
        """Return the figure of how many students have which part of the points."""
        step = nice_step(max(buckets, default=0))
        top = step * max(1, math.ceil(max(buckets, default=0) / step))
        width, part = WIDTH / len(buckets), 100 // len(buckets)
        bars = [
            HistogramBar(
                part * place,
                part * (place + 1),
                students,
                LEFT + width * place + GAP / 2,
                TOP + HEIGHT * (1 - students / top),
                width - GAP,
                HEIGHT * students / top,
            )
            for place, students in enumerate(buckets)
        ]
        across = [
            Tick(f"{part * place}", LEFT + width * place) for place in range(len(buckets) + 1)
        ]
        up = [Tick(f"{one:,}", TOP + HEIGHT * (1 - one / top)) for one in range(0, top + 1, step)]
        return Histogram(bars, across, up)

    @property
    def words(self) -> str:
        """Return what the figure shows, for who does not see it."""
        parts = [
            f"{one.begin} to {one.end} %: {one.students:,}" for one in self.bars if one.students
        ]
        return "Students by their part of the points. " + ("; ".join(parts) or "Nobody yet") + "."


def nice_step(most: int) -> int:
    """Return a round distance between the numbers of an axis that goes up to `most`."""
    rough = max(1.0, most / TICKS)
    power = 10 ** math.floor(math.log10(rough))
    return next(int(one * power) for one in (1, 2, 5, 10) if one * power >= rough)
