"""A loss of one's own: any function of embeddings and labels, by the name `module:function`."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

from torch import Tensor

from ..errors import CourseError


def own_loss(name: str) -> Callable[..., Tensor]:
    """Return the function; its module is looked for in the present folder first.

    It is called as `function(embeddings, labels)`, with the margin as a third argument where one
    is asked for, and returns a scalar. Raises CourseError if it cannot be imported.
    """
    module_name, _, function_name = name.partition(":")
    if not module_name or not function_name:
        raise CourseError(f"--loss {name}: name a module and a function of it, as losses:mine.")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    importlib.invalidate_caches()
    try:
        found = getattr(importlib.import_module(module_name), function_name, None)
    except Exception as error:  # whatever a person's module raises while it is read
        said = " ".join(str(error).split())
        raise CourseError(
            f"--loss {name}: {module_name} cannot be imported from {here}: "
            f"{type(error).__name__}: {said}"
        ) from error
    if not callable(found):
        raise CourseError(f"--loss {name}: {module_name} has no function {function_name}.")
    function: Callable[..., Tensor] = found
    return function
