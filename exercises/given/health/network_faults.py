"""Sicknesses of the network that cannot come back to life."""

import torch
from torch import Tensor, nn

from .chart import Chart
from .sickness import Sickness
from .training import Training

FAR_BELOW = 100.0  # further below zero than any embedding of an untrained network


def _dead(chart: Chart) -> str:
    norms = chart.values("norm")
    if not norms or norms[-1] > 0:
        return ""
    first = next(step for step, norm in chart.course("norm") if norm == 0)
    return f"every embedding is exactly zero, from step {first} on: the mean norm is 0"


def _zero_weights(training: Training, part: str) -> Training:
    def zero(network: nn.Module) -> nn.Module:
        with torch.no_grad():
            for name, parameter in network.named_parameters():
                if part in name and parameter.numel() > 1:
                    parameter.zero_()
        return network

    return training.with_network(zero)


def _relu_of_negatives(embeddings: Tensor) -> Tensor:
    return torch.relu(embeddings - FAR_BELOW)


DEAD = Sickness(
    id="dead-network",
    says="The network gives zeros for every image: its last weights are zero, or a ReLU ends it. "
    "Nothing can flow back through it.",
    shows="The mean norm is exactly 0.",
    sign=_dead,
    makers={
        "the last layer is zero": lambda training: _zero_weights(training, "block3.conv"),
        "all weights are zero": lambda training: _zero_weights(training, ""),
        "a ReLU at the end, over negatives": lambda training: training.with_output(
            _relu_of_negatives
        ),
    },
    chapter="ch03_embedding_network",
    section="The block",
    hints=(
        "Print the embeddings of a batch before the first step. Are they all zero?",
        "At zero all distances are zero and have no direction; below a ReLU there is no slope.",
        "Begin with random weights, and end the network without a ReLU.",
    ),
    covers=(
        *("collapse-to-a-point", "batch-hard-first", "rate-too-low", "rate-too-high"),
        *("loss-without-gradient", "images-all-alike", "frozen-layers"),
    ),
)
