"""The embedded default: 1,797 real handwritten digits that ship inside scikit-learn."""

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch.nn import functional as F

TRAIN_SIZE = 1_347  # three quarters; the writers of the last quarter differ from those before
INNER_SIZE = 20  # MNIST's digits fill 20 x 20 of their 28 x 28 pixels, and so do these


def embedded_digits() -> list[np.ndarray]:
    """Return train images, train labels, test images, test labels as MNIST's files hold them.

    Images are uint8 (n, 28, 28), labels uint8 (n,). The split is by position.
    Source: the test part of "Optical Recognition of Handwritten Digits" (Alpaydin and Kaynak).
    """
    digits = load_digits()
    small = torch.from_numpy(digits.images).float()[:, None] / 16  # (1797, 1, 8, 8) in [0, 1]
    inner = F.interpolate(small, size=INNER_SIZE, mode="bicubic", align_corners=False)
    border = (28 - INNER_SIZE) // 2
    images = F.pad(inner.clamp(0, 1), [border] * 4)[:, 0]  # (1797, 28, 28)
    pixels = (images * 255).round().to(torch.uint8).numpy()
    labels = digits.target.astype(np.uint8)
    return [pixels[:TRAIN_SIZE], labels[:TRAIN_SIZE], pixels[TRAIN_SIZE:], labels[TRAIN_SIZE:]]
