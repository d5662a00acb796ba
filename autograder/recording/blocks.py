"""Take a network apart into the numbers that the network of the browser is made of."""

from typing import Any

import torch
from torch import Tensor, nn

from exercises.given.embedding import embed
from exercises.given.errors import CourseError

from .scripts import floats

EPSILON = 1e-5
TOLERANCE = 1e-4


def blocks_of(network: nn.Module, images: Tensor) -> list[dict[str, Tensor]]:
    """Return scale, shift, kernel and bias of each block of a SimpleMetricEmbedding.

    A learner's network may name its parameters in its own way, so what was found is tried on
    images (n, 1, 28, 28). Raises CourseError if it does not give the network's own embeddings.
    """
    named = {name: one.detach().cpu() for name, one in network.named_parameters()}
    kernels = {name: one for name, one in named.items() if one.ndim == 4}
    biases = [named.get(f"{name.rpartition('.')[0]}.bias") for name in kernels]
    in_convolutions = {f"{name.rpartition('.')[0]}.bias" for name in kernels} | kernels.keys()
    normalising = [one for name, one in named.items() if name not in in_convolutions]
    scales, shifts = normalising[0::2], normalising[1::2]
    blocks = [
        {"scale": scale, "shift": shift, "kernel": kernel, "bias": bias}
        for scale, shift, kernel, bias in zip(
            scales, shifts, kernels.values(), biases, strict=False
        )
        if bias is not None and len(scale) == len(shift) == kernel.shape[1]
    ]
    if len(blocks) != len(kernels) or not blocks:
        raise CourseError("The network has other parts than three blocks of chapter 3.")
    difference = (forward(blocks, images) - embed(network, images)).abs().max()
    if not difference < TOLERANCE:
        raise CourseError("The parts of the network do not give its embeddings.")
    return blocks


def forward(blocks: list[dict[str, Tensor]], images: Tensor) -> Tensor:
    """Return the embeddings (n, dim), computed as the browser does."""
    x = images
    for number, block in enumerate(blocks):
        if number:
            x = nn.functional.max_pool2d(x, kernel_size=3, stride=2)
        x = nn.functional.group_norm(x, 1, block["scale"], block["shift"], EPSILON)
        x = nn.functional.conv2d(torch.relu(x), block["kernel"], block["bias"])
    return x.mean(dim=(2, 3))


def as_data(block: dict[str, Tensor]) -> dict[str, Any]:
    """Return one block as a script holds it."""
    packed: dict[str, Any] = {name: floats(one.contiguous()) for name, one in block.items()}
    return {**packed, "size": block["kernel"].shape[-1], "epsilon": EPSILON}
