"""Landlock: let a process read named folders only, and reach nothing else of the file system.

The kernel's own description: Documentation/userspace-api/landlock.rst. Three packages on PyPI wrap
it. Ours is kept because the zygote makes the rules once, for thousands of forks: of the packages,
`landlock` knows neither network nor signals, `py-landlock` makes the rules anew for each process,
and `landlockpy`, which could do it, is new (0.2). What isolation rests on should be three system
calls that one can read here, until such a package has proved itself.
"""

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from .libc import checked, libc

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on every architecture
ASK_VERSION = 1
PATH_BENEATH = 1

# Rights over files, in the order of their bits.
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
RIGHTS_OF_VERSION = {1: 13, 2: 14, 3: 15, 5: 16}  # how many bits each version of Landlock knows
NETWORK_RIGHTS = 3  # bind and connect over TCP, from version 4 on
SCOPES = 3  # abstract Unix sockets and signals, from version 6 on


class _Ruleset(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("files", "network", "scopes")]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def version() -> int:
    """Return the version of Landlock that this kernel offers, 0 if it offers none.

    The call itself is asked: where /sys/kernel/security is not mounted it works all the same.
    """
    if sys.platform != "linux":
        return 0
    return max(0, _call(CREATE_RULESET, None, 0, ASK_VERSION))


def make_ruleset(readable: Iterable[Path], devices: Iterable[Path] = ()) -> int:
    """Return a descriptor of rules: read below these folders, read and write these devices.

    Raises OSError where the kernel has no Landlock.
    """
    known = version()
    bits = max((count for since, count in RIGHTS_OF_VERSION.items() if since <= known), default=0)
    rules = _Ruleset(
        files=(1 << bits) - 1,
        network=NETWORK_RIGHTS if known >= 4 else 0,
        scopes=SCOPES if known >= 6 else 0,
    )
    # An older kernel refuses a structure longer than the one it knows.
    size = 8 if known < 4 else 16 if known < 6 else 24
    ruleset = checked(_call(CREATE_RULESET, ctypes.byref(rules), size, 0))
    for path in readable:
        _allow(ruleset, path, READ_FILE | READ_DIR if path.is_dir() else READ_FILE)
    for path in devices:
        _allow(ruleset, path, READ_FILE | WRITE_FILE)
    return ruleset


def restrict_self(ruleset: int) -> None:
    """Put this process, and all that it may start, under the rules for good.

    Asks for no_new_privs first. Raises OSError.
    """
    checked(_call(RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def without(folders: Iterable[Path], secret: Iterable[Path]) -> Iterator[Path]:
    """Yield the folders, each that holds something secret as its parts without that part.

    A rule of Landlock allows all below a folder: there is no rule that takes something out again.
    """
    hidden = [path.resolve() for path in secret]
    for folder in folders:
        here = folder.resolve()
        if any(here == path or path in here.parents for path in hidden):
            continue
        if any(here in path.parents for path in hidden):
            yield from without(sorted(here.iterdir()), hidden)
        elif here.exists():
            yield here


def _allow(ruleset: int, path: Path, rights: int) -> None:
    # A file in a folder that may be listed can be gone, or closed to us: then there is no need.
    with contextlib.suppress(FileNotFoundError, PermissionError):
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            rule = _PathBeneath(rights, descriptor)
            checked(_call(ADD_RULE, ruleset, PATH_BENEATH, ctypes.byref(rule), 0))
        finally:
            os.close(descriptor)


def _call(number: int, *arguments: object) -> int:
    result: int = libc().syscall(number, *arguments)
    return result
