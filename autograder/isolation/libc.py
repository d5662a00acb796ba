"""System calls that Python has no function for, made through the C library with ctypes."""

import ctypes
import functools
import os
import sys


@functools.cache
def libc() -> ctypes.CDLL:
    """Return the C library of this process; unavailable on Windows."""
    return ctypes.CDLL(None, use_errno=True)


def checked(result: int, what: str = "") -> int:
    """Return the result of a C call. Raises OSError with the code in errno if it is negative."""
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, what or os.strerror(code))
    return result


def prctl(option: int, *arguments: object) -> int:
    """Call prctl, which sets an attribute of this process; on other systems, just return 0."""
    if sys.platform != "linux":
        return 0
    padded = (*arguments, *(0,) * (4 - len(arguments)))
    result: int = libc().prctl(option, *padded)
    return result
