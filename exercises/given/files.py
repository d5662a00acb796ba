"""Write files so that a reader never meets half of one."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import CourseError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; it takes that name only if the block succeeds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".partial-{os.getpid()}-{path.name}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def replacing_folder(folder: Path, must_hold: str) -> Iterator[Path]:
    """Yield a temporary folder beside `folder`; it takes that name only if the block succeeds.

    A folder that already exists is replaced only if it is empty or holds the file `must_hold`,
    the mark that it came from here. Raises CourseError for any other, before the block.
    """
    folder = folder.resolve()
    require_ours(folder, must_hold)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".partial-{folder.name}-", dir=folder.parent) as spare:
        fresh, old = Path(spare) / "fresh", Path(spare) / "old"
        fresh.mkdir()
        yield fresh
        if folder.exists():
            folder.replace(old)
        fresh.replace(folder)


def require_ours(folder: Path, must_hold: str) -> None:
    """Raise CourseError if the folder holds files, and not the one that marks an earlier output."""
    is_new = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    if not is_new and not (folder / must_hold).exists():
        raise CourseError(
            f"{folder}: exists and is no earlier output (it holds no {must_hold}). "
            "Name another folder."
        )
