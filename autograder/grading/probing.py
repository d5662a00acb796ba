"""Helpers for probes: from arrays to tensors and parameters, and back."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from .comparison import GRADIENT, VALUE, Mismatch


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
        return {VALUE: value, **{f"{GRADIENT}{name}": None for name in tensors}}
    if value.shape == weights.shape:
        (value * torch.from_numpy(weights)).sum().backward()
    # Without gradients the comparison says on its own which rung failed: the shape, above them.
    gradients = {f"{GRADIENT}{name}": tensor.grad for name, tensor in tensors.items()}
    return {VALUE: value.detach(), **gradients}


Role = tuple[str, tuple[int, ...]]


def role_of(parameter: Tensor) -> Role:
    """Say what a fresh parameter is for, from its shape and first values: whatever its name is.

    A scale is a vector of ones. Any other vector is a shift or a bias: a bias may begin at zero
    as well, so the two are told apart by their length only. A scale of shape (1, channels, 1, 1)
    is a vector too.
    """
    size = parameter.numel()
    if size != max(parameter.shape, default=1):
        return "kernel", tuple(parameter.shape)
    is_scale = bool((parameter == 1).all())
    return "scale" if is_scale else "shift or bias", (size,)


def fill_parameters(module: nn.Module, given: list[tuple[str, np.ndarray]]) -> list[str]:
    """Give every parameter the value of its role and shape, so that any naming and order will do.

    Parameters of the same role and shape get the same value. A parameter that the reference does
    not have gets a value that follows from its shape, so that the result can still be compared.
    Returns what there is to fill, as a sorted list of roles with shapes.
    """
    arrays = {(role, array.shape): array for role, array in given}
    found = [role_of(parameter.detach()) for parameter in module.parameters()]
    with torch.no_grad():
        for parameter, (role, shape) in zip(list(module.parameters()), found, strict=True):
            array = arrays.get((role, shape))
            if array is None:
                array = 0.3 * np.sin(1 + np.arange(parameter.numel())) + (role == "scale")
            parameter.copy_(torch.from_numpy(array).reshape(parameter.shape))
    return sorted(f"{role} {shape}" for role, shape in found)


def draw_parameters(random: np.random.Generator, *roles: Role) -> list[tuple[str, np.ndarray]]:
    """Draw an array for each role and shape; scales stay away from zero."""
    return [
        (role, ((role == "scale") + 0.3 * random.standard_normal(shape)).astype(np.float32))
        for role, shape in roles
    ]


def require_parameters(observed: list[str], expected: list[str]) -> None:
    """Raise Mismatch if a module has other parameters than the reference."""
    missing, extra = Counter(expected) - Counter(observed), Counter(observed) - Counter(expected)
    if missing or extra:
        raise Mismatch(
            f"Parameters that do not belong there: {_listing(extra)}; missing: "
            f"{_listing(missing)}.",
            f"Expected {_listing(Counter(expected))}.",
        )


def _listing(roles: Counter[str]) -> str:
    return ", ".join(sorted(roles.elements())) or "none"
