"""Checks of chapter 7: the parameters after the steps, and the mean loss."""

from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..check import Check, Inputs

SECTION = "The training step"


def regression(random: np.random.Generator) -> Inputs:
    """Draw batches of 4, 7 and 3 examples; the mean of means is not the mean."""
    batches = [
        (
            random.standard_normal((n, 1, 2, 2)).astype(np.float32),
            random.integers(0, 3, size=n),
        )
        for n in (4, 7, 3)
    ]
    return {"batches": batches, "weight": random.standard_normal((3, 4)).astype(np.float32)}


def train(chapter: ModuleType, batches: list[Any], weight: np.ndarray) -> dict[str, Any]:
    # Batch normalisation behaves differently in training and in evaluation mode.
    linear = nn.Linear(4, 3)
    network = nn.Sequential(nn.Flatten(), linear, nn.BatchNorm1d(3))
    with torch.no_grad():
        linear.weight.copy_(torch.from_numpy(weight))
        linear.bias.zero_()
    network.eval()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.2, momentum=0.5)

    def loss_fn(outputs: Tensor, labels: Tensor) -> Tensor:
        return nn.functional.cross_entropy(outputs, labels)

    tensors = [(torch.from_numpy(images), torch.from_numpy(labels)) for images, labels in batches]
    mean_loss = chapter.train_epoch(network, iter(tensors), loss_fn, optimizer)
    return {"mean loss": mean_loss, "weights after the steps": linear.weight.detach().clone()}


def loss_only(chapter: ModuleType, **inputs: Any) -> Any:
    return {"mean loss": train(chapter, **inputs)["mean loss"]}


def parameters_only(chapter: ModuleType, **inputs: Any) -> Any:
    return {"weights": train(chapter, **inputs)["weights after the steps"]}


CHECKS = [
    Check(
        "train_epoch", "the parameters after three steps", 3, regression, parameters_only, SECTION
    ),
    Check("train_epoch", "the mean loss per example", 2, regression, loss_only, SECTION),
]
