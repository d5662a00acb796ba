"""What a grade was made from, as one key: while it is the same, nothing has to be run again."""

import functools
import hashlib
import importlib.metadata
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..chapters import EXERCISE_CHAPTERS, EXERCISES, ROOT, SOLUTIONS

AUTOGRADER = ROOT / "autograder"
# The modules that decide, explain or run; what only shows a record is not among them.
DECIDING = (
    *("chapters", "check", "comparison", "diagnosis", "forbidden", "grade", "loading"),
    *("misconception", "opaque", "outcome", "parts", "probing", "record", "survey"),
)
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
    common = [AUTOGRADER / f"{name}.py" for name in DECIDING]
    common += [AUTOGRADER / folder / "__init__.py" for folder in ("checks", "misconceptions")]
    common += sorted((AUTOGRADER / "isolation").glob("*.py"))
    common += sorted((EXERCISES / "given").rglob("*.py"))
    return _digest_of(common, versions)


@functools.cache
def checks_version(stem: str) -> str:
    """Return a digest of a chapter's checks, named mistakes and reference."""
    folders = (AUTOGRADER / "checks", AUTOGRADER / "misconceptions", SOLUTIONS)
    return _digest_of([folder / f"{stem}.py" for folder in folders], [])


def _digest_of(paths: Iterable[Path], words: Iterable[str]) -> str:
    digest = hashlib.sha256("\0".join(words).encode())
    for path in paths:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
