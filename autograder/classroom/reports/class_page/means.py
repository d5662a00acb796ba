"""The means of the class: of the points, and of each chapter's."""

from collections.abc import Sequence


class Means:
    """The mean of each column of numbers, over those that are known."""

    def __init__(self) -> None:
        self._sums: dict[int, tuple[float, int]] = {}

    def add(self, points: Sequence[float | None]) -> None:
        """Take in one row."""
        for column, value in enumerate(points):
            if value is not None:
                sum_, count = self._sums.get(column, (0.0, 0))
                self._sums[column] = sum_ + value, count + 1

    def values(self, columns: int) -> list[float | None]:
        """Return the means, None for a column of which nothing is known."""
        sums = [self._sums.get(column, (0.0, 0)) for column in range(columns)]
        return [sum_ / count if count else None for sum_, count in sums]
