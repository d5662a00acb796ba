"""Chapter 7 with the gradients cleared before the epoch and after each step, a sum at the end."""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn
from torch.optim import Optimizer


def train_epoch(
    network: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
    optimizer: Optimizer,
    *,
    set_to_none: bool = True,
) -> float:
    network.train()
    optimizer.zero_grad(set_to_none=set_to_none)
    means, sizes = [], []
    for images, labels in batches:
        loss = loss_fn(network(images), labels)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=set_to_none)
        means.append(loss.detach())
        sizes.append(images.shape[0])
    weights = torch.tensor(sizes, dtype=torch.float64)
    return (
        torch.einsum("b,b->", weights, torch.stack(means).cpu().double()).div(weights.sum()).item()
    )
