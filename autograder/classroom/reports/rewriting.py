"""Files that are whole at any moment: the one before, or the new one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


@contextmanager
def rewriting(path: Path) -> Iterator[TextIO]:
    """Open a file that takes the place of `path` once the block ends, if it ends well."""
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            yield file
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
