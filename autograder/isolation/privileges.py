"""Give up the network and the rights of root: what a process started by root must not keep."""

import ctypes
import functools
import os
import stat
import sys
from pathlib import Path

from .libc import checked, libc, prctl

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_KEEPCAPS = 8
CAP_DAC_READ_SEARCH = 2
CAPABILITIES_VERSION = 0x20080522
FIRST_USER, USERS = 61_000, 4_000  # below 65,534, so that a container has them as well


def leave_network() -> bool:
    """Move this process to a network of its own without any interface; return whether it could.

    Needs root, or a system that lets users make namespaces.
    """
    own = CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWUSER | CLONE_NEWNET
    return bool(libc().unshare(own) == 0)


def become_user(number: int) -> None:
    """Become the private user with a number, for good. Only root can.

    Where the interpreter lies in a folder that is closed to other users, such as /root, the right
    to read past that is kept: what may be read is then up to Landlock. Raises OSError.
    """
    user = FIRST_USER + number % USERS
    keep = not interpreter_is_open()
    prctl(PR_SET_KEEPCAPS, int(keep))
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    if keep:
        _keep_only(1 << CAP_DAC_READ_SEARCH)


def drop_capabilities() -> None:
    """Give up every capability, such as those of a user namespace."""
    _keep_only(0)


@functools.cache
def interpreter_is_open() -> bool:
    """Return whether any user may read the files of this Python and its packages."""
    import numpy

    places = {Path(sys.prefix), Path(sys.base_prefix), Path(numpy.__file__)}
    places |= {Path(place).resolve() for place in places}
    folders = {parent for place in places for parent in place.parents}
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in folders)


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Set(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]


def _keep_only(capabilities: int) -> None:
    header = _Header(CAPABILITIES_VERSION, 0)
    sets = (_Set * 2)(_Set(capabilities, capabilities, 0), _Set(0, 0, 0))
    dropped = libc().capset(ctypes.byref(header), ctypes.byref(sets))
    checked(dropped, "the capabilities could not be given up")
