"""Six points in the plane: the worked example that runs through every chapter."""

import numpy as np

POINTS = np.array(
    [
        [0.0, 3.0],
        [0.0, 2.0],
        [2.0, 3.0],
        [0.0, 1.5],
        [2.0, 0.5],
        [2.0, 0.0],
    ],
    dtype=np.float32,
)  # (6, 2)

LABELS = np.array([0, 0, 0, 1, 1, 1])  # (6,)

NAMES = ("a1", "a2", "a3", "b1", "b2", "b3")

# Rows of (anchor, positive, negative): a hard, a semi-hard and two easy triplets at margin 1.
TRIPLETS = np.array([[0, 2, 3], [0, 1, 3], [4, 5, 1], [5, 4, 2]])  # (4, 3)


def triplets() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return anchors, positives and negatives of the four worked triplets, each (4, 2)."""
    anchor, positive, negative = POINTS[TRIPLETS].transpose(1, 0, 2)
    return anchor, positive, negative
