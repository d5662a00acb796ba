"""Landlock: let a process read named folders, and access nothing else in the file system.

Kernel documentation: Documentation/userspace-api/landlock.rst. Three packages on PyPI wrap it. We
do without, since the zygote builds the ruleset once, for thousands of forks: `landlock` restricts
neither network nor signals, `py-landlock` builds a ruleset for each process, and `landlockpy`,
which would do, is new (0.2). Until such a package has proved itself, isolation rests on three
system calls that one can read here.
"""

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from .libc import checked, libc

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # system calls on every architecture
ASK_VERSION = 1
PATH_BENEATH = 1

# File access rights, in the order of their bits.
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
RIGHTS_OF_VERSION = {1: 13, 2: 14, 3: 15, 5: 16}  # ABI version: how many access rights it has
NETWORK_RIGHTS = 3  # TCP bind and connect, since ABI version 4
SCOPES = 3  # abstract Unix sockets and signals, since ABI version 6


class _Ruleset(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("files", "network", "scopes")]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def version() -> int:
    """Return the Landlock ABI version of this kernel, 0 if it has no Landlock.

    Asks the system call, which works even where /sys/kernel/security is not mounted.
    """
    if sys.platform != "linux":
        return 0
    return max(0, _call(CREATE_RULESET, None, 0, ASK_VERSION))


def make_ruleset(readable: Iterable[Path], devices: Iterable[Path] = ()) -> int:
    """Return the file descriptor of a ruleset: read these folders, read and write these devices.

    Raises OSError if the kernel has no Landlock.
    """
    known = version()
    bits = max((count for since, count in RIGHTS_OF_VERSION.items() if since <= known), default=0)
    rules = _Ruleset(
        files=(1 << bits) - 1,
        network=NETWORK_RIGHTS if known >= 4 else 0,
        scopes=SCOPES if known >= 6 else 0,
    )
    # An older kernel may refuse a structure longer than the one it knows.
    size = 8 if known < 4 else 16 if known < 6 else 24
    ruleset = checked(_call(CREATE_RULESET, ctypes.byref(rules), size, 0))
    for path in readable:
        _allow(ruleset, path, READ_FILE | READ_DIR if path.is_dir() else READ_FILE)
    for path in devices:
        _allow(ruleset, path, READ_FILE | WRITE_FILE)
    return ruleset


def restrict_self(ruleset: int) -> None:
    """Apply the ruleset to this process and its descendants, irrevocably, and close it.

    Requires no_new_privs. Raises OSError.
    """
    checked(_call(RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def without(folders: Iterable[Path], secret: Iterable[Path]) -> Iterator[Path]:
    """Yield the folders; one that contains a secret path is replaced by its other entries.

    A Landlock rule allows everything below a folder, and no rule can take something out again.
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
    # A path may have vanished or be inaccessible to us: then it needs no rule.
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
