"""Helpers for probes: from arrays to tensors and parameters, and back."""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
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
    # The comparison speaks of a wrong shape first; gradients then still tell mistakes apart.
    weighted = value * torch.from_numpy(weights) if value.shape == weights.shape else value
    weighted.sum().backward()
    gradients = {f"{GRADIENT}{name}": tensor.grad for name, tensor in tensors.items()}
    return {VALUE: value.detach(), **gradients}


@contextlib.contextmanager
def leaving_unchanged(**arrays: np.ndarray | Tensor) -> Iterator[None]:
    """Raise Mismatch if the block changes one of these arrays in place."""
    before = {name: np.array(array) for name, array in arrays.items()}
    yield
    for name, array in arrays.items():
        if not np.array_equal(before[name], np.asarray(array), equal_nan=True):
            raise Mismatch(
                f"The argument {name} was changed in place.",
                "Expected it to be left as it was: whoever called still needs it.",
            )


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
    is_scale = bool((values_of(parameter) == 1).all())
    return "scale" if is_scale else "shift or bias", (size,)


def values_of(parameter: Tensor) -> np.ndarray:
    """Return the values of a parameter as an array that shares its memory."""
    return parameter.detach().numpy()


def fill_parameters(module: nn.Module, given: list[tuple[str, np.ndarray]]) -> list[str]:
    """Give every parameter the value of its role and shape, so that any naming and order will do.

    Parameters of the same role and shape get the same value. A parameter that the reference does
    not have gets a value that follows from its shape, so that the result can still be compared.
    Returns what there is to fill, as a sorted list of roles with shapes.
    """
    arrays = {(role, array.shape): array for role, array in given}
    parameters = list(module.parameters())
    found = [role_of(parameter) for parameter in parameters]
    for parameter, (role, shape) in zip(parameters, found, strict=True):
        array = arrays.get((role, shape))
        if array is None:
            array = 0.3 * np.sin(1 + np.arange(parameter.numel())) + (role == "scale")
        values_of(parameter)[...] = array.reshape(parameter.shape)
    return sorted(f"{role} {shape}" for role, shape in found)


def made(construct: Callable[[], nn.Module]) -> nn.Module:
    """Return the module that a class makes. Raises Mismatch without super().__init__()."""
    try:
        return construct()
    except AttributeError as error:
        if "before Module.__init__() call" not in str(error):
            raise
        raise Mismatch(
            "The constructor assigns to self before it calls super().__init__().",
            "Expected super().__init__() as its first line.",
        ) from error


def kernels_of(module: nn.Module) -> list[np.ndarray]:
    """Return the parameters that are kernels of a convolution in two dimensions."""
    four = [one for one in module.parameters() if one.ndim == 4]
    return [values_of(one) for one in four if role_of(one)[0] == "kernel"]


def kernels_differ(module: nn.Module) -> bool:
    """Return whether no two kernels of a convolution are equal: equal ones stay equal for ever."""
    return all(len({one.tobytes() for one in each}) == len(each) for each in kernels_of(module))


# What torch raises where shapes do not fit.
SHAPE_ERRORS = (RuntimeError, ValueError, IndexError)


def output_of(
    module: nn.Module, x: np.ndarray, found: list[str], given: list[tuple[str, np.ndarray]]
) -> Any:
    """Return what a filled module gives for x; None if its parameters keep it from that.

    An error is raised where what there was to fill is what was given. Where it is not, that says
    more of the cause.
    """
    if not kernels_of(module):
        return None  # they are out of reach, and what they give is left to chance
    try:
        return module(torch.from_numpy(x))
    except SHAPE_ERRORS as error:
        wanted = sorted(f"{role} {array.shape}" for role, array in given)
        if isinstance(error, NotImplementedError) or found == wanted:
            raise
        return None


def parameters_behind(value: Any) -> int:
    """Return how many parameters a value was computed from: those at the end of its graph."""
    waiting = [value.grad_fn] if isinstance(value, Tensor) else []
    seen, count = set(waiting), 0
    while waiting:
        node = waiting.pop()
        if node is not None:
            count += hasattr(node, "variable")
            following = {one for one, _ in node.next_functions} - seen
            seen |= following
            waiting += following
    return count


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
