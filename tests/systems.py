"""What a test may need of the system that it runs on: elsewhere it is skipped, and says why."""

import shutil
import sys
from types import ModuleType

import pytest

IS_WINDOWS = sys.platform == "win32"

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has this")
not_on_windows = pytest.mark.skipif(IS_WINDOWS, reason="Windows has no such thing")
# What is called bash on Windows may be the one of another system inside it.
with_bash = pytest.mark.skipif(
    IS_WINDOWS or shutil.which("bash") is None, reason="there is no bash for this Python"
)


def pseudo_terminals() -> ModuleType:
    """Return the module pty; skip the test that asks for it on Windows, which has none."""
    pty: ModuleType = pytest.importorskip("pty", reason="there are no pseudo-terminals here")
    return pty
