"""Chapter 7 with a closure: the optimiser itself asks for the loss and its gradient."""

from collections.abc import Callable, Iterable, Iterator
from statistics import fmean

from torch import Tensor, nn
from torch.optim import Optimizer


def steps(
    network: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
    optimizer: Optimizer,
) -> Iterator[tuple[float, int]]:
    """Take a step for each batch, and yield its mean loss and its size."""
    for images, labels in batches:

        def loss_with_gradient(images: Tensor = images, labels: Tensor = labels) -> Tensor:
            optimizer.zero_grad()
            loss = loss_fn(network(images), labels)
            loss.backward()
            return loss

        yield optimizer.step(loss_with_gradient).item(), len(labels)


def train_epoch(
    network: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
    optimizer: Optimizer,
) -> float:
    taken = steps(network.train(), batches, loss_fn, optimizer)
    losses, sizes = zip(*taken, strict=True)
    return fmean(losses, weights=sizes)
