"""Load chapter files as a package of their own, from a folder or from memory."""

import importlib
import importlib.abc
import importlib.util
import itertools
import linecache
import sys
import types
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Protocol

_package_numbers = itertools.count(1)


class Chapters(Protocol):
    """The chapters of one learner, wherever they are.

    Each set is a package of its own, so that `from .ch04_triplet_loss import ...` finds the
    chapter beside it, and two sets never mix.
    """

    def source(self, stem: str) -> bytes:
        """Return the text of a chapter's file. Raises OSError."""
        ...

    def load(self, stem: str) -> ModuleType:
        """Import one chapter. Raises whatever its code raises."""
        ...


class ChapterFolder:
    """The chapters in a folder, whatever it is called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.package = _new_package([str(folder)])
        # A file that was written a moment ago may not be in the folder's cached listing yet.
        importlib.invalidate_caches()

    def source(self, stem: str) -> bytes:
        return (self.folder / f"{stem}.py").read_bytes()

    def load(self, stem: str) -> ModuleType:
        return importlib.import_module(f"{self.package}.{stem}")


class ChapterSources(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Chapters in memory: what was handed in is never written to a disk, nor is bytecode.

    folder: where the other files of a learner lie, if they lie anywhere.
    """

    def __init__(self, files: Mapping[str, bytes], folder: Path | None = None) -> None:
        self.files = files
        self.folder = folder
        self.package = _new_package([str(folder)] if folder else [])
        sys.meta_path.insert(0, self)

    def source(self, stem: str) -> bytes:
        if stem in self.files:
            return self.files[stem]
        if self.folder:
            return (self.folder / f"{stem}.py").read_bytes()
        raise FileNotFoundError(f"{stem}.py was not handed in")

    def load(self, stem: str) -> ModuleType:
        return importlib.import_module(f"{self.package}.{stem}")

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Answer the import system, which asks for every module that is not loaded yet."""
        package, _, stem = fullname.rpartition(".")
        if package != self.package or stem not in self.files:
            return None
        return importlib.util.spec_from_loader(fullname, self, is_package=False)

    def get_code(self, fullname: str) -> CodeType:
        # From bytes: Python itself finds out about the encoding, a byte-order mark among it.
        stem = fullname.rpartition(".")[2]
        # A traceback shows the lines of this text, not of one that had its name before.
        linecache.cache.pop(f"{stem}.py", None)
        return compile(self.files[stem], f"{stem}.py", "exec", dont_inherit=True)

    def get_source(self, fullname: str) -> str:
        """Return the text, for the line that a traceback shows."""
        return importlib.util.decode_source(self.files[fullname.rpartition(".")[2]])


def _new_package(places: list[str]) -> str:
    name = f"_chapters_{next(_package_numbers)}"
    module = types.ModuleType(name)
    module.__path__ = places
    sys.modules[name] = module
    return name


def load_chapter(folder: Path, stem: str) -> ModuleType:
    """Import one chapter of a folder. Raises whatever its code raises."""
    return ChapterFolder(folder).load(stem)
