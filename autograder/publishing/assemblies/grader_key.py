"""What the words of an assembly were made from, as one key: while it fits, they are right."""

import functools
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from ...chapters import CHECKS, EXERCISE_CHAPTERS, ROOT, SOLUTIONS
from ...imports import with_imports
from .assembly import Assembly
from .graded import SEED

GRADING = ROOT / "autograder" / "grading"
LEARNER = ROOT / "autograder" / "learner"
# What puts a record into words.
WORDING = tuple(LEARNER / f"{name}.py" for name in ("explanation", "told_once", "terminal"))
# The pins, not what is installed: a build for another processor has another name.
PACKAGES = ("numpy", "torch")


def key_for(assembly: Assembly) -> str:
    """Return the key of the slots, and of all that decides what the grader says of them."""
    slots = [asdict(slot) for slot in assembly.slots]
    own = json.dumps([assembly.name, assembly.code, slots, SEED], sort_keys=True)
    stem = assembly.chapter.stem
    return hashlib.sha256(
        f"{own} {_common_version()} {_chapter_version(stem)}".encode()
    ).hexdigest()


@functools.cache
def _common_version() -> str:
    """Return a digest of what decides for every chapter: checks, diagnosis, words, libraries."""
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [pin for pin in pins if pin.partition("==")[0] in PACKAGES]
    return _digest_of([*_common_files(), *WORDING], pins)


@functools.cache
def _chapter_version(stem: str) -> str:
    """Return a digest of a chapter's checks, named mistakes and reference, and what they import."""
    return _digest_of(with_imports(_named_after(stem), without=_common_files()), [])


@functools.cache
def _common_files() -> list[Path]:
    own = {file for one in EXERCISE_CHAPTERS for file in _named_after(one.stem)}
    return with_imports(sorted(GRADING.rglob("*.py")), without={*own, CHECKS / "conftest.py"})


def _named_after(stem: str) -> list[Path]:
    return [folder / f"{stem}.py" for folder in (CHECKS, GRADING / "misconceptions", SOLUTIONS)]


def _digest_of(paths: Iterable[Path], words: Iterable[str]) -> str:
    digest = hashlib.sha256("\0".join(words).encode())
    for path in paths:
        # As text: where Git writes other ends of lines, the key is the same.
        digest.update(hashlib.sha256(path.read_text(encoding="utf-8").encode()).digest())
    return digest.hexdigest()
