"""See whether code keeps its memory bounded, without giving it the memory to find out.

The code runs on so many rows that an array of all pairs is refused at once. Code that works in
blocks gets going instead, and is let go where it asks for a block of pairs, or after a moment: its
result is not needed.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from .memory import limited_memory

SECONDS = 0.02  # of processor time: who asks for all pairs does so first
LEAVES_TORCH = {"numpy", "__array__", "tolist"}
FEW = 1000  # rows
BLOCK = range(10**6, 10**8)  # values: more than the rows themselves have, far fewer than all pairs


class Enough(BaseException):
    """The code has run for long enough. No `except Exception` stops it."""


class NotTooLong(TorchFunctionMode):
    """Raise Enough at the first call of torch after so many seconds of processor time."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.until = time.thread_time() + seconds

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        if time.thread_time() > self.until:
            raise Enough
        return function(*args, **(kwargs or {}))


class _LetGo(NotTooLong):
    """Raise Enough where rows leave torch, and where a block of pairs is asked for."""

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        name = getattr(function, "__name__", "")
        if name in LEAVES_TORCH and args[0].ndim > 1:
            raise Enough
        if name == "unbind" and len(args[0]) > FEW:  # a loop over rows
            raise Enough
        if values_asked_for(name, args) in BLOCK:
            raise Enough
        return super().__torch_function__(function, types, args, kwargs)


def values_asked_for(name: str, args: tuple[Any, ...]) -> int:
    """Return how many values a function of torch gives, as far as the shapes of tensors tell."""
    shapes = [one.shape for one in args if isinstance(one, torch.Tensor)]
    if len(shapes) == 2 and all(len(shape) == 2 for shape in shapes):
        (rows, _), (others, columns) = shapes
        if name == "cdist":
            return rows * others
        if name in {"matmul", "__matmul__", "mm"}:
            return rows * columns
    if name == "addmm" and len(shapes) == 3:  # what is added, the rows, the columns
        return shapes[1][0] * shapes[2][1]
    try:
        return torch.broadcast_shapes(*shapes).numel()
    except RuntimeError:
        return 0  # no function of one value after the other


def stays_bounded(call: Callable[[], object]) -> bool:
    """Return whether a call can begin within the memory of a worker, whoever makes it.

    True as well where the system knows no such limit, and where the call fails for another reason:
    other checks say what is wrong then.
    """
    if sys.platform != "linux":
        return True
    try:
        with limited_memory(), _LetGo(SECONDS):
            call()
    except Enough:
        return True
    except NotImplementedError:
        raise
    except Exception as error:
        return not (isinstance(error, MemoryError) or "can't allocate memory" in str(error))
    return True
