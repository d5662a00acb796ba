"""Small batches for chapter 3: two channels of two pixels, and the shapes that leave a block."""

from typing import Any

import numpy as np

from ...grading.check import Inputs
from ...grading.comparison import VALUE
from .small_batch import SmallBatch, call_lines, entry, shown

WIDER = (4, 5, 6)  # how many channels leave a block of two


def two_channels(random: np.random.Generator) -> Inputs:
    """Draw two channels, one group each: a mean in the middle, a spread that is whole."""
    middle, spread = random.integers(1, 6, (2, 2, 1))
    pixels = middle + spread * random.choice([-1, 1], (2, 1)) * np.array([1, -1])  # (2, 2)
    return {
        "x": pixels.reshape(1, 2, 1, 2).astype(np.float32),
        "weight": random.integers(1, 4, 2).astype(np.float32),
        "bias": random.integers(-2, 3, 2).astype(np.float32),
        "num_groups": 2,
        "weights": np.ones((1, 2, 1, 2), np.float32),
    }


def of_norm(inputs: Inputs) -> list[str]:
    given = {name: inputs[name] for name in ("x", "num_groups", "weight", "bias")}
    return call_lines("group_norm", "What does it return, to two decimals?", **given)


def a_block(random: np.random.Generator) -> Inputs:
    leaving, size = int(random.choice(WIDER)), int(random.choice([1, 2, 4, 5]))
    height, width = random.choice(np.arange(6, 12), 2, replace=False).tolist()
    shapes = [("scale", (2,)), ("kernel", (leaving, 2, size, size))]
    shapes += [("shift or bias", (2,)), ("shift or bias", (leaving,))]
    return {
        "x": random.standard_normal((1, 2, height, width)).astype(np.float32),
        "parameters": [(role, np.ones(shape, np.float32)) for role, shape in shapes],
        "sizes": [2, leaving],
        "options": {"kernel_size": size, "num_groups": 1},
    }


def of_block(inputs: Inputs) -> list[str]:
    leaving, size = inputs["sizes"][1], inputs["options"]["kernel_size"]
    return [
        f"Your BNReLUConv(2, {leaving}, kernel_size={size}) is called with images of the shape",
        f"  {shown(inputs['x'].shape)}",
        "Which shape has what it returns?",
    ]


def shape_of(value: Any) -> Any:
    return value["output"].shape


BATCHES = (
    SmallBatch(
        "group_norm",
        "random channels in groups, and the gradients",
        two_channels,
        of_norm,
        entry(VALUE),
        (
            "norm-unbiased-variance",
            "norm-all-channels",
            "norm-no-scale",
            "norm-no-shift",
            "norm-shift-before-scale",
            "norm-only-centring",
            "norm-no-centring",
            "norm-weight-and-bias-exchanged",
        ),
    ),
    SmallBatch(
        "BNReLUConv",
        "a block with given parameters",
        a_block,
        of_block,
        shape_of,
        (
            "block-padding-one",
            "block-stride-2",
            "block-padding-same",
            "block-kernel-size-ignored",
        ),
    ),
)
