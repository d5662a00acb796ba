"""Turn the signals of a closed terminal or a polite kill into an orderly end."""

import signal
from types import FrameType


class Interruption(BaseException):
    """The process was asked to end; `exit_code` follows the shell's 128 + signal."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = 128 + number


def end_in_order() -> None:
    """Raise Interruption on SIGHUP and SIGTERM, so that temporary files are cleaned up."""
    for name in ("SIGHUP", "SIGTERM"):  # Windows has no SIGHUP
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _raise)


def _raise(number: int, _: FrameType | None) -> None:
    raise Interruption(number)
