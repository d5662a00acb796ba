"""Move images a little, as another hand would have drawn them: turned, scaled, slanted, shifted."""

import torch
from torch import Tensor
from torch.nn import functional as F

TURN = 0.2  # radians
SLANT = 0.2
SCALE = 0.15
SHIFT = 0.12  # of half the width


def moved_a_little(images: Tensor, generator: torch.Generator, amount: float = 1.0) -> Tensor:
    """Return images (n, 1, h, w), each under an affine map of its own.

    amount: 1 is what a training takes, 0 changes nothing.
    Source: affine distortions are from "Siamese Neural Networks for One-shot Image Recognition"
    (Koch, Zemel and Salakhutdinov, 2015).
    """

    def drawn(largest: float, *shape: int) -> Tensor:
        uniform = torch.rand(len(images), *shape, generator=generator)  # (n, ...)
        return (2 * uniform - 1) * largest * amount

    turn, slant = drawn(TURN), drawn(SLANT)  # (n,) each
    across, down = (1 + drawn(SCALE, 2)).unbind(dim=1)  # (n,) each
    maps = torch.zeros(len(images), 2, 3)
    maps[:, 0, 0], maps[:, 0, 1] = turn.cos() * across, slant - turn.sin() * down
    maps[:, 1, 0], maps[:, 1, 1] = turn.sin() * across, turn.cos() * down
    maps[:, :, 2] = drawn(SHIFT, 2)
    grid = F.affine_grid(maps, list(images.shape), align_corners=False)  # (n, h, w, 2)
    return F.grid_sample(images, grid, align_corners=False)
