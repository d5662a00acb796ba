"""Frames: what goes in comes out, and no bytes do harm."""

import contextlib
import math
import struct
from collections import deque

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.grading.opaque import Opaque
from autograder.isolation.frames import DEEPEST, DTYPES, LENGTH, MAGIC, FrameError, pack, unpack

plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
arrays = hnp.arrays(
    st.sampled_from([np.dtype(dtype.str) for dtype in DTYPES]),
    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=3),
)
values = st.recursive(
    plain | arrays,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.tuples(st.text(), st.integers()), inner, max_size=3)
    ),
    max_leaves=8,
)


def same(one, other) -> bool:
    if isinstance(one, np.ndarray):
        return (
            isinstance(other, np.ndarray)
            and one.dtype == other.dtype
            and one.shape == other.shape
            and one.tobytes() == other.tobytes()
        )
    if isinstance(one, list | tuple):
        return (
            type(one) is type(other)
            and len(one) == len(other)
            and all(same(*pair) for pair in zip(one, other, strict=True))
        )
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, float) and math.isnan(one):
        return isinstance(other, float) and math.isnan(other)
    return type(one) is type(other) and one == other


@given(values)
def test_values_and_arrays_come_back_as_they_were(value):
    assert same(value, unpack(pack(value)))


@given(st.binary(max_size=200))
def test_arbitrary_bytes_give_a_value_or_a_frame_error(junk):
    for frame in (junk, MAGIC + junk, MAGIC + LENGTH.pack(4) + b"null" + junk):
        with contextlib.suppress(FrameError):
            unpack(frame)


@given(values, st.data())
def test_a_frame_with_one_byte_changed_gives_a_value_or_a_frame_error(value, data):
    frame = bytearray(pack(value))
    place = data.draw(st.integers(0, len(frame) - 1))
    frame[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(FrameError):
        unpack(bytes(frame))


def test_a_tensor_comes_back_as_a_tensor_without_its_graph():
    tensor = (torch.arange(6.0, requires_grad=True) * 2).reshape(2, 3).T
    back = unpack(pack(tensor))
    assert isinstance(back, torch.Tensor)
    assert not back.requires_grad
    assert torch.equal(back, tensor)


def test_a_numpy_number_stays_one():
    assert isinstance(unpack(pack(np.float32(1.5))), np.float32)


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (object(), "an object"),
        ({1, 2}, "a set"),
        (deque(), "a collections.deque"),
        (torch.zeros(2, dtype=torch.bfloat16), "a Tensor of torch.bfloat16"),
        (print, "a builtin_function_or_method"),
    ],
)
def test_what_no_frame_can_carry_is_named(value, named):
    back = unpack(pack(value))
    assert isinstance(back, Opaque)
    assert str(back) == named


def test_a_value_that_holds_itself_ends_as_opaque():
    endless: list = []
    endless.append(endless)
    back, depth = unpack(pack(endless)), 0
    while isinstance(back, list):
        (back,), depth = back, depth + 1
    assert depth == DEEPEST
    assert str(back) == "a deeply nested object"


@pytest.mark.parametrize("shape", [(2**40, 2**40), (2**62,), (0, 2**63)])
def test_a_claim_of_a_huge_array_is_refused_before_memory_is_taken(shape):
    header = b'["array"]'
    claim = struct.pack("<BB", DTYPES.index(np.dtype("<f8")), len(shape))
    frame = (
        MAGIC + LENGTH.pack(len(header)) + header + claim + struct.pack(f"<{len(shape)}Q", *shape)
    )
    with pytest.raises(FrameError):
        unpack(frame)


def test_a_header_that_names_an_array_twice_is_refused():
    # Otherwise a small frame could ask for one array, or its bytes, a million times.
    frame = pack(b"x" * 100)
    twice = b'["list", [["bytes"], ["bytes"]]]'
    start = len(MAGIC) + LENGTH.size
    (length,) = LENGTH.unpack_from(frame, len(MAGIC))
    once = b'["list", [["bytes"]]]'
    content = frame[start + length :]
    assert unpack(MAGIC + LENGTH.pack(len(once)) + once + content) == [b"x" * 100]
    with pytest.raises(FrameError, match="fewer arrays"):
        unpack(MAGIC + LENGTH.pack(len(twice)) + twice + content)


def test_a_truth_value_that_is_neither_is_refused():
    frame = pack(np.array([True, False]))
    assert frame.endswith(b"\x01\x00")
    with pytest.raises(FrameError, match="neither true nor false"):
        unpack(frame[:-1] + b"\x02")
