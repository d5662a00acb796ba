"""Take a network apart into the numbers that the network of the browser is made of."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from exercises.given.errors import CourseError
from exercises.given.training.embedding import embed

from .scripts import floats

EPSILON = 1e-5
TOLERANCE = 1e-4
MOST_READINGS = 10_000
Block = dict[str, Tensor]


def blocks_of(network: nn.Module, images: Tensor) -> list[Block]:
    """Return scale, shift, kernel and bias of each block of a SimpleMetricEmbedding.

    A learner's network may name and order its parameters in its own way. So every way to read them
    that their shapes allow is tried on images (n, 1, 28, 28), until one gives the network's own
    embeddings. Raises CourseError if none does.
    """
    parameters = [one.detach().cpu() for one in network.parameters()]
    kernels = [one for one in parameters if one.ndim == 4 and one.shape[-1] > 1]
    vectors = [one.flatten() for one in parameters if one.numel() == max(one.shape, default=1)]
    if not kernels or len(kernels) + len(vectors) != len(parameters):
        raise CourseError("The network has other parts than the blocks of chapter 3.")
    embeddings = embed(network, images)  # (n, dim)
    close = TOLERANCE * max(1.0, float(embeddings.abs().max()))
    readings = (
        blocks for order in chains(kernels) for blocks in ways_to_share(order, vectors)
    )  # fmt: skip
    is_read = False
    for blocks in itertools.islice(readings, MOST_READINGS):
        is_read = True
        difference = (forward(blocks, images) - embeddings).abs().max()
        if difference < close:
            return blocks
    if not is_read:
        raise CourseError("The network has other parts than the blocks of chapter 3.")
    raise CourseError("The parts of the network do not give its embeddings.")


def chains(kernels: Sequence[Tensor]) -> Iterator[tuple[Tensor, ...]]:
    """Yield each order of kernels (out, in, size, size) in which one takes what another gives."""
    for order in itertools.permutations(kernels):
        channels = [1, *(kernel.shape[0] for kernel in order)]
        if all(kernel.shape[1] == given for kernel, given in zip(order, channels, strict=False)):
            yield order


def ways_to_share(order: Sequence[Tensor], vectors: Sequence[Tensor]) -> Iterator[list[Block]]:
    """Yield each way to give the kernels a scale, a shift and a bias of the right lengths."""
    slots = [
        (number, role, kernel.shape[0 if role == "bias" else 1])
        for number, kernel in enumerate(order)
        for role in ("scale", "shift", "bias")
    ]
    lengths = sorted({length for *_, length in slots})
    if sorted(map(len, vectors)) != sorted(length for *_, length in slots):
        return
    own = [[one for one in vectors if len(one) == length] for length in lengths]
    places = [[slot for slot in slots if slot[2] == length] for length in lengths]
    for shared in itertools.product(*map(itertools.permutations, own)):
        blocks = [{"kernel": kernel} for kernel in order]
        for some_places, some in zip(places, shared, strict=True):
            for (number, role, _), vector in zip(some_places, some, strict=True):
                blocks[number][role] = vector
        yield blocks


def forward(blocks: list[Block], images: Tensor) -> Tensor:
    """Return the embeddings (n, dim), computed as the browser does."""
    x = images
    for number, block in enumerate(blocks):
        if number:
            x = nn.functional.max_pool2d(x, kernel_size=3, stride=2)
        x = nn.functional.group_norm(x, 1, block["scale"], block["shift"], EPSILON)
        x = nn.functional.conv2d(torch.relu(x), block["kernel"], block["bias"])
    return x.mean(dim=(2, 3))


def as_data(block: Block) -> dict[str, Any]:
    """Return one block as a script holds it."""
    packed: dict[str, Any] = {name: floats(one.contiguous()) for name, one in block.items()}
    return {**packed, "size": block["kernel"].shape[-1], "epsilon": EPSILON}
