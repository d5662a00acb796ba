"""Which of the course's own files a file imports, read from its text: nothing is run."""

import ast
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from .chapters import ROOT

OURS = ("autograder", "book", "exercises", "solutions", "tests")
# In Python 3.11 a parse can fail while another thread parses (SystemError: recursion depth).
_parsing = threading.Lock()


def imported_files(path: Path) -> set[Path]:
    """Return the files that a file of the course imports, inside functions as well."""
    names = set(imported_names(path.read_text(encoding="utf-8"), path.relative_to(ROOT)))
    return {file for name in names if (file := _file_of(name))}


def with_imports(paths: Iterable[Path], without: Iterable[Path] = ()) -> list[Path]:
    """Return files and all that they import, directly or through others, sorted.

    without: files that are left out, and with them what only they import.
    """
    reached = set(without)
    found: set[Path] = set()
    waiting = list(paths)
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            found.add(path)
            waiting += imported_files(path)
    return sorted(found)


def imported_names(text: str, path: Path) -> Iterator[str]:
    """Yield the dotted names of the course's own that a text imports, relative ones in full.

    `from a import b` yields "a.b", since b may be a module. path is relative to the root.
    """
    package = list(path.parent.parts)
    with _parsing:
        tree = ast.parse(text)
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            module = [*base, *(node.module.split(".") if node.module else [])]
            names = [".".join([*module, alias.name]) for alias in node.names]
        yield from (name for name in names if name.partition(".")[0] in OURS)


def _file_of(name: str) -> Path | None:
    """Return the file of a module, of a package, or of the module that defines a name."""
    parts = name.split(".")
    for whole in (parts, parts[:-1]):
        for file in (
            ROOT.joinpath(*whole).with_suffix(".py"),
            ROOT.joinpath(*whole, "__init__.py"),
        ):
            if whole and file.is_file():
                return file
    return None
