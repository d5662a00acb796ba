"""Chapter 7 with a running mean of detached losses."""

from collections.abc import Callable, Iterable

from torch import Tensor, nn
from torch.optim import Optimizer


class _RunningMean:
    def __init__(self) -> None:
        self.value: Tensor | float = 0.0
        self.weight = 0

    def add(self, value: Tensor, weight: int) -> None:
        self.weight += weight
        self.value = self.value + (value - self.value) * (weight / self.weight)


def train_epoch(
    network: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
    optimizer: Optimizer,
) -> float:
    network = network.train(True)
    mean = _RunningMean()
    for images, labels in batches:
        network.zero_grad()
        loss = loss_fn(network(images), labels)
        loss.backward()
        optimizer.step()
        mean.add(loss.detach(), labels.size(0))
    return float(mean.value)
