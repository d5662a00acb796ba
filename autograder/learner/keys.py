"""Read single keys without Enter, and without waiting for them unless that is wanted."""

import contextlib
import sys
from collections.abc import Callable, Iterator

QUIT = "q"
CONTROL_D, ESCAPE = b"\x04", b"\x1b"


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
def awaited_keys() -> Iterator[Callable[[], str]]:
    """Give a function that waits for the next key, and returns it in lower case.

    Where the input is no terminal, the first letter of each line is a key. What ends the input is
    the key to quit.
    """
    if not sys.stdin.isatty():
        yield _first_letter
    elif sys.platform == "win32":
        yield _awaited_windows_key
    else:
        with _unbuffered_terminal():
            yield _awaited_posix_key


def _first_letter() -> str:
    line = sys.stdin.readline()
    return line.strip()[:1].lower() if line else QUIT


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


def _awaited_posix_key() -> str:
    import os

    key = os.read(sys.stdin.fileno(), 1)
    if key == ESCAPE:
        _pass_over_sequence()
        return ""
    return QUIT if key in (b"", CONTROL_D) else key.decode(errors="replace").lower()


def _pass_over_sequence() -> None:
    """Read the rest of what an arrow sends after Escape: its last byte looks like a letter."""
    import os
    import select

    def has_more() -> bool:
        return bool(select.select([sys.stdin], [], [], 0)[0])

    if has_more() and os.read(sys.stdin.fileno(), 1) in (b"[", b"O"):
        while has_more() and not b"@" <= os.read(sys.stdin.fileno(), 1) <= b"~":
            pass


def _windows_key() -> str:
    import msvcrt

    return msvcrt.getwch().lower() if msvcrt.kbhit() else ""  # type: ignore[attr-defined]  # Windows


def _awaited_windows_key() -> str:
    import msvcrt

    key: str = msvcrt.getwch()  # type: ignore[attr-defined]  # Windows
    if key in ("\x00", "\xe0"):  # an arrow: the second half is no letter of its own
        msvcrt.getwch()  # type: ignore[attr-defined]  # Windows
        return ""
    return QUIT if key.encode() == CONTROL_D else key.lower()
