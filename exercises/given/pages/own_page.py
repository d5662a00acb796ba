"""Replace a page only where it is an earlier one of the same kind: each carries its mark."""

from pathlib import Path

from ..errors import CourseError

HEAD = 2_000  # characters, in which the mark stands


def require_page_of(path: Path, mark: str, what: str) -> None:
    """Raise CourseError if something is there that has not the mark of `what`."""
    if path.is_dir():
        raise CourseError(f"{path} is a folder. Name a file for the page.")
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as file:
        if f'content="{mark}"' not in file.read(HEAD):
            raise CourseError(f"{path}: exists and is no page of {what}. Name another with --out.")
