"""Load the chapter files of one folder by path, whatever the folder is called."""

import importlib
import itertools
import sys
import types
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from .chapters import EXERCISE_CHAPTERS

_package_numbers = itertools.count(1)


def load_chapters(folder: Path) -> Mapping[str, ModuleType | BaseException]:
    """Return, for every exercise chapter, its module or the exception that its import raised.

    The files become a package of their own, so `from .ch04_triplet_loss import ...` finds the
    chapter beside it and two folders never mix.
    """
    package = types.ModuleType(f"_chapters_{next(_package_numbers)}")
    package.__path__ = [str(folder)]
    sys.modules[package.__name__] = package
    return {chapter.stem: _load(package.__name__, chapter.stem) for chapter in EXERCISE_CHAPTERS}


def _load(package: str, stem: str) -> ModuleType | BaseException:
    # SystemExit too: an exit() left in a chapter must not end the other chapters' checks.
    try:
        return importlib.import_module(f"{package}.{stem}")
    except (Exception, SystemExit) as error:
        return error
