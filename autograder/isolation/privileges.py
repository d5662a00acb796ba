"""Drop network access, root's user id and capabilities, before the learner's code runs."""

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
FIRST_USER, USERS = 61_000, 4_000  # user ids below 65,534, so that containers have them too


def leave_network() -> bool:
    """Move this process to a network namespace with no interface up; return whether that worked.

    Needs root, or a system that allows unprivileged user namespaces.
    """
    own = CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWUSER | CLONE_NEWNET
    return bool(libc().unshare(own) == 0)


def become_user(number: int) -> None:
    """Switch to the private user id for a worker's number, irrevocably. Only root can.

    If other users cannot reach the interpreter, as below /root, CAP_DAC_READ_SEARCH is kept: then
    Landlock alone decides what may be read. Raises OSError.
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
    """Drop every capability, such as those gained with a user namespace. Raises OSError."""
    _keep_only(0)


@functools.cache
def interpreter_is_open() -> bool:
    """Return whether every user can reach the files of this Python and its packages."""
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
