"""The lines that a drawing was made of, found again in its pixels: for tests that draw it anew."""

import numpy as np

# North, and on round by the east, as (rows, columns) to shift by.
AROUND = ((1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1))


def thinned(ink: np.ndarray) -> np.ndarray:
    """Return the middle line of the strokes, bool as `ink` (height, width).

    Source: "A fast parallel algorithm for thinning digital patterns" (Zhang and Suen, 1984).
    """
    left = np.pad(ink, 1).astype(np.uint8)
    while True:
        before = left.copy()
        for corners in (((0, 2, 4), (2, 4, 6)), ((0, 2, 6), (0, 4, 6))):
            near = np.stack([np.roll(left, shift, (0, 1)) for shift in AROUND])  # (8, h, w)
            count = near.sum(axis=0)
            begins = ((near == 0) & (np.roll(near, -1, axis=0) == 1)).sum(axis=0)
            is_edge = np.logical_and.reduce([near[list(one)].min(axis=0) == 0 for one in corners])
            left[(left == 1) & (count >= 2) & (count <= 6) & (begins == 1) & is_edge] = 0
        if np.array_equal(left, before):
            return left[1:-1, 1:-1].astype(bool)


def lines_of(ink: np.ndarray) -> list[list[list[float]]]:
    """Return short lines, from (x, y) to (x, y) in pixels, that run along the strokes of `ink`."""
    middle = set(map(tuple, np.argwhere(thinned(ink)).tolist()))
    lines = []
    for row, column in sorted(middle):
        for down, right in ((0, 0), (0, 1), (1, -1), (1, 0), (1, 1)):
            if (row + down, column + right) in middle:
                end = [column + right + 0.5, row + down + 0.5]
                lines.append([[column + 0.5, row + 0.5], end])
    return lines
