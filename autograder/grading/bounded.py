"""See whether code keeps its memory bounded, without giving it the memory to find out.

The code runs on so many rows that an array of all pairs is refused at once. Code that works in
blocks gets going instead, and is let go after a moment: its result is not needed.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

from torch.overrides import TorchFunctionMode

from .memory import limited_memory

SECONDS = 0.02  # of processor time: who asks for all pairs does so first
LEAVES_TORCH = {"numpy", "__array__", "tolist"}


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
    """Raise Enough where rows leave torch for elsewhere, too."""

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        if getattr(function, "__name__", "") in LEAVES_TORCH and args[0].ndim > 1:
            raise Enough
        return super().__torch_function__(function, types, args, kwargs)


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
