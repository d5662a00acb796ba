"""Compare what came back with what was expected: type, shape, dtype, values, in this order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from .opaque import Opaque, with_article

LONGEST_LISTING = 8
LISTING: dict[str, Any] = {"precision": 4, "suppress_small": True, "separator": ", "}
GRADIENT = "gradient by "
VALUE = "value"


class Mismatch(Exception):
    """The learner's result is not the expected one: what was observed, what was expected."""

    def __init__(self, observed: str, expected: str) -> None:
        super().__init__(f"{observed} {expected}")
        self.observed = observed
        self.expected = expected


@dataclass(frozen=True)
class Tolerance:
    """How far apart two numbers may be and still count as equal."""

    relative: float = 1e-4
    absolute: float = 1e-5
    equal_nan: bool = False


def compare(observed: Any, expected: Any, tolerance: Tolerance = Tolerance()) -> None:
    """Raise Mismatch at the first rung that fails: type, then shape, then dtype, then values.

    `expected` is a tensor, an array, a number, a tuple of these, or a mapping from the name of
    a quantity to one of these. In a mapping the values come before their gradients.
    """
    if isinstance(expected, Mapping):
        for name in expected:
            prefix = "" if name == VALUE else f"{name}: "
            _compare_one(observed[name], expected[name], prefix, tolerance)
    elif isinstance(expected, tuple):
        _compare_tuples(observed, expected, tolerance)
    else:
        _compare_one(observed, expected, "", tolerance)


def equal(one: Any, other: Any, tolerance: Tolerance = Tolerance(equal_nan=True)) -> bool:
    """Return whether two results are the same; the same NaN in the same place is."""
    try:
        compare(one, other, tolerance)
    except Mismatch:
        return False
    return True


def describe(value: Any) -> str:
    """Return a number or an array as a person would write it, long arrays by their shape."""
    if isinstance(value, torch.Tensor | np.ndarray):
        array = _as_array(value)
        if array.ndim == 0:
            return describe(array.item())
        if array.size <= LONGEST_LISTING:
            # Rounding leaves -0.0 of a small negative number, and adding zero takes the sign away.
            shown = array.round(4) + 0 if array.dtype.kind in "fc" else array
            return np.array2string(shown, **LISTING)
        return f"an array of shape {tuple(array.shape)}"
    if isinstance(value, np.generic):
        value = value.item()
    return _decimals(value) if isinstance(value, float) else repr(value)


def _decimals(value: float) -> str:
    # A small negative number rounds to -0.0000: adding zero takes the sign away.
    return f"{round(value, 4) + 0.0:.4f}"


def _compare_tuples(observed: Any, expected: tuple[Any, ...], tolerance: Tolerance) -> None:
    count = len(expected)
    if not isinstance(observed, tuple | list):
        raise Mismatch(
            f"Returned {kind_of_object(observed)}.", f"Expected a tuple of {count} results."
        )
    if len(observed) != count:
        raise Mismatch(f"Returned {len(observed)} results.", f"Expected {count}.")
    for place, (one, other) in enumerate(zip(observed, expected, strict=True), start=1):
        _compare_one(one, other, f"Result {place} of {count}: ", tolerance)


def _compare_one(observed: Any, expected: Any, prefix: str, tolerance: Tolerance) -> None:
    if observed is None and expected is None:
        return
    for rung in (_check_type, _check_shape, _check_dtype):
        rung(observed, expected, prefix)
    _check_values(observed, expected, prefix, tolerance)


def _check_type(observed: Any, expected: Any, prefix: str) -> None:
    wanted: type[Any] | tuple[type[Any], ...] = type(expected)
    if isinstance(expected, float):
        wanted = (float, int, np.number)
    if observed is None and prefix.startswith(GRADIENT):
        raise Mismatch(
            f"No gradient flows back: {prefix}none.", "Expected one, of the shape of the input."
        )
    if not isinstance(observed, wanted):
        raise Mismatch(
            f"{prefix}Returned {kind_of_object(observed)}.",
            f"Expected {kind_of_object(expected)}.",
        )


def _check_shape(observed: Any, expected: Any, prefix: str) -> None:
    observed_shape, expected_shape = np.shape(observed), np.shape(expected)
    if tuple(observed_shape) != tuple(expected_shape):
        raise Mismatch(
            f"{prefix}Returned shape {tuple(observed_shape)}.",
            f"Expected {tuple(expected_shape)}.",
        )


def _check_dtype(observed: Any, expected: Any, prefix: str) -> None:
    observed_kind = _as_array(observed).dtype.kind
    expected_kind = _as_array(expected).dtype.kind
    names = {"f": "floating point", "i": "integers", "u": "integers", "b": "booleans"}
    if isinstance(expected, float):
        return  # a count such as 1 is as good as 1.0
    if names.get(observed_kind) != names.get(expected_kind):
        raise Mismatch(
            f"{prefix}Returned {names.get(observed_kind, _as_array(observed).dtype)}.",
            f"Expected {names.get(expected_kind, _as_array(expected).dtype)}.",
        )


def _check_values(observed: Any, expected: Any, prefix: str, tolerance: Tolerance) -> None:
    one, other = _as_array(observed), _as_array(expected)
    close = np.isclose(
        one,
        other,
        rtol=tolerance.relative,
        atol=tolerance.absolute,
        equal_nan=tolerance.equal_nan,
    )
    if close.all():
        return
    if one.size <= LONGEST_LISTING:
        raise Mismatch(f"{prefix}Returned {describe(observed)}.", f"Expected {describe(expected)}.")
    worst = np.unravel_index(np.argmin(close), close.shape)
    where = ", ".join(str(int(axis)) for axis in worst)
    raise Mismatch(
        f"{prefix}{(~close).sum()} of {close.size} values differ. The first is at [{where}]: "
        f"{describe(one[worst])}.",
        f"Expected {describe(other[worst])} there.",
    )


def _as_array(value: Any) -> np.ndarray:
    if isinstance(value, torch.Tensor):
        return value.detach().cpu().numpy()
    return np.asarray(value)


def kind_of_object(value: Any) -> str:
    if isinstance(value, Opaque):
        return value.kind
    kind = type(value)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    if isinstance(value, torch.Tensor):
        name = "torch.Tensor"
    if value is None:
        return "None"
    return with_article(name)
