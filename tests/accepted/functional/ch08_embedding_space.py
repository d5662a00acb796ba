"""Chapter 8 by the eigenvectors of the scatter matrix, in double precision."""

import torch
from torch import Tensor


def pca(x: Tensor, num_components: int) -> tuple[Tensor, Tensor, Tensor]:
    centred = x.double() - x.double().mean(dim=0)
    scatter = torch.einsum("ni,nj->ij", centred, centred)  # squared, but so are the 53 bits
    squares, vectors = torch.linalg.eigh(scatter)  # rising, an eigenvector in each column
    components = vectors.flip(1)[:, :num_components].T
    shares = squares.clamp_min(0).flip(0)[:num_components] / scatter.trace()
    projection = torch.einsum("nd,kd->nk", centred, components)
    return projection.to(x.dtype), components.to(x.dtype), shares.to(x.dtype)
