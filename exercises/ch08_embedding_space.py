"""Chapter 8: principal components, to look at an embedding space."""

import torch
from torch import Tensor


def pca(x: Tensor, num_components: int) -> tuple[Tensor, Tensor, Tensor]:
    """Project the rows of x onto their directions of largest variance.

    x (n, dim) -> projection (n, k), components (k, dim) as unit rows, and the share of the
    total variance that each component explains (k,), in falling order, for k = num_components up
    to the smaller of n and dim. The sign of a component is arbitrary.
    """
    # TODO 1: centre, take the singular value decomposition, project.
    raise NotImplementedError("TODO 1: read book/ch08_embedding_space.md")


# Stub 17c48b5d58d0: as long as this fits the text above, nobody has edited it.
