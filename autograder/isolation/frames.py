"""Plain values and arrays as bytes, and back: what passes between the grader and a worker.

A frame is MAGIC, the length of a header, the header, and the arrays. The header is JSON and says
how the values are nested; each array has its dtype code, its number of axes, its shape and its
bytes. Nothing in a frame can name code, as a pickle can, so reading one from a hostile worker is
safe: it gives values or raises FrameError, and allocates no more than the frame is long.
"""

import json
import math
import struct
from typing import Any

import numpy as np
import torch

from ..grading.opaque import Opaque, with_article

MAGIC = b"TRF1"
MOST_AXES = 8
DEEPEST = 20
# What numbers of a hostile frame may lead to, before anything is allocated.
UNREADABLE = (
    *(ValueError, struct.error, KeyError, IndexError, TypeError, OverflowError),
    *(RecursionError, MemoryError),
)
LENGTH = struct.Struct("<I")
DTYPES = tuple(
    np.dtype(name).newbyteorder("<")
    for name in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "complex64", "complex128"),
    )
)


class FrameError(Exception):
    """The bytes are no frame."""


def pack(value: Any) -> bytes:
    """Return a value as one frame; what a frame cannot carry becomes an Opaque."""
    arrays: list[np.ndarray] = []
    header = json.dumps(_described(value, arrays, 0)).encode()
    parts = [MAGIC, LENGTH.pack(len(header)), header]
    for array in arrays:
        dtype = array.dtype.newbyteorder("<")
        parts.append(struct.pack("<BB", DTYPES.index(dtype), array.ndim))
        parts.append(struct.pack(f"<{array.ndim}Q", *array.shape))
        parts.append(np.ascontiguousarray(array, dtype).tobytes())
    return b"".join(parts)


def unpack(frame: bytes) -> Any:
    """Return the value of a frame. Raises FrameError for anything else."""
    try:
        return _unpack(frame)
    except UNREADABLE as error:
        raise FrameError(f"{type(error).__name__}: {error}") from error


def _unpack(frame: bytes) -> Any:
    if frame[: len(MAGIC)] != MAGIC:
        raise FrameError("the frame does not begin as one")
    start = len(MAGIC) + LENGTH.size
    (length,) = LENGTH.unpack_from(frame, len(MAGIC))
    if start + length > len(frame):
        raise FrameError(f"a header of {length} bytes in a frame of {len(frame)}")
    header = json.loads(frame[start : start + length])
    arrays = _arrays(frame, start + length)
    return _rebuilt(header, arrays, 0)


def _arrays(frame: bytes, start: int) -> list[np.ndarray]:
    arrays = []
    while start < len(frame):
        code, axes = struct.unpack_from("<BB", frame, start)
        if axes > MOST_AXES:
            raise FrameError(f"an array with {axes} axes")
        shape = struct.unpack_from(f"<{axes}Q", frame, start + 2)
        start += 2 + 8 * axes
        size = math.prod(shape) * DTYPES[code].itemsize
        if start + size > len(frame):
            raise FrameError(f"an array of shape {shape} in {len(frame) - start} bytes")
        data = np.frombuffer(frame, DTYPES[code], math.prod(shape), start)
        if DTYPES[code] == np.bool_ and data.view(np.uint8).max(initial=0) > 1:
            # Comparisons of such a truth value are undefined: both it and its opposite may hold.
            raise FrameError("a truth value that is neither true nor false")
        arrays.append(data.reshape(shape).copy())  # frombuffer alone is read-only
        start += size
    return arrays


def _described(value: Any, arrays: list[np.ndarray], depth: int) -> Any:
    """Return what the header says of a value, and put its arrays aside."""
    if depth >= DEEPEST:
        return ["opaque", "a deeply nested object"]
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, torch.Tensor | np.ndarray | np.generic):
        return _described_array(value, arrays)
    if type(value) is bytes:
        arrays.append(np.frombuffer(value, np.uint8))
        return ["bytes", len(arrays) - 1]
    if isinstance(value, tuple | list):
        parts = [_described(part, arrays, depth + 1) for part in value]
        return ["tuple" if isinstance(value, tuple) else "list", parts]
    if isinstance(value, dict):
        pairs = [
            [_described(part, arrays, depth + 1) for part in pair] for pair in list(value.items())
        ]
        return ["dict", pairs]
    kind = type(value)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return ["opaque", with_article(f"{module}{kind.__qualname__}")]


def _described_array(value: Any, arrays: list[np.ndarray]) -> Any:
    kind = "tensor" if isinstance(value, torch.Tensor) else "array"
    if isinstance(value, np.generic):
        kind = "number"
    try:
        array = value.detach().cpu().numpy() if kind == "tensor" else np.asarray(value)
        fits = array.dtype.newbyteorder("<") in DTYPES and array.ndim <= MOST_AXES
    except Exception:  # sparse, quantised, or a subclass that refuses
        fits = False
    if not fits:
        dtype = getattr(value, "dtype", "unknown")
        return ["opaque", with_article(f"{type(value).__name__} of {dtype}")]
    arrays.append(array)
    return [kind, len(arrays) - 1]


def _rebuilt(described: Any, arrays: list[np.ndarray], depth: int) -> Any:
    if depth > DEEPEST:
        raise FrameError("the values are nested too deeply")
    if not isinstance(described, list):
        if isinstance(described, dict):
            raise FrameError("a header holds no objects")
        return described
    kind, content = described
    match kind:
        case "tensor":
            return torch.from_numpy(arrays[content])
        case "array":
            return arrays[content]
        case "number":
            return arrays[content][()]
        case "bytes":
            return arrays[content].tobytes()
        case "opaque":
            return Opaque(str(content))
        case "tuple":
            return tuple(_rebuilt(part, arrays, depth + 1) for part in content)
        case "list":
            return [_rebuilt(part, arrays, depth + 1) for part in content]
        case "dict":
            return {
                _rebuilt(key, arrays, depth + 1): _rebuilt(part, arrays, depth + 1)
                for key, part in content
            }
    raise FrameError(f"a value of the unknown kind {kind!r}")
