"""Measures query by query, so that each class can be reported apart."""

import math

import torch
from torch import Tensor

from .exact_neighbours import nearest_to

ROWS_AT_A_TIME = 1_000
SMALLEST, LARGEST = 1e-12, 1e12


def centred(gallery: Tensor, *others: Tensor) -> tuple[Tensor, ...]:
    """Return all points (n, dim) with the mean of the gallery in the origin.

    Distances stay what they are, but where a cloud is small and far from the origin, float32 has
    only there the digits to tell them apart. Points too large or too small for their squares to
    be float32 are all multiplied by one power of two.
    """
    # To subtract numbers that are close to each other loses nothing, in float32 either.
    mean = gallery.mean(dim=0, dtype=torch.float64).to(gallery.dtype)  # (dim,)
    moved = tuple(points - mean for points in (gallery, *others))
    largest = max(float(points.abs().max()) for points in moved)
    if largest == 0 or SMALLEST < largest < LARGEST or not math.isfinite(largest):
        return moved
    _, exponent = math.frexp(largest)
    return tuple(torch.ldexp(points, torch.tensor(-exponent)) for points in moved)


def retrieval_by_query(
    points: Tensor, labels: Tensor, as_they_came: Tensor | None = None
) -> dict[str, Tensor]:
    """Return Recall@1, R-precision and MAP@R of each query (n,), float64, among all the others.

    points (n, dim), labels (n,). A query is left out of its own gallery by its index. What float32
    cannot tell apart is told apart by the points `as_they_came`, before they were centred.
    """
    exact = points if as_they_came is None else as_they_came
    to_find = torch.bincount(labels)[labels] - 1  # (n,) R of each query
    hits, precisions, averages = [], [], []
    for own in torch.arange(len(points)).split(ROWS_AT_A_TIME):
        _, nearest = nearest_to(
            points[own], points, int(to_find.max()), own, (exact[own], exact)
        )  # (rows, most)
        right = labels[nearest] == labels[own, None]  # (rows, most)
        hits.append(right[:, 0])
        ranks = torch.arange(1, right.shape[1] + 1)  # (most,)
        counted = right & (ranks <= to_find[own, None])
        precisions.append(counted.sum(dim=1) / to_find[own])
        precision_at = counted.cumsum(dim=1) / ranks  # (rows, most)
        averages.append((precision_at * counted).sum(dim=1) / to_find[own])
    measured = {"Recall@1": hits, "R-precision": precisions, "MAP@R": averages}
    return {measure: torch.cat(parts).double() for measure, parts in measured.items()}


def recall_at_1(points: Tensor, labels: Tensor) -> float:
    """Return the share of points (n, dim) whose nearest other one has their label, of (n,)."""
    (moved,) = centred(points)
    own = torch.arange(len(points))
    _, nearest = nearest_to(moved, moved, 1, own, (points, points))  # (n, 1)
    return float((labels[nearest[:, 0]] == labels).double().mean())
