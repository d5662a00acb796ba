"""Calls of the kernel that Python has no function for, by way of the C library."""

import ctypes
import functools
import os
import sys


@functools.cache
def libc() -> ctypes.CDLL:
    """Return the C library that this process runs on; Windows has none of that kind."""
    return ctypes.CDLL(None, use_errno=True)


def checked(result: int, what: str = "") -> int:
    """Return the result of a call. Raises OSError for a negative one, with the reason in errno."""
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, what or os.strerror(code))
    return result


def prctl(option: int, *arguments: object) -> int:
    """Set an attribute of this process; elsewhere than on Linux do nothing, and return 0."""
    if sys.platform != "linux":
        return 0
    padded = (*arguments, *(0,) * (4 - len(arguments)))
    result: int = libc().prctl(option, *padded)
    return result
