"""Chapter 7: the training step."""

from collections.abc import Callable, Iterable

from torch import Tensor, nn
from torch.optim import Optimizer


def train_epoch(
    network: nn.Module,
    batches: Iterable[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
    optimizer: Optimizer,
) -> float:
    """Take one optimiser step for each batch, and return the mean loss per example.

    Each batch is images (n, 1, 28, 28) and labels (n,). `loss_fn(embeddings, labels)` returns
    the mean loss of a batch; batches may differ in size. The network is put into training mode
    first, and stays in it. Each batch is asked for only when its turn has come.
    """
    ### BEGIN SOLUTION: for each batch: forget old gradients, forward, backward, step
    network.train()
    total = 0.0
    examples = 0
    for images, labels in batches:
        optimizer.zero_grad()
        loss = loss_fn(network(images), labels)
        loss.backward()
        optimizer.step()
        # item() leaves the graph behind; adding up the tensors would keep every graph alive.
        total += loss.item() * len(labels)
        examples += len(labels)
    return total / examples
    ### END SOLUTION
