"""Helpers for probes: from arrays to tensors and parameters, and back."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from .comparison import Mismatch


def value_and_gradients(
    function: Callable[..., Any], arrays: dict[str, np.ndarray], *, weights: np.ndarray
) -> dict[str, Any]:
    """Return a function's value and the gradient of its weighted sum by each of the arrays.

    The weights make every entry of the value count differently, so that an error in one entry
    cannot cancel an error in another.
    """
    tensors = {name: torch.from_numpy(array).requires_grad_() for name, array in arrays.items()}
    value = function(*tensors.values())
    if not isinstance(value, Tensor) or not value.requires_grad:
        return {"value": value, **{f"gradient by {name}": None for name in tensors}}
    if value.shape == weights.shape:
        (value * torch.from_numpy(weights)).sum().backward()
    # Without gradients the comparison says on its own which rung failed: the shape, above them.
    gradients = {f"gradient by {name}": tensor.grad for name, tensor in tensors.items()}
    return {"value": value.detach(), **gradients}


def role_of(parameter: Tensor) -> tuple[str, tuple[int, ...]]:
    """Say what a fresh parameter is for, from its first values: whatever its name is.

    A scale begins at one, a shift at zero, and the parameters of a convolution at random.
    """
    if parameter.ndim == 1 and bool((parameter == 1).all()):
        return "scale", tuple(parameter.shape)
    if parameter.ndim == 1 and bool((parameter == 0).all()):
        return "shift", tuple(parameter.shape)
    return "convolution", tuple(parameter.shape)


def fill_parameters(module: nn.Module, arrays: dict[tuple[str, tuple[int, ...]], Any]) -> None:
    """Copy an array into each parameter by role and shape, so that any naming will do.

    Raises Mismatch if the module's parameters are not the ones of the reference.
    """
    found = [role_of(parameter.detach()) for parameter in module.parameters()]
    if sorted(found) != sorted(arrays):
        raise Mismatch(f"Parameters: {_listing(found)}.", f"Expected {_listing(list(arrays))}.")
    with torch.no_grad():
        for parameter, role in zip(list(module.parameters()), found, strict=True):
            parameter.copy_(torch.from_numpy(arrays[role]))


def draw_parameters(
    random: np.random.Generator, *roles: tuple[str, tuple[int, ...]]
) -> dict[tuple[str, tuple[int, ...]], np.ndarray]:
    """Draw an array for each role; scales stay away from zero."""
    offset = {"scale": 1.0, "shift": 0.0, "convolution": 0.0}
    return {
        (role, shape): (offset[role] + 0.3 * random.standard_normal(shape)).astype(np.float32)
        for role, shape in roles
    }


def _listing(roles: list[tuple[str, tuple[int, ...]]]) -> str:
    return ", ".join(f"{role} {shape}" for role, shape in sorted(roles)) or "none"
