"""Chapter 8 in NumPy, in double precision, and back to tensors at the end."""

import numpy as np
import torch


def pca(x, num_components):
    points = x.detach().cpu().numpy().astype(np.float64)
    centred = points - points.mean(axis=0, keepdims=True)
    left, singular, rows = np.linalg.svd(centred, full_matrices=False)
    energy = np.square(singular)
    results = (
        (left * singular)[:, :num_components],
        rows[:num_components],
        energy[:num_components] / energy.sum(),
    )
    return tuple(torch.from_numpy(np.ascontiguousarray(part)).to(x) for part in results)
