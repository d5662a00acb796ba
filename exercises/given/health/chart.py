"""The record of a run as a rule reads it: the course of each column, and what was asked for."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

Row = Mapping[str, Any]


class Recorded(Protocol):
    """What a verdict reads of a run: the rows of its monitor, what it was, and how it ended."""

    about: dict[str, Any]
    ended: dict[str, Any]
    rows: list[dict[str, Any]]
    layers: list[dict[str, Any]]


class Chart:
    """A record, column by column. What was not measured, or is no number, is left out."""

    def __init__(self, record: Recorded) -> None:
        self.all_rows: Sequence[Row] = record.rows
        self.rows = [row for row in record.rows if row["step"] > 0]
        self.layers: Sequence[Row] = record.layers
        self.settings: Mapping[str, Any] = record.about.get("settings", {})
        self.data: Mapping[str, Any] = record.about.get("data", {})
        self.ended: Mapping[str, Any] = record.ended

    @property
    def classes(self) -> int:
        """Return how many classes were trained on; 0 if the record does not say."""
        return len(self.data.get("class_names", ())) - len(self.data.get("unseen", ()))

    def course(self, name: str) -> list[tuple[int, float]]:
        """Return (step, value) of a column wherever it was measured, step 0 included."""
        return course_of(self.all_rows, name)

    def values(self, name: str) -> list[float]:
        """Return the values of a column after the first step."""
        return [value for step, value in self.course(name) if step > 0]

    def ratio(self, above: str, below: str) -> list[tuple[int, float]]:
        """Return (step, one column divided by another) wherever both were measured."""
        divisor = dict(self.course(below))
        return [
            (step, value / divisor[step]) for step, value in self.course(above) if divisor.get(step)
        ]

    def of_layers(self, name: str) -> dict[str, list[tuple[int, float]]]:
        """Return the course of a column of the layers, for each of them."""
        names = dict.fromkeys(row["layer"] for row in self.layers)
        return {
            layer: course_of([row for row in self.layers if row["layer"] == layer], name)
            for layer in names
        }


def course_of(rows: Sequence[Row], name: str) -> list[tuple[int, float]]:
    """Return (step, value) of a column wherever it is a number."""
    return [
        (row["step"], float(row[name]))
        for row in rows
        if row.get(name) is not None and math.isfinite(row[name])
    ]
