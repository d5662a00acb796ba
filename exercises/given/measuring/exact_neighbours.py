"""Nearest neighbours by float32, and by differences in float64 where rounding would decide.

The usual form takes |x|^2 + |y|^2 - 2xy. Where two points are close to each other and far from
the origin, these large numbers cancel, and what is left is their rounding.
"""

import torch
from torch import Tensor

# A squared distance below this share of the point's own square has lost half a percent or more.
BLURRED = 1e-4
# Above this share of neighbours in a row with equal distances, points lie on the grid of float32.
TIED = 0.05
# A block holds this many distances at most: 64 MB of float64, whatever the size of the sets.
BLOCK_ELEMENTS = 8_000_000


def nearest_to(
    queries: Tensor,
    gallery: Tensor,
    count: int,
    own: Tensor | None = None,
    as_they_came: tuple[Tensor, Tensor] | None = None,
) -> tuple[Tensor, Tensor]:
    """Return the distances and the rows (n, count) of the nearest in the gallery, nearest first.

    queries (n, dim), gallery (m, dim). own (n,) is the row of each query in the gallery, where it
    is to be left out. Of neighbours that are equally near in float64, the first comes first.
    Differences are taken of `as_they_came`: the same points before they were moved to the origin,
    which rounds those that were near it, and a cloud may lie far from it for one point's sake.
    """
    distances = torch.cdist(queries, gallery)  # (n, m)
    _leave_out(distances, own)
    found = distances.topk(min(max(count, 2), len(gallery)), dim=1, largest=False)
    values, rows = found.values[:, :count], found.indices[:, :count]
    unsure = _blurred(found.values, queries)  # (n,)
    if unsure.any():
        exact_queries, exact_gallery = as_they_came or (queries, gallery)
        values[unsure], rows[unsure] = _by_differences(
            exact_queries[unsure], exact_gallery, count, None if own is None else own[unsure]
        )
    return values, rows


def blurred_share(points: Tensor, rows_at_a_time: int = 1_000) -> float:
    """Return for which share of points (n, dim) float32 cannot tell which other one is nearest."""
    found = []
    for own in torch.arange(len(points)).split(rows_at_a_time):
        distances = torch.cdist(points[own], points)  # (rows, n)
        _leave_out(distances, own)
        found.append(_blurred(distances.topk(2, dim=1, largest=False).values, points[own]))
    return float(torch.cat(found).double().mean())


def _leave_out(distances: Tensor, own: Tensor | None) -> None:
    if own is not None:
        distances[torch.arange(len(own)), own] = torch.inf


def _blurred(nearest: Tensor, points: Tensor) -> Tensor:
    """Return for which points (n, dim) the distances (n, k) of their nearest say too little."""
    # "Or equal": where everything is zero, the first of equals is still better than any of them.
    close = nearest[:, 0].square() <= BLURRED * points.square().sum(dim=1)  # (n,)
    equal = nearest[:, 1:] == nearest[:, :-1]  # (n, k - 1)
    return close | equal[:, :1].any(dim=1) | (equal.float().mean(dim=1) > TIED)


def _by_differences(
    queries: Tensor, gallery: Tensor, count: int, own: Tensor | None
) -> tuple[Tensor, Tensor]:
    exact, mode = gallery.double(), "donot_use_mm_for_euclid_dist"
    values, rows = [], []
    for block in torch.arange(len(queries)).split(max(1, BLOCK_ELEMENTS // len(gallery))):
        distances = torch.cdist(queries[block].double(), exact, compute_mode=mode)  # (block, m)
        _leave_out(distances, None if own is None else own[block])
        found = distances.sort(dim=1, stable=True)
        values.append(found.values[:, :count].to(queries.dtype))
        rows.append(found.indices[:, :count])
    return torch.cat(values), torch.cat(rows)
