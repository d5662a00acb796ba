"""How far apart two drawings are, by their ink alone: a distance that has learned nothing."""

import numpy as np
from scipy.spatial import KDTree


def ink_points(ink: np.ndarray) -> KDTree:
    """Return where a drawing (h, w) has ink, (n, 2) around their mean, ready to be searched."""
    points = np.argwhere(ink).astype(float)  # (n, 2)
    return KDTree(points - points.mean(axis=0))


def modified_hausdorff(points: KDTree, others: KDTree) -> float:
    """Return the modified Hausdorff distance of two sets of points (n, 2) and (m, 2), in pixels.

    Each point goes to the nearest of the other set, and the mean way counts: the longer of the two
    directions. Source: "A Modified Hausdorff Distance for Object Matching" (Dubuisson and Jain,
    1994), d22 and f2.
    """
    there, _ = others.query(points.data)  # (n,)
    back, _ = points.query(others.data)  # (m,)
    return float(max(there.mean(), back.mean()))
