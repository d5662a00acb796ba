"""Serialise and deserialise the plain values and arrays that the grader and a worker exchange.

A frame is MAGIC, the length of the header, the header, and the arrays. The header is JSON that
describes how the values are nested; each array is its dtype code, number of axes, shape and data.
Unlike a pickle, a frame cannot name code to run, so deserialising one from a hostile worker is
safe: it returns values or raises FrameError, and allocates little more than the frame is long.
"""

import json
import math
import reprlib
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from ..grading.opaque import Opaque, with_article

MAGIC = b"TRF2"
MOST_AXES = 8
DEEPEST = 20
# What deserialising a malformed or hostile frame can raise.
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
    """The bytes are not a valid frame."""


def pack(value: Any) -> bytes:
    """Serialise a value as one frame; what a frame cannot carry becomes an Opaque."""
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
    """Deserialise a frame. Raises FrameError if it is not valid."""
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
    return _rebuilt(header, iter(arrays), 0)


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
            # A bool other than 0 or 1 compares unpredictably: it and its negation may both hold.
            raise FrameError("a truth value that is neither true nor false")
        arrays.append(data.reshape(shape).copy())  # frombuffer's array is read-only
        start += size
    return arrays


def _described(value: Any, arrays: list[np.ndarray], depth: int) -> Any:
    """Return the header's description of a value, and append its arrays to `arrays`."""
    if depth >= DEEPEST:
        return ["opaque", "a deeply nested object"]
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, torch.Tensor | np.ndarray | np.generic):
        return _described_array(value, arrays)
    if type(value) is bytes:
        arrays.append(np.frombuffer(value, np.uint8))
        return ["bytes"]
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
    except Exception:  # sparse, quantised, or a subclass that cannot be converted
        fits = False
    if not fits:
        dtype = getattr(value, "dtype", "unknown")
        return ["opaque", with_article(f"{type(value).__name__} of {dtype}")]
    arrays.append(array)
    return [kind]


def _rebuilt(described: Any, arrays: Iterator[np.ndarray], depth: int) -> Any:
    """Return a described value; each array is taken once, in order: no frame can multiply one."""
    if depth > DEEPEST:
        raise FrameError("the values are nested too deeply")
    if not isinstance(described, list):
        if isinstance(described, dict):
            raise FrameError("a header holds no objects")
        return described
    match described:
        case ["tensor"]:
            return torch.from_numpy(_next_of(arrays))
        case ["array"]:
            return _next_of(arrays)
        case ["number"]:
            return _next_of(arrays)[()]
        case ["bytes"]:
            return _next_of(arrays).tobytes()
        case ["opaque", name]:
            return Opaque(str(name))
        case ["tuple", parts]:
            return tuple([_rebuilt(part, arrays, depth + 1) for part in parts])
        case ["list", parts]:
            return [_rebuilt(part, arrays, depth + 1) for part in parts]
        case ["dict", pairs]:
            return {
                _rebuilt(key, arrays, depth + 1): _rebuilt(part, arrays, depth + 1)
                for key, part in pairs
            }
    raise FrameError(f"a value of an unknown kind: {reprlib.repr(described)}")


def _next_of(arrays: Iterator[np.ndarray]) -> np.ndarray:
    try:
        return next(arrays)
    except StopIteration as error:
        raise FrameError("fewer arrays than the header names") from error
