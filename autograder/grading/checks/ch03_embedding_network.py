"""Checks of chapter 3: modules are compared after copying parameters by role and shape."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from exercises.given import toy

from ..check import Check, Inputs
from ..comparison import Mismatch, Tolerance, compare, equal
from ..probing import (
    draw_parameters,
    fill_parameters,
    require_parameters,
    role_of,
    value_and_gradients,
)

NORM, BLOCK, NETWORK = "Group normalisation", "The block", "The network"

Parameters = list[tuple[str, np.ndarray]]


def floats(random: np.random.Generator, *shape: int) -> np.ndarray:
    return random.standard_normal(shape).astype(np.float32)


def six_points_as_picture() -> np.ndarray:
    return toy.POINTS.T.reshape(1, 2, 2, 3).copy()  # two channels: the two coordinates


# group_norm


def six_points(_: np.random.Generator) -> Inputs:
    return {
        "x": six_points_as_picture(),
        "weight": np.ones(2, np.float32),
        "bias": np.zeros(2, np.float32),
        "num_groups": 2,
        "weights": np.arange(12, dtype=np.float32).reshape(1, 2, 2, 3),
    }


def random_channels(random: np.random.Generator) -> Inputs:
    # Far from zero mean and unit variance, and each example and channel at a scale of its own.
    x = floats(random, 3, 6, 4, 5) * random.uniform(1.5, 6, (3, 6, 1, 1)).astype(np.float32) + 2
    return {
        "x": x,
        "weight": floats(random, 6),
        "bias": floats(random, 6),
        "num_groups": int(random.choice([2, 3])),
        "weights": floats(random, *x.shape),
    }


def group_norm(
    code: ModuleType,
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    num_groups: int,
    weights: np.ndarray,
) -> Any:
    return value_and_gradients(
        lambda x, weight, bias: code.group_norm(x, num_groups, weight, bias),
        {"x": x, "weight": weight, "bias": bias},
        weights=weights,
    )


def faint_pictures(random: np.random.Generator) -> Inputs:
    """Draw pictures with a variance near eps = 1e-5; the second value of eps is far from it."""
    return {
        "faint": 3e-3 * floats(random, 2, 4, 3, 4),
        "blank": np.zeros((1, 4, 3, 4), np.float32),
        "weight": floats(random, 4),
        "bias": floats(random, 4),
    }


def with_eps(
    code: ModuleType, faint: np.ndarray, blank: np.ndarray, weight: np.ndarray, bias: np.ndarray
) -> Any:
    scale, shift = torch.from_numpy(weight), torch.from_numpy(bias)
    strong = 300 * faint  # a variance near 1
    return {
        "a faint picture": code.group_norm(torch.from_numpy(faint), 2, scale, shift),
        "a blank picture": code.group_norm(torch.from_numpy(blank), 2, scale, shift),
        "eps=0.5": code.group_norm(torch.from_numpy(strong), 2, scale, shift, eps=0.5),
    }


# BNReLUConv


def block_on_six_points(_: np.random.Generator) -> Inputs:
    """Return a block that gives ReLU of channel 0, ReLU of channel 1, their difference and sum."""
    kernel = np.array([[1, 0], [0, 1], [1, -1], [1, 1]], np.float32).reshape(4, 2, 1, 1)
    return {
        "x": six_points_as_picture(),
        "parameters": [
            ("scale", np.ones(2, np.float32)),
            ("shift or bias", np.zeros(2, np.float32)),
            ("kernel", kernel),
            ("shift or bias", np.zeros(4, np.float32)),
        ],
        "sizes": [2, 4],
        "options": {"kernel_size": 1, "num_groups": 2},
    }


def random_block(random: np.random.Generator) -> Inputs:
    return draw_block(random, kernel_size=5, options={"kernel_size": 5, "num_groups": 2})


def default_block(random: np.random.Generator) -> Inputs:
    return draw_block(random, kernel_size=3, options={})


def draw_block(random: np.random.Generator, kernel_size: int, options: dict[str, int]) -> Inputs:
    parameters = draw_parameters(
        random,
        ("scale", (4,)),
        ("shift or bias", (4,)),
        ("kernel", (6, 4, kernel_size, kernel_size)),
        ("shift or bias", (6,)),
    )
    # Each example and channel at a scale of its own, so that it matters what shares a mean.
    x = floats(random, 3, 4, 7, 8) * random.uniform(0.5, 4, (3, 4, 1, 1)).astype(np.float32)
    return {"x": x, "parameters": parameters, "sizes": [4, 6], "options": options}


def block(
    code: ModuleType,
    x: np.ndarray,
    parameters: Parameters,
    sizes: list[int],
    options: dict[str, int],
) -> Any:
    module = code.BNReLUConv(*sizes, **options)
    shift = ("shift or bias", (sizes[0],))
    shifts = [one.detach().clone() for one in module.parameters() if role_of(one) == shift]
    found = fill_parameters(module, parameters)
    output = module(torch.from_numpy(x))
    return {"parameters": found, "shift at the start": as_rows(shifts), "output": output}


def as_rows(vectors: list[Tensor]) -> Tensor:
    return torch.stack([one.flatten() for one in vectors]) if vectors else torch.zeros(0)


def judge_module(observed: dict[str, Any], expected: dict[str, Any], _: Inputs) -> None:
    require_parameters(observed["parameters"], expected["parameters"])
    compare(without_parameters(observed), without_parameters(expected))


def alike_modules(one: dict[str, Any], other: dict[str, Any], _: Inputs) -> bool:
    same = equal(without_parameters(one), without_parameters(other))
    return same and one["parameters"] == other["parameters"]


def without_parameters(result: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in result.items() if name != "parameters"}


# SimpleMetricEmbedding


def three_images(random: np.random.Generator) -> Inputs:
    return draw_images(random, n=3, in_channels=2)


def one_image(random: np.random.Generator) -> Inputs:
    return draw_images(random, n=1, in_channels=1)


def draw_images(random: np.random.Generator, n: int, in_channels: int) -> Inputs:
    parameters = draw_parameters(
        random,
        ("scale", (in_channels,)),
        ("shift or bias", (in_channels,)),
        ("kernel", (4, in_channels, 3, 3)),
        ("scale", (4,)),
        ("shift or bias", (4,)),
        ("kernel", (6, 4, 3, 3)),
        ("scale", (6,)),
        ("shift or bias", (6,)),
        ("kernel", (8, 6, 3, 3)),
        ("shift or bias", (8,)),
    )
    images = random.random((n, in_channels, 28, 28), dtype=np.float32)
    return {"images": images, "parameters": parameters}


def network(code: ModuleType, images: np.ndarray, parameters: Parameters) -> Any:
    module = code.SimpleMetricEmbedding(images.shape[1], embedding_dim=8, widths=(4, 6))
    found = fill_parameters(module, parameters)
    return {"parameters": found, "embedding": module(torch.from_numpy(images))}


def large_images(random: np.random.Generator) -> Inputs:
    """Draw images and parameters for which every block fits in every place, and a third pool."""
    images = random.random((2, 4, 36, 38), dtype=np.float32)
    parameters = draw_parameters(
        random, ("scale", (4,)), ("shift or bias", (4,)), ("kernel", (4, 4, 3, 3))
    )
    # The first coordinate of the embedding is negative: a ReLU at the end would change it.
    kernel = parameters[2][1]
    kernel[0] = -np.abs(kernel[0])
    return {"images": images, "parameters": parameters}


def equal_blocks(code: ModuleType, images: np.ndarray, parameters: Parameters) -> Any:
    """Return the embedding, and the lengths of its gradients by the parameters it depends on.

    All blocks have the same parameters, so it does not matter which of them comes first.
    """
    module = code.SimpleMetricEmbedding(in_channels=4, embedding_dim=4, widths=(4, 4))
    fill_parameters(module, parameters)
    embedding = module(torch.from_numpy(images))
    if isinstance(embedding, Tensor) and embedding.requires_grad:
        embedding.sum().backward()
    gradients = [one.grad for one in module.parameters() if one.grad is not None and one.grad.any()]
    lengths = np.sort([float(one.norm()) for one in gradients])  # the order of names is free
    return {"embedding": embedding, "gradients": lengths}


# Rounding decides which of two nearly equal pixels a pool lets through, and its gradient with it.
OF_POOLS = Tolerance(relative=0.02)


def judge_blocks(observed: dict[str, Any], expected: dict[str, Any], _: Inputs) -> None:
    compare({"embedding": observed["embedding"]}, {"embedding": expected["embedding"]})
    reached, wanted = np.size(observed["gradients"]), np.size(expected["gradients"])
    if reached != wanted:
        raise Mismatch(
            f"The embedding depends on {reached} parameters.",
            f"Expected {wanted}, of three blocks.",
        )
    lengths = "lengths of the gradients by the parameters"
    compare({lengths: observed["gradients"]}, {lengths: expected["gradients"]}, OF_POOLS)


def alike_blocks(one: dict[str, Any], other: dict[str, Any], _: Inputs) -> bool:
    return equal(one["embedding"], other["embedding"]) and equal(
        one["gradients"], other["gradients"], Tolerance(relative=0.02, equal_nan=True)
    )


def default_images(random: np.random.Generator) -> Inputs:
    return {
        "images": random.random((2, 1, 28, 28), dtype=np.float32),
        "parameters": draw_parameters(
            random,
            ("scale", (1,)),
            ("shift or bias", (1,)),
            ("kernel", (16, 1, 3, 3)),
            ("scale", (16,)),
            ("shift or bias", (16,)),
            ("kernel", (32, 16, 3, 3)),
            ("scale", (32,)),
            ("shift or bias", (32,)),
            ("kernel", (64, 32, 3, 3)),
            ("shift or bias", (64,)),
        ),
    }


def how_many_differ(rows: Any) -> float:
    if not isinstance(rows, Tensor) or rows.ndim == 0:
        return 0.0
    return float(len(torch.unique(rows.detach(), dim=0)))


FRESH = "different embeddings of a fresh network"


def default_size(code: ModuleType, images: np.ndarray, parameters: Parameters) -> Any:
    module = code.SimpleMetricEmbedding()
    fresh = module(torch.from_numpy(images))
    fill_parameters(module, parameters)
    embedding = module(torch.from_numpy(images))
    return {
        FRESH: how_many_differ(fresh),
        "embedding size": float(embedding.shape[-1]),
        "number of parameters": float(sum(one.numel() for one in module.parameters())),
        "embedding": embedding,
    }


# Sums of 288 products in float32 are off by more than a single one.
OF_SUMS = Tolerance(absolute=1e-3)


def judge_size(observed: dict[str, Any], expected: dict[str, Any], _: Inputs) -> None:
    sizes = {name: expected[name] for name in expected if name != FRESH}
    compare({name: observed[name] for name in sizes}, sizes, OF_SUMS)
    if observed[FRESH] != expected[FRESH]:
        raise Mismatch(
            "A fresh network gives two different images the same embedding.",
            "Expected kernels that begin at random: nothing can be learned from zeros.",
        )


def alike_size(one: dict[str, Any], other: dict[str, Any], _: Inputs) -> bool:
    return equal(one, other, Tolerance(absolute=1e-3, equal_nan=True))


def check_of_block(
    title: str, points: int, draw: Callable[[np.random.Generator], Inputs], companion: str = ""
) -> Check:
    return Check(
        "BNReLUConv",
        title,
        points,
        draw,
        block,
        BLOCK,
        judge=judge_module,
        alike=alike_modules,
        companion=companion,
    )


def check_of_network(
    title: str, points: int, draw: Callable[[np.random.Generator], Inputs]
) -> Check:
    return Check(
        "SimpleMetricEmbedding",
        title,
        points,
        draw,
        network,
        NETWORK,
        judge=judge_module,
        alike=alike_modules,
    )


RANDOM_CHANNELS = "random channels in groups, and the gradients"
GIVEN_BLOCK = "a block with given parameters"

CHECKS = [
    Check(
        "group_norm",
        "the six points as a picture",
        3,
        six_points,
        group_norm,
        NORM,
        companion=RANDOM_CHANNELS,
    ),
    Check("group_norm", RANDOM_CHANNELS, 3, random_channels, group_norm, NORM),
    Check("group_norm", "faint and blank pictures", 1, faint_pictures, with_eps, NORM),
    check_of_block("the six points as a picture", 1, block_on_six_points, companion=GIVEN_BLOCK),
    check_of_block(GIVEN_BLOCK, 3, random_block),
    check_of_block("a block with the default sizes", 1, default_block),
    check_of_network("a batch of three images", 3, three_images),
    check_of_network("a batch of one image", 2, one_image),
    Check(
        "SimpleMetricEmbedding",
        "larger images, and all blocks of one width",
        2,
        large_images,
        equal_blocks,
        NETWORK,
        judge=judge_blocks,
        alike=alike_blocks,
    ),
    Check(
        "SimpleMetricEmbedding",
        "the default sizes",
        1,
        default_images,
        default_size,
        NETWORK,
        judge=judge_size,
        alike=alike_size,
    ),
]
