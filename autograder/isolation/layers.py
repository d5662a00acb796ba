"""The isolation layers for untrusted code: the zygote prepares them once, each worker applies them.

The order matters: what opens files comes before Landlock, the change of user before the
parent-death signal, which it would clear, and seccomp last, since it forbids the others.
"""

import os
import site
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from ..chapters import ROOT
from ..grading.memory import limit_memory
from . import landlock, privileges, seccomp, worker_limits

# The only files of the project that the learner's code may read.
GIVEN = ROOT / "exercises" / "given"
SECRET = tuple(ROOT / name for name in ("autograder", "solutions", "tests", "exercises", ".git"))
LIBRARIES = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/etc/ld.so.cache")
SYSTEM = tuple(Path(name) for name in (*LIBRARIES, "/usr/share/zoneinfo"))
DEVICES = tuple(Path(f"/dev/{name}") for name in ("null", "zero", "urandom", "random"))


@dataclass
class Layers:
    """The layers that this machine offers, prepared once; each worker calls `put_on`."""

    network_left: bool
    ruleset: int | None
    filter: seccomp.Filter | None
    own_user: bool

    @classmethod
    def prepare(cls) -> "Layers":
        """Prepare every available layer. The calling process leaves its network namespace."""
        network_left = privileges.leave_network()
        privileges.interpreter_is_open()  # cached before the first worker needs it
        ruleset = None
        if landlock.version():
            ruleset = landlock.make_ruleset([*readable_folders(), GIVEN], DEVICES)
        return cls(network_left, ruleset, _filter(), own_user=_is_root())

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the layers that this machine offers."""
        there = {
            "limits": True,
            "network namespace": self.network_left,
            "private user": self.own_user,
            "landlock": self.ruleset is not None,
            "seccomp": self.filter is not None,
        }
        return tuple(name for name, is_there in there.items() if is_there)

    def put_on(self, number: int, seconds: int) -> None:
        """Apply all layers to this process, irrevocably. Raises OSError: then nothing may run here.

        number: the worker's, from which its own user id is made. seconds: limit of CPU time.
        """
        os.setpgid(0, 0)
        limit_memory()
        worker_limits.limit_the_rest(seconds, own_user=self.own_user)
        if self.own_user:
            privileges.become_user(number)
        elif self.network_left:
            privileges.drop_capabilities()  # gained with the user namespace
        worker_limits.die_with_parent()
        seccomp.no_new_privileges()
        if self.ruleset is not None:
            landlock.restrict_self(self.ruleset)
        if self.filter is not None:
            self.filter.apply()


def readable_folders() -> list[Path]:
    """Return the folders and files that Python and the installed packages need to read."""
    roots = {
        *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
        *site.getsitepackages(),
        sysconfig.get_config_var("LIBDIR") or "",
        *([site.getusersitepackages()] if site.ENABLE_USER_SITE else []),
    }
    folders = [Path(root) for root in sorted(roots) if root] + list(SYSTEM)
    installed = [
        Path(root) / name for root in roots if root for name in ("autograder", "solutions")
    ]
    return list(landlock.without(folders, [*SECRET, *installed]))


def _filter() -> seccomp.Filter | None:
    if sys.platform != "linux":
        return None
    try:
        return seccomp.Filter()
    except (ImportError, OSError, RuntimeError):  # no pyseccomp, or no libseccomp
        return None


def _is_root() -> bool:
    return os.geteuid() == 0
