"""Checks of chapter 3: modules are compared after copying parameters by role and shape."""

from types import ModuleType
from typing import Any

import numpy as np
import torch

from exercises.given import toy

from ..check import Check, Inputs
from ..probing import draw_parameters, fill_parameters, value_and_gradients

NORM, BLOCK, NETWORK = "Group normalisation", "The block", "The network"

BLOCK_ROLES = (
    ("scale", (4,)),
    ("shift", (4,)),
    ("convolution", (6, 4, 3, 3)),
    ("convolution", (6,)),
)
NETWORK_ROLES = (
    ("scale", (1,)),
    ("shift", (1,)),
    ("convolution", (4, 1, 3, 3)),
    ("convolution", (4,)),
    ("scale", (4,)),
    ("shift", (4,)),
    ("convolution", (6, 4, 3, 3)),
    ("convolution", (6,)),
    ("scale", (6,)),
    ("shift", (6,)),
    ("convolution", (8, 6, 3, 3)),
    ("convolution", (8,)),
)


def floats(random: np.random.Generator, *shape: int) -> np.ndarray:
    return random.standard_normal(shape).astype(np.float32)


def six_points_as_image(_: np.random.Generator) -> Inputs:
    x = toy.POINTS.T.reshape(1, 2, 2, 3)  # one example, two channels: the two coordinates
    return {
        "x": x.copy(),
        "weight": np.ones(2, np.float32),
        "bias": np.zeros(2, np.float32),
        "num_groups": 2,
        "weights": np.arange(12, dtype=np.float32).reshape(x.shape),
    }


def random_channels(random: np.random.Generator) -> Inputs:
    # Far from zero mean and unit variance, and each example and channel at a scale of its own.
    x = floats(random, 3, 6, 4, 5) * random.uniform(0.5, 4, (3, 6, 1, 1)).astype(np.float32) + 2
    return {
        "x": x,
        "weight": floats(random, 6),
        "bias": floats(random, 6),
        "num_groups": int(random.choice([2, 3])),
        "weights": floats(random, *x.shape),
    }


def group_norm(
    chapter: ModuleType,
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    num_groups: int,
    weights: np.ndarray,
) -> Any:
    return value_and_gradients(
        lambda x, weight, bias: chapter.group_norm(x, num_groups, weight, bias),
        {"x": x, "weight": weight, "bias": bias},
        weights=weights,
    )


def random_block(random: np.random.Generator) -> Inputs:
    return {"x": floats(random, 3, 4, 7, 8), "parameters": draw_parameters(random, *BLOCK_ROLES)}


def block(chapter: ModuleType, x: np.ndarray, parameters: dict[Any, np.ndarray]) -> Any:
    module = chapter.BNReLUConv(4, 6, kernel_size=3, num_groups=2)
    fill_parameters(module, parameters)
    return module(torch.from_numpy(x)).detach()


def random_images(random: np.random.Generator, n: int = 3) -> Inputs:
    images = random.random((n, 1, 28, 28), dtype=np.float32)
    return {"images": images, "parameters": draw_parameters(random, *NETWORK_ROLES)}


def one_image(random: np.random.Generator) -> Inputs:
    return random_images(random, n=1)


def network(chapter: ModuleType, images: np.ndarray, parameters: dict[Any, np.ndarray]) -> Any:
    module = chapter.SimpleMetricEmbedding(in_channels=1, embedding_dim=8, widths=(4, 6))
    fill_parameters(module, parameters)
    return module(torch.from_numpy(images)).detach()


def default_images(random: np.random.Generator) -> Inputs:
    return {"images": random.random((2, 1, 28, 28), dtype=np.float32)}


def default_size(chapter: ModuleType, images: np.ndarray) -> Any:
    module = chapter.SimpleMetricEmbedding()
    parameters = sum(parameter.numel() for parameter in module.parameters())
    return {
        "embedding size": float(module(torch.from_numpy(images)).shape[-1]),
        "number of parameters": float(parameters),
    }


CHECKS = [
    Check("group_norm", "the six points as a picture", 3, six_points_as_image, group_norm, NORM),
    Check(
        "group_norm",
        "random channels in groups, and the gradients",
        4,
        random_channels,
        group_norm,
        NORM,
    ),
    Check("BNReLUConv", "a block with given parameters", 5, random_block, block, BLOCK),
    Check("SimpleMetricEmbedding", "a batch of three images", 5, random_images, network, NETWORK),
    Check("SimpleMetricEmbedding", "a batch of one image", 2, one_image, network, NETWORK),
    Check("SimpleMetricEmbedding", "the default sizes", 1, default_images, default_size, NETWORK),
]
