"""Chapter 8 by the eigenvectors of the covariance matrix."""

import torch
from torch import Tensor


def pca(x: Tensor, num_components: int) -> tuple[Tensor, Tensor, Tensor]:
    wide = x.double()
    covariance = torch.cov(wide.T).reshape(x.shape[1], x.shape[1])
    values, vectors = torch.linalg.eigh(covariance)  # rising
    values = values.clamp(min=0).flip(0)
    components = vectors.T.flip(0)[:num_components]
    projection = torch.nn.functional.linear(wide - wide.mean(dim=0), components)
    shares = values[:num_components] / values.sum()
    return projection.to(x.dtype), components.to(x.dtype), shares.to(x.dtype)
