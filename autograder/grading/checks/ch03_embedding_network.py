"""Checks of chapter 3: modules are compared after copying parameters by role and shape."""

import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from exercises.given import toy

from ..check import Check, Inputs
from ..comparison import GRADIENT, VALUE, Mismatch, Tolerance, compare, equal
from ..outcome import failure
from ..probing import (
    SHAPE_ERRORS,
    Role,
    draw_parameters,
    fill_parameters,
    kernels_differ,
    kernels_of,
    made,
    output_of,
    parameters_behind,
    require_parameters,
    role_of,
    value_and_gradients,
)

NORM, BLOCK, NETWORK = "Group normalisation", "The block", "The network"

ROLES = ("kernel", "scale", "shift or bias")
LAYOUT, EMBEDDING, DEPENDS = "parameters", "embedding", "parameters behind the embedding"
SHIFT, KERNELS = "whether the shift begins at zero", "whether the kernels differ at the start"
BITS, BY_X = "bits of a number", f"{GRADIENT}x"

OF_VALUES = Tolerance()
# Sums of 288 products in float32 are off by more than a single one.
OF_SUMS = Tolerance(absolute=1e-3)
# Rounding decides which of two nearly equal pixels a pool lets through, and its gradient with it.
OF_POOLS = Tolerance(relative=0.02)

SAME = 169  # draws what is always the same

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
    x = floats(random, 3, 12, 4, 5) * random.uniform(1.5, 6, (3, 12, 1, 1)).astype(np.float32) + 2
    return {
        "x": x,
        "weight": floats(random, 12),
        "bias": floats(random, 12),
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
    result = value_and_gradients(
        lambda x, weight, bias: code.group_norm(x, num_groups, weight, bias),
        {"x": x, "weight": weight, "bias": bias},
        weights=weights,
    )
    return {**result, BITS: bits_of(result[VALUE])}


def bits_of(value: Any) -> int:
    """Return how many bits a number of a tensor has: comparing values does not look at it."""
    return 8 * value.element_size() if isinstance(value, Tensor) else 0


def judge_norm(observed: dict[str, Any], expected: dict[str, Any], _: Inputs) -> None:
    compare(
        {name: observed[name] for name in expected if name != BITS},
        {name: expected[name] for name in expected if name != BITS},
    )
    if observed[BITS] != expected[BITS]:
        raise Mismatch(
            f"Returned numbers of {observed[BITS]} bits where those of x have {expected[BITS]}.",
            "Expected the dtype of x: the convolution that comes next takes nothing else.",
        )


def faint_pictures(random: np.random.Generator) -> Inputs:
    """Draw pictures with a variance near eps = 1e-5; the second value of eps is far from it."""
    return {
        # As wide as it has channels, so that it matters which axis a scale lies along; and three
        # of them, so that images mixed up with groups are no channels by chance.
        "faint": 3e-3 * floats(random, 3, 6, 3, 6),
        "blank": np.zeros((1, 6, 3, 6), np.float32),
        "weight": floats(random, 6),
        "bias": floats(random, 6),
    }


def with_eps(
    code: ModuleType, faint: np.ndarray, blank: np.ndarray, weight: np.ndarray, bias: np.ndarray
) -> Any:
    scale, shift = torch.from_numpy(weight), torch.from_numpy(bias)
    strong = 300 * faint  # a variance near 1
    result = {
        "a faint picture": code.group_norm(torch.from_numpy(faint), 2, scale, shift),
        "a blank picture": code.group_norm(torch.from_numpy(blank), 2, scale, shift),
        "eps=0.5": code.group_norm(torch.from_numpy(strong), 2, scale, shift, eps=0.5),
    }
    return {**result, BITS: bits_of(result["eps=0.5"])}


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
        "weights": np.arange(24, dtype=np.float32).reshape(1, 4, 2, 3),
    }


def random_block(random: np.random.Generator) -> Inputs:
    options = {"kernel_size": 5, "num_groups": 2}
    return draw_block(random, out_channels=6, kernel_size=5, options=options)


def default_block(random: np.random.Generator) -> Inputs:
    # With as many channels after it as before it, the block runs in any order of its steps.
    return draw_block(random, out_channels=4, kernel_size=3, options={})


def draw_block(
    random: np.random.Generator, out_channels: int, kernel_size: int, options: dict[str, int]
) -> Inputs:
    parameters = draw_parameters(
        random,
        ("scale", (4,)),
        ("kernel", (out_channels, 4, kernel_size, kernel_size)),
        ("shift or bias", (out_channels,)),
    )
    # As large as the scale, so that ReLU cuts something off whichever of the two multiplies.
    shift = random.choice([-1, 1], 4) * random.uniform(0.8, 1.5, 4)
    parameters.append(("shift or bias", shift.astype(np.float32)))
    # Each example and channel at a scale of its own, so that it matters what shares a mean.
    x = floats(random, 3, 4, 7, 8) * random.uniform(0.5, 4, (3, 4, 1, 1)).astype(np.float32)
    return {"x": x, "parameters": parameters, "sizes": [4, out_channels], "options": options}


def block(
    code: ModuleType,
    x: np.ndarray,
    parameters: Parameters,
    sizes: list[int],
    options: dict[str, int],
    weights: np.ndarray | None = None,
) -> Any:
    """Return what a block gives, and its gradient by x if there are weights of the output."""
    module = made(lambda: code.BNReLUConv(*sizes, **options))
    start = {SHIFT: begins_at_zero(module), KERNELS: kernels_differ(module)}
    found = fill_parameters(module, parameters)
    output = output_of(module, x, found, parameters)
    result = {LAYOUT: layout_of(found), **start, "output": output}
    if weights is None or output is None:
        return result
    # A brighter picture has the same result, and ReLU has a slope wherever its pixels go.
    brighter = value_and_gradients(module, {"x": x + 0.5}, weights=weights)
    return {**result, BY_X: brighter[BY_X]}


def layout_of(found: list[str]) -> np.ndarray:
    """Return a row for each parameter: its role, by number, and its shape; such rows compare."""
    rows = []
    for one in found:
        role = next(number for number, role in enumerate(ROLES) if one.startswith(role))
        shape = list(map(int, re.findall(r"\d+", one)))
        rows.append([role, *shape, 0, 0, 0, 0][:5])
    return np.array(rows, int).reshape(-1, 5)


def parameters_in(layout: np.ndarray) -> list[str]:
    """Return what `layout_of` was given."""
    return sorted(
        f"{ROLES[role]} {tuple(n for n in shape if n)}" for role, *shape in layout.tolist()
    )


def begins_at_zero(module: nn.Module) -> bool:
    """Return whether every scale of a fresh block has a shift of zeros; a bias may begin anywhere.

    With as many channels after the block as before it, its bias is as long as the shift.
    """
    parameters = [one.detach() for one in module.parameters()]
    lengths = {one.numel() for one in parameters if role_of(one)[0] == "scale"}
    return lengths <= {one.numel() for one in parameters if not one.any()}


def judge_block(observed: dict[str, Any], expected: dict[str, Any], inputs: Inputs) -> None:
    require_layout_of_block(observed, expected, inputs["sizes"])
    if not observed[SHIFT]:
        raise Mismatch(
            "The shift of a fresh block is not zero.",
            "Expected a scale that begins at one, and a shift that begins at zero.",
        )
    require_different_kernels(observed)
    output, wanted = observed["output"], expected["output"]
    is_comparable = isinstance(output, Tensor) and output.shape == wanted.shape
    if is_comparable and (output >= 0).all() and (wanted < 0).any():
        raise Mismatch(
            "No entry of the result is negative, as if a ReLU came last.",
            "Expected entries of either sign: normalisation, then ReLU, then convolution.",
        )
    compare(observed, expected)


def require_layout_of_block(
    observed: dict[str, Any], expected: dict[str, Any], sizes: list[int]
) -> None:
    """Raise Mismatch if a block has other parameters than it should, and say which."""
    entering, leaving = sizes
    require_convolutions(observed, expected)
    found = parameters_in(observed[LAYOUT])
    ends = ", and the call ends in an error" if observed["output"] is None else ""
    if f"scale ({leaving},)" in found and entering != leaving:
        raise Mismatch(
            f"The normalisation has {leaving} channels, as many as leave the block{ends}.",
            f"Expected {entering}, as many as enter the block: normalisation, then ReLU, then "
            "convolution.",
        )
    if f"scale ({entering},)" not in found:
        raise Mismatch(
            f"No parameter of length {entering} begins at one{ends}.",
            f"Expected a normalisation of {entering} channels, with a scale of ones and a shift "
            "of zeros.",
        )
    wanted = parameters_in(expected[LAYOUT])
    if sorted([*found, f"shift or bias ({leaving},)"]) == wanted:
        raise Mismatch(
            "The convolution has no bias.", f"Expected one for each of {leaving} channels."
        )
    require_parameters(found, wanted)


def require_convolutions(observed: dict[str, Any], expected: dict[str, Any]) -> None:
    """Raise Mismatch if a module has other convolutions than it should."""
    found, wanted = convolutions_in(observed[LAYOUT]), convolutions_in(expected[LAYOUT])
    if not found:
        raise Mismatch(
            "Among the parameters of the module is no convolution.",
            "Expected a kernel (out, in, height, width), as nn.Conv2d has it, or a layer that has "
            "one, assigned to self: nn.Module does not look into a list.",
        )
    if found != wanted:
        raise Mismatch(
            f"The convolutions go from {', from '.join(found)}.",
            f"Expected from {', from '.join(wanted)}.",
        )


def convolutions_in(layout: np.ndarray) -> list[str]:
    kernels = [shape for role, *shape in layout.tolist() if ROLES[role] == "kernel" and shape[3]]
    return [
        f"{entering} to {leaving} channels ({height} x {width})"
        for leaving, entering, height, width in sorted(kernels, key=lambda shape: shape[1::-1])
    ]


def require_different_kernels(observed: dict[str, Any]) -> None:
    if not observed[KERNELS]:
        raise Mismatch(
            "Before any training, a convolution has the same kernel for several channels.",
            "Expected kernels that begin at random: equal ones stay equal.",
        )


# SimpleMetricEmbedding


def three_images(random: np.random.Generator) -> Inputs:
    # The second block takes what the first one takes, so that it can be fed with the images.
    return draw_images(random, n=3, sizes=[4, 4, 6, 16])


def one_image(random: np.random.Generator) -> Inputs:
    return draw_images(random, n=1, sizes=[1, 4, 6, 16])


def draw_images(random: np.random.Generator, n: int, sizes: list[int]) -> Inputs:
    """Draw images and a network; of 16 coordinates some are negative, so that a ReLU shows."""
    images = random.random((n, sizes[0], 28, 28), dtype=np.float32)
    return {"images": images, "parameters": draw_network(random, sizes), "sizes": sizes}


def draw_network(random: np.random.Generator, sizes: list[int]) -> Parameters:
    """Draw the parameters of three blocks, from sizes[0] to sizes[3] channels."""
    roles: list[Role] = []
    for entering, leaving in itertools.pairwise(sizes):
        roles += [("scale", (entering,)), ("shift or bias", (entering,))]
        roles += [("kernel", (leaving, entering, 3, 3)), ("shift or bias", (leaving,))]
    return draw_parameters(random, *roles)


def network(code: ModuleType, images: np.ndarray, parameters: Parameters, sizes: list[int]) -> Any:
    entering, first, second, leaving = sizes
    module = made(
        lambda: code.SimpleMetricEmbedding(entering, embedding_dim=leaving, widths=(first, second))
    )
    found = fill_parameters(module, parameters)
    return {LAYOUT: layout_of(found), EMBEDDING: output_of(module, images, found, parameters)}


def judge_network(observed: dict[str, Any], expected: dict[str, Any], inputs: Inputs) -> None:
    require_convolutions(observed, expected)
    require_parameters(parameters_in(observed[LAYOUT]), parameters_in(expected[LAYOUT]))
    compare_embeddings(EMBEDDING, observed[EMBEDDING], expected[EMBEDDING])


def compare_embeddings(
    name: str, observed: Any, expected: Tensor, tolerance: Tolerance = OF_VALUES
) -> None:
    """Raise Mismatch if embeddings differ, and say in words what has become of their axes."""
    n, dim = expected.shape
    words = ""
    match tuple(np.shape(observed)) if isinstance(observed, Tensor) else (n, dim):
        case (one,) if one == dim:
            words = "the axis of the batch is gone" if n == 1 else "one embedding for all images"
        case (one,) if one == n:
            words = "one number for each image: the channels are gone"
        case (one,) if one == n * dim:
            words = "the images and their coordinates are on one axis"
        case (one, two, 1, 1) if (one, two) == (n, dim):
            words = "height and width are still there, with one pixel"
        case (one, two, *_, _) if (one, two) == (n, dim) and np.ndim(observed) > 2:
            words = "the last feature map, which is not averaged over both height and width"
        case (one, *_, _) if one == n and np.ndim(observed) == 3:
            words = "a height and a width, but no channels"
        case (one, two) if one == n and two != dim and two % dim == 0:
            words = f"{two // dim} numbers for each channel of the last feature map, not one"
    if words:
        raise Mismatch(
            f"{name}: Returned shape {tuple(observed.shape)}: {words}.",
            f"Expected {(n, dim)}: {dim} coordinates for each image.",
        )
    compare({name: observed}, {name: expected}, tolerance)


def large_images(_: np.random.Generator) -> Inputs:
    """Return images and parameters for which every block fits in every place, and a third pool.

    They are always the same. Even a pool of stride 4 leaves something of them, and the last
    feature map is not square.
    """
    random = np.random.default_rng(SAME)
    images = random.random((2, 4, 53, 57), dtype=np.float32)
    scale, shift, kernel = draw_parameters(
        random, ("scale", (4,)), ("shift or bias", (4,)), ("kernel", (4, 4, 3, 3))
    )
    # The first coordinate of the embedding is negative: a ReLU at the end would change it.
    kernel[1][0] = -np.abs(kernel[1][0])
    return {"images": images, "parameters": 3 * [scale, shift, kernel, shift]}


def equal_blocks(code: ModuleType, images: np.ndarray, parameters: Parameters) -> Any:
    """Return the embedding, and how many parameters it depends on.

    All blocks have the same parameters, so it does not matter which of them comes first.
    """
    module = made(lambda: code.SimpleMetricEmbedding(in_channels=4, embedding_dim=4, widths=(4, 4)))
    start = kernels_differ(module)
    found = fill_parameters(module, parameters)
    try:
        embedding = output_of(module, images, found, parameters)
    except SHAPE_ERRORS as error:
        if isinstance(error, NotImplementedError):
            raise
        height, width = images.shape[2:]
        ended = failure(error)
        message = f"{ended.error}: {ended.message.rstrip('.')}."
        if takes(module, torch.from_numpy(images[..., :28, :28])):
            message += " Those of 28 x 28 do not."
        raise Mismatch(
            f"Images of {height} x {width} end in {message}",
            f"Expected embeddings of images of any size; see line {ended.line}: {ended.text}",
        ) from error
    return {
        LAYOUT: layout_of(found),
        EMBEDDING: embedding,
        DEPENDS: parameters_behind(embedding),
        KERNELS: start,
    }


def takes(module: nn.Module, images: Tensor) -> bool:
    try:
        module(images)
    except SHAPE_ERRORS:
        return False
    return True


def judge_blocks(observed: dict[str, Any], expected: dict[str, Any], inputs: Inputs) -> None:
    height, width = inputs["images"].shape[2:]
    name = f"embedding of images of {height} x {width}"
    require_convolutions(observed, expected)
    compare_embeddings(name, observed[EMBEDDING], expected[EMBEDDING])
    if observed[DEPENDS] != expected[DEPENDS]:
        raise Mismatch(
            f"The embedding depends on {observed[DEPENDS]} parameters.",
            f"Expected {expected[DEPENDS]}, of three blocks.",
        )
    require_different_kernels(observed)


def default_images(random: np.random.Generator) -> Inputs:
    images = random.random((2, 1, 28, 28), dtype=np.float32)
    return {"images": images, "parameters": draw_network(random, [1, 16, 32, 64])}


def differ(rows: Any) -> bool:
    """Return whether there are two different rows."""
    return isinstance(rows, Tensor) and rows.ndim > 0 and len(torch.unique(rows, dim=0)) > 1


FRESH = "whether a fresh network tells images apart"
COUNT, LENGTHS = "number of parameters", "lengths of the gradients by the parameters"


def default_size(code: ModuleType, images: np.ndarray, parameters: Parameters) -> Any:
    module = made(lambda: code.SimpleMetricEmbedding())
    fresh = module(torch.from_numpy(images))
    fill_parameters(module, parameters)
    embedding = module(torch.from_numpy(images)) if kernels_of(module) else None
    return {
        FRESH: differ(fresh),
        COUNT: sum(one.numel() for one in module.parameters()),
        EMBEDDING: embedding,
        LENGTHS: lengths_of_gradients(module, embedding),
    }


def lengths_of_gradients(module: nn.Module, embedding: Any) -> np.ndarray:
    """Return the length of the gradient by each parameter, shortest first: their order is free."""
    if isinstance(embedding, Tensor) and embedding.requires_grad:
        embedding.sum().backward()
    gradients = [one.grad for one in module.parameters() if one.grad is not None]
    return np.sort([float(one.norm()) for one in gradients])


def judge_size(observed: dict[str, Any], expected: dict[str, Any], _: Inputs) -> None:
    compare({COUNT: observed[COUNT]}, {COUNT: expected[COUNT]})
    compare_embeddings(EMBEDDING, observed[EMBEDDING], expected[EMBEDDING], OF_SUMS)
    compare({LENGTHS: observed[LENGTHS]}, {LENGTHS: expected[LENGTHS]}, OF_POOLS)
    if observed[FRESH] != expected[FRESH]:
        raise Mismatch(
            "A fresh network gives two different images the same embedding.",
            "Expected kernels that begin at random: nothing can be learned from zeros.",
        )


def alike_size(one: dict[str, Any], other: dict[str, Any], _: Inputs) -> bool:
    return all(
        equal(
            one[name],
            other[name],
            replace(OF_POOLS if name == LENGTHS else OF_SUMS, equal_nan=True),
        )
        for name in other
    )


def check_of_norm(
    title: str,
    points: int,
    draw: Callable[[np.random.Generator], Inputs],
    probe: Callable[..., Any] = group_norm,
    companion: str = "",
) -> Check:
    return Check(
        "group_norm",
        title,
        points,
        draw,
        probe,
        NORM,
        judge=judge_norm,
        companion=companion,
        worked=bool(companion),
    )


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
        judge=judge_block,
        companion=companion,
        worked=bool(companion),
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
        judge=judge_network,
    )


RANDOM_CHANNELS = "random channels in groups, and the gradients"
GIVEN_BLOCK = "a block with given parameters"
THREE_IMAGES = "a batch of three images"

CHECKS = [
    check_of_norm("the six points as a picture", 3, six_points, companion=RANDOM_CHANNELS),
    check_of_norm(RANDOM_CHANNELS, 3, random_channels),
    check_of_norm("faint and blank pictures", 1, faint_pictures, with_eps),
    check_of_block("the six points as a picture", 1, block_on_six_points, companion=GIVEN_BLOCK),
    check_of_block(GIVEN_BLOCK, 3, random_block),
    check_of_block("a block with the default sizes", 1, default_block),
    check_of_network(THREE_IMAGES, 3, three_images),
    check_of_network("a batch of one image", 2, one_image),
    Check(
        "SimpleMetricEmbedding",
        "larger images, and all blocks of one width",
        2,
        large_images,
        equal_blocks,
        NETWORK,
        judge=judge_blocks,
        companion=THREE_IMAGES,
        worked=True,
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
