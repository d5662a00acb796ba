"""Read single keys without waiting for them, and without Enter."""

import contextlib
import sys
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def single_keys() -> Iterator[Callable[[], str]]:
    """Give a function that returns the key pressed last, or "" if none was.

    Where the input is no terminal there are no keys, and it always returns "".
    """
    if not sys.stdin.isatty():
        yield lambda: ""
    elif sys.platform == "win32":
        yield _windows_key
    else:
        with _unbuffered_terminal():
            yield _posix_key


@contextlib.contextmanager
def _unbuffered_terminal() -> Iterator[None]:
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    try:
        tty.setcbreak(sys.stdin)  # keys come at once; output and Ctrl-C stay as they are
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _posix_key() -> str:
    import os
    import select

    ready, _, _ = select.select([sys.stdin], [], [], 0)
    # Past Python's own buffer, which select knows nothing of.
    return os.read(sys.stdin.fileno(), 1).decode(errors="replace").lower() if ready else ""


def _windows_key() -> str:
    import msvcrt

    return msvcrt.getwch().lower() if msvcrt.kbhit() else ""  # type: ignore[attr-defined]  # Windows
