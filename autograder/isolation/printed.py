"""Capture what the learner's code prints, and keep only the beginning."""

import contextlib
import io
from collections.abc import Iterator

LONGEST = 500


class Printed(io.TextIOBase):
    """A stream that keeps the first LONGEST characters and discards the rest."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        if len(self.text) <= LONGEST:
            self.text += text[: LONGEST + 1]
            if len(self.text) > LONGEST:
                self.text = self.text[:LONGEST] + "..."
        return len(text)

    @contextlib.contextmanager
    def captured(self) -> Iterator[None]:
        with contextlib.redirect_stdout(self), contextlib.redirect_stderr(self):
            yield
