"""An optimizer whose steps are equally long in every direction of a weight matrix."""

from collections.abc import Iterable

import torch
from torch import Tensor


class Muon(torch.optim.Optimizer):
    """Step each weight along the orthogonal matrix that is nearest to its averaged gradient.

    A gradient has a few strong directions and many weak ones. In an orthogonal matrix all of
    them are equally strong, so that what is rare is learned as fast as what is common. Filters
    (out, in, h, w) count as matrices (out, in*h*w). Vectors are left to Adam.
    Source: "Muon: An optimizer for hidden layers in neural networks" (Jordan et al., 2024), which
    only approximates the orthogonal matrix, as larger networks need.
    """

    def __init__(
        self, parameters: Iterable[Tensor], *, lr: float, vector_lr: float, momentum: float = 0.98
    ) -> None:
        every = list(parameters)
        matrices = [parameter for parameter in every if parameter.ndim > 1]
        vectors = [parameter for parameter in every if parameter.ndim == 1]
        super().__init__([{"params": matrices, "lr": lr}], {"momentum": momentum})
        self.adam = torch.optim.Adam([{"params": vectors}], lr=vector_lr, fused=True)
        # Shared, so that whoever forgets gradients, or sets a rate, reaches the vectors as well.
        self.param_groups += self.adam.param_groups

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # no closure is called
        """Take one step, from the gradients that there are."""
        self.adam.step()
        matrices = self.param_groups[0]
        for weight in matrices["params"]:
            if weight.grad is not None:
                ahead = self._average(weight, matrices["momentum"])
                weight.sub_(matrices["lr"] * nearest_orthogonal(ahead.flatten(1)).view_as(weight))

    def _average(self, weight: Tensor, momentum: float) -> Tensor:
        """Return the average over all gradients so far, with a little more of the last (Nesterov).

        A plain sum is as good as an average: only its direction counts.
        """
        if weight not in self.state:
            self.state[weight]["sum"] = torch.zeros_like(weight)
        total = self.state[weight]["sum"].mul_(momentum).add_(weight.grad)
        return weight.grad + momentum * total


def nearest_orthogonal(matrix: Tensor) -> Tensor:
    """Return the matrix (rows, columns) with orthonormal rows that is nearest to the given one.

    With more rows than columns its columns are orthonormal. It is U V^T of the singular value
    decomposition, and that is (G G^T)^(-1/2) G for a matrix G, where there is less to decompose.
    """
    rows, columns = matrix.shape
    if rows > columns:
        return nearest_orthogonal(matrix.T).T
    # On the CPU: not every device can decompose, and a matrix of filters is small.
    squares, directions = torch.linalg.eigh((matrix @ matrix.T).cpu())  # (rows,), (rows, rows)
    least = torch.finfo(squares.dtype).eps * squares[-1] + torch.finfo(squares.dtype).tiny
    strengths = squares.clamp(min=least).sqrt()  # (rows,)
    root = (directions / strengths) @ directions.T  # (rows, rows)
    return root.to(matrix.device) @ matrix  # (rows, columns)
