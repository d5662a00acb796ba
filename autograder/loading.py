"""Load the chapter files of one folder by path, whatever the folder is called."""

import importlib
import itertools
import sys
import types
from pathlib import Path
from types import ModuleType

_package_numbers = itertools.count(1)


class ChapterFolder:
    """The chapters of one folder, as a package of their own.

    So `from .ch04_triplet_loss import ...` finds the chapter beside it, and two folders never mix.
    """

    def __init__(self, folder: Path) -> None:
        self.package = f"_chapters_{next(_package_numbers)}"
        module = types.ModuleType(self.package)
        module.__path__ = [str(folder)]
        sys.modules[self.package] = module
        # A file that was written a moment ago may not be in the folder's cached listing yet.
        importlib.invalidate_caches()

    def load(self, stem: str) -> ModuleType:
        """Import one chapter. Raises whatever its code raises."""
        return importlib.import_module(f"{self.package}.{stem}")


def load_chapter(folder: Path, stem: str) -> ModuleType:
    """Import one chapter of a folder. Raises whatever its code raises."""
    return ChapterFolder(folder).load(stem)
