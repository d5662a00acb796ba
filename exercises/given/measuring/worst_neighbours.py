"""Find the queries whose nearest neighbours are of another class."""

from dataclasses import dataclass

import torch
from torch import Tensor

from .by_query import ROWS_AT_A_TIME, centred
from .exact_neighbours import nearest_to

NEAREST = 5
MOST_SHOWN = 8


@dataclass(frozen=True)
class WrongNeighbours:
    """Of so many `queries`, the nearest of `wrong` is of another class; the worst of them.

    rows (q,) are queries, the worst first, and nearest (q, k) their neighbours, nearest first: all
    of them places among the points.
    """

    queries: int
    wrong: int
    rows: Tensor
    nearest: Tensor


def worst_neighbours(
    points: Tensor, labels: Tensor, queries: Tensor, most: int = MOST_SHOWN
) -> WrongNeighbours:
    """Return the worst of the queries (q,), which are places among the points (n, dim).

    labels are (n,). Worse is who has more neighbours of another class among the nearest five, and
    of those who have as many, whose neighbour is nearer.
    """
    (moved,) = centred(points)
    distances, nearest = [], []
    for own in queries.split(ROWS_AT_A_TIME):
        count = min(NEAREST, len(points) - 1)
        found = nearest_to(moved[own], moved, count, own, (points[own], points))
        distances.append(found[0][:, 0])  # (rows,)
        nearest.append(found[1])  # (rows, k)
    rows = torch.cat(nearest)  # (q, k)
    is_wrong = labels[rows] != labels[queries, None]  # (q, k)
    misled = is_wrong[:, 0].nonzero()[:, 0]  # (w,)
    by_distance = misled[torch.cat(distances)[misled].argsort(stable=True)]
    order = by_distance[is_wrong[by_distance].sum(dim=1).argsort(descending=True, stable=True)]
    worst = order[:most]
    return WrongNeighbours(len(queries), len(misled), queries[worst], rows[worst])
