"""Keep a network with one byte for each number of its kernels, so that a page can carry it.

Each output channel has a unit of its own: what the byte 1 is worth there. The vectors of a network
are few, and stay as they are.
"""

import base64
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

LARGEST = 127
KERNEL_AXES = 4


def packed(network: nn.Module) -> dict[str, dict[str, Any]]:
    """Return the parameters by name, as text: a kernel as `bytes` and `units`, others as `floats`.

    Each has its `shape` beside it. All of it is little-endian, in base64.
    """
    return {
        name: {
            "shape": list(one.shape),
            **(_bytes(one) if one.ndim == KERNEL_AXES else _floats(one)),
        }
        for name, one in network.state_dict().items()
    }


def unpacked(weights: dict[str, dict[str, Any]]) -> dict[str, Tensor]:
    """Return the parameters by name, float32, as nn.Module.load_state_dict takes them."""
    return {name: _tensor(one).reshape(one["shape"]) for name, one in weights.items()}


def _bytes(kernel: Tensor) -> dict[str, str]:
    rows = kernel.flatten(1)  # (out, in * size * size)
    units = (rows.abs().amax(dim=1) / LARGEST).clamp(min=torch.finfo(torch.float32).tiny)  # (out,)
    whole = (rows / units[:, None]).round().numpy().astype(np.int8)
    return {"bytes": _text(whole), "units": _text(units.numpy().astype("<f4"))}


def _floats(vector: Tensor) -> dict[str, str]:
    return {"floats": _text(vector.numpy().astype("<f4"))}


def _tensor(one: dict[str, Any]) -> Tensor:
    if "floats" in one:
        return _read(one["floats"], "<f4")
    units = _read(one["units"], "<f4")  # (out,)
    return _read(one["bytes"], np.int8).view(len(units), -1) * units[:, None]


def _text(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")


def _read(text: str, dtype: Any) -> Tensor:
    return torch.from_numpy(np.frombuffer(base64.b64decode(text), dtype).astype(np.float32))
