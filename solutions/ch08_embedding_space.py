"""Chapter 8: principal components, to look at an embedding space."""

import torch
from torch import Tensor


def pca(x: Tensor, num_components: int) -> tuple[Tensor, Tensor, Tensor]:
    """Project the rows of x onto their directions of largest variance.

    x (n, dim) -> projection (n, k), components (k, dim) as unit rows, and the share of the
    total variance that each component explains (k,), in falling order, for k = num_components up
    to the smaller of n and dim. The sign of a component is arbitrary.
    """
    ### BEGIN SOLUTION: centre, take the singular value decomposition, project
    centred = x - x.mean(dim=0)  # (n, dim)
    # centred = U diag(S) Vh. The coordinates are U S; U alone would lose the spread of the axes.
    _, singular_values, directions = torch.linalg.svd(centred, full_matrices=False)
    components = directions[:num_components]  # (k, dim)
    projection = centred @ components.T  # (n, k)
    variance = singular_values.square()  # (min(n, dim),)
    # A set of equal rows has no variance to share out: 0 instead of 0 / 0.
    total = variance.sum().clamp(min=torch.finfo(x.dtype).tiny)
    return projection, components, variance[:num_components] / total
    ### END SOLUTION
