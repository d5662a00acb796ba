"""Chapter 8 by a QR decomposition and the singular values of its small factor."""

import torch
from torch import Tensor


def pca(
    x: Tensor, num_components: int, *, centre: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    middle = x.mean(dim=0) if centre is None else centre
    centred = x - middle[None, :]
    _, triangle = torch.linalg.qr(centred)  # (r, dim): the same singular values and directions
    _, singular, rows = torch.linalg.svd(triangle, full_matrices=False)
    components = rows[:num_components]
    shares = singular**2 / torch.einsum("nd,nd->", centred, centred)
    return torch.einsum("nd,kd->nk", centred, components), components, shares[:num_components]
