"""What a grade was made from, as one key: while it is the same, nothing has to be run again."""

import functools
import hashlib
import importlib.metadata
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..chapters import CHECKS, EXERCISE_CHAPTERS, ROOT, SOLUTIONS
from ..imports import with_imports

AUTOGRADER = ROOT / "autograder"
# What runs a chapter's code and judges what comes back; what only shows a record is not there.
DECIDING = (AUTOGRADER / "grading", AUTOGRADER / "isolation")
MISCONCEPTIONS = AUTOGRADER / "grading" / "misconceptions"
PACKAGES = ("torch", "numpy")


def key_of(stem: str, files: Mapping[str, bytes], seed: int) -> str:
    """Return the key of a chapter's grades: its file, what it builds on, checks, grader and seed.

    files: the bytes of every chapter of the student, by stem.
    """
    digest = hashlib.sha256(f"{grader_version()} {seed}".encode())
    for one in sorted(needed_by(stem, files)):
        digest.update(f"\0{one}\0{checks_version(one)}\0".encode())
        digest.update(hashlib.sha256(files.get(one, b"")).digest())
    return digest.hexdigest()


def needed_by(stem: str, files: Mapping[str, bytes]) -> set[str]:
    """Return a chapter and all that it names, and what these name: by their bytes, unparsed.

    A name in a comment counts as well: then a chapter is run once too often, never too seldom.
    """
    needed: set[str] = set()
    waiting = [stem]
    while waiting:
        one = waiting.pop()
        if one in needed:
            continue
        needed.add(one)
        text = files.get(one, b"")
        waiting += [other.stem for other in EXERCISE_CHAPTERS if other.stem.encode() in text]
    return needed


@functools.cache
def grader_version() -> str:
    """Return a digest of all that decides for every chapter."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    return _digest_of(common_files(), versions)


@functools.cache
def checks_version(stem: str) -> str:
    """Return a digest of a chapter's checks, named mistakes and reference."""
    return _digest_of(chapter_files(stem), [])


@functools.cache
def common_files() -> list[Path]:
    """Return the files that decide for every chapter: of grading and isolation, with imports."""
    own = {file for one in EXERCISE_CHAPTERS for file in _named_after(one.stem)}
    deciding = [path for folder in DECIDING for path in sorted(folder.rglob("*.py"))]
    # pytest's entry point: it shows records, and no class is graded by it.
    return with_imports(deciding, without={*own, CHECKS / "conftest.py"})


def chapter_files(stem: str) -> list[Path]:
    """Return the files that decide for one chapter alone, with what they import."""
    return with_imports(_named_after(stem), without=common_files())


def _named_after(stem: str) -> list[Path]:
    return [folder / f"{stem}.py" for folder in (CHECKS, MISCONCEPTIONS, SOLUTIONS)]


def _digest_of(paths: Iterable[Path], words: Iterable[str]) -> str:
    digest = hashlib.sha256("\0".join(words).encode())
    for path in paths:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
