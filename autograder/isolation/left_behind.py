"""What code can leave behind for whatever runs after it in the same process.

A chapter that changes nothing of this may share its worker with the next one. The list is for
honest code: who hides something from it harms his or her own chapters only.
"""

import _thread
import builtins
import gc
import math
import os
import random
import signal
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

# What chapters call: whoever replaces a function here replaces it for all.
SHARED = (builtins, math, random, np, np.linalg, np.random, torch, torch.linalg, torch.nn, F)
TYPES = (torch.Tensor, torch.nn.Module)
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGABRT)

SETTINGS: dict[str, Callable[[], Any]] = {
    "torch's default dtype": torch.get_default_dtype,
    "torch's default device": torch.get_default_device,
    "whether gradients are recorded": torch.is_grad_enabled,
    "inference mode": torch.is_inference_mode_enabled,
    "torch's threads": torch.get_num_threads,
    "deterministic algorithms": torch.are_deterministic_algorithms_enabled,
    "anomaly detection": torch.is_anomaly_enabled,
    "precision of matrix products": torch.get_float32_matmul_precision,
    "autocast": lambda: torch.is_autocast_enabled("cpu"),
    "hooks of all modules": lambda: len(torch.nn.modules.module._global_forward_hooks),
    "modes of torch": torch._C._len_torch_function_stack,
    "how torch prints": lambda: repr(torch._tensor_str.PRINT_OPTS),
    "how NumPy prints": lambda: repr(np.get_printoptions()),
    "what NumPy does about errors": np.geterr,
    "the recursion limit": sys.getrecursionlimit,
    "the switch interval": sys.getswitchinterval,
    "the garbage collector": lambda: (gc.isenabled(), gc.get_threshold()),
    "sys.path": lambda: list(sys.path),
    "tracing": lambda: (sys.gettrace(), sys.getprofile()),
    "hooks of the interpreter": lambda: (sys.excepthook, sys.displayhook, sys.unraisablehook),
    "the environment": lambda: dict(os.environ),
    "the working folder": os.getcwd,
    "filters of warnings": lambda: list(warnings.filters),
    "handlers of signals": lambda: [signal.getsignal(one) for one in SIGNALS],
    "a timer": lambda: os.name == "posix" and signal.getitimer(signal.ITIMER_REAL),
    "threads": _thread._count,
}
Traces = dict[str, Any]


def traces() -> Traces:
    """Return what there is now, by what it is."""
    names = {f"what is in {one.__name__}": Names(vars(one)) for one in (*SHARED, *TYPES)}
    settings = {name: read() for name, read in SETTINGS.items()}
    # A new name in a class hides the one that it has from its bases.
    settings |= {f"the names of {one.__name__}": set(vars(one)) for one in TYPES}
    return {**settings, **names, "what is in sys.modules": Names(sys.modules)}


def changes(before: Traces, after: Traces) -> list[str]:
    """Return what is not as it was; a name that is new in a module replaces nothing."""
    return [name for name, value in before.items() if not _is_as_it_was(value, after[name])]


def _is_as_it_was(before: Any, after: Any) -> bool:
    if isinstance(before, Names):
        return all(after.get(name) is value for name, value in before.items())
    return bool(before == after)


class Names(dict[str, Any]):
    """What names stand for: the very object counts, whatever it says that it equals."""
