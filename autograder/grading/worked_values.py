"""What every set of mistakes gives on a worked example, kept to be looked up by its values.

A worked example is a check whose inputs are always the same. Its values are computed once, and kept
in the user's cache for as long as the grader stays the same: thousands of sets are then compared
with what came back at once. What is found here is a candidate, to be run and compared as any other.
"""

import contextlib
import functools
import hashlib
import importlib.metadata
import shutil
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
import torch

from exercises.given.files import replacing

from ..chapters import ROOT
from .comparison import kind_of_object
from .outcome import Ending, Outcome

# Wider than the comparison that follows, so that nothing it accepts is missed.
RELATIVE, ABSOLUTE = 1e-3, 1e-4
MANY = 1_000  # sets that take a second or more
# Whatever can change a value.
DECIDING = ("autograder/grading", "solutions", "exercises/given")
PACKAGES = ("torch", "numpy")

Places = tuple[int, ...]  # where the mistakes of a set stand in the exercise's list
Signature = tuple[str, np.ndarray]


class WorkedValues:
    """The values of all sets of one size in one check, grouped by the kind of what came back."""

    def __init__(self, groups: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> None:
        self._groups = dict(groups)  # by kind: the places (n, size), the values (n, count)

    @classmethod
    def of(cls, sets: Iterable[Places], outcome_of: Callable[[Places], Outcome]) -> "WorkedValues":
        """Compute what each of the sets gives."""
        found: dict[str, list[tuple[Places, np.ndarray]]] = {}
        for places in sets:
            kind, values = signature(outcome_of(places))
            found.setdefault(kind, []).append((places, values))
        return cls(
            {
                kind: (np.array([p for p, _ in rows]), np.stack([v for _, v in rows]))
                for kind, rows in found.items()
            }
        )

    def like(self, outcome: Outcome) -> list[Places]:
        """Return the sets whose values are those of an outcome, up to rounding."""
        kind, values = signature(outcome)
        if kind not in self._groups:
            return []
        places, rows = self._groups[kind]
        close = np.isclose(rows, values, RELATIVE, ABSOLUTE, equal_nan=True).all(axis=1)  # (n,)
        return [tuple(map(int, each)) for each in places[close]]

    def save(self, path: Path) -> None:
        arrays: dict[str, Any] = {"kinds": np.array(list(self._groups))}
        for number, (places, values) in enumerate(self._groups.values()):
            arrays |= {f"places{number}": places, f"values{number}": values}
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez(file, **arrays)

    @classmethod
    def load(cls, path: Path) -> "WorkedValues":
        """Read what `save` wrote. Raises OSError, KeyError or ValueError for anything else."""
        with np.load(path, allow_pickle=False) as arrays:
            kinds = map(str, arrays["kinds"])
            return cls(
                {
                    kind: (arrays[f"places{number}"], arrays[f"values{number}"])
                    for number, kind in enumerate(kinds)
                }
            )


def kept_or_computed(
    key: str,
    sets: Collection[Places],
    outcome_of: Callable[[Places], Outcome],
    tell: Callable[[str], None] = lambda message: None,
) -> WorkedValues:
    """Return what sets of mistakes give in a check: kept under this key, or computed now.

    tell is called with a message before so many are computed that somebody has to wait.
    """
    path = _folder() / f"{hashlib.sha256(key.encode()).hexdigest()[:16]}.npz"
    with contextlib.suppress(OSError, KeyError, ValueError, zipfile.BadZipFile):
        return WorkedValues.load(path)
    if len(sets) >= MANY:
        tell(f"Comparing with {len(sets):,} sets of three mistakes; this is done only once ...")
    values = WorkedValues.of(sets, outcome_of)
    with contextlib.suppress(OSError):  # a full or a read-only disk costs time, and nothing else
        values.save(path)
    return values


def signature(outcome: Outcome) -> Signature:
    """Return the kind of an outcome, and all its numbers in one row."""
    if outcome.ending is not Ending.RETURNED:
        return f"{outcome.ending} {outcome.observed}", np.zeros(0)
    parts = list(_parts(outcome.value, ""))
    numbers = [np.asarray(part, np.float64).ravel() for _, part in parts if part is not None]
    return " ".join(kind for kind, _ in parts), np.concatenate([np.zeros(0), *numbers])


def _parts(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Yield each part of a value: its place and kind, and its numbers if it has any."""
    match value:
        case Mapping():
            for key in sorted(value):
                yield from _parts(value[key], f"{place}.{key}")
        case tuple() | list():
            yield f"{place}:{len(value)}", None
            for number, each in enumerate(value):
                yield from _parts(each, f"{place}.{number}")
        case torch.Tensor():
            yield from _parts(value.detach().cpu().numpy(), place)
        case np.ndarray() if value.dtype.kind in "fiub":
            # Not the kind of number: another wrong one may well be the same mistake.
            yield f"{place}:{value.shape}", value
        case bool() | int() | float() | np.number():
            yield f"{place}:number", value
        case _:
            yield f"{place}:{kind_of_object(value)} {value if isinstance(value, str) else ''}", None


@functools.cache
def _folder() -> Path:
    """Return the folder of this very grader in the user's cache; those of others are removed."""
    digest = hashlib.sha256()
    for package in PACKAGES:
        digest.update(importlib.metadata.version(package).encode())
    for path in (file for folder in DECIDING for file in sorted((ROOT / folder).rglob("*.py"))):
        digest.update(path.read_bytes())
    whole = platformdirs.user_cache_path("metric-learning-course") / "worked"
    own = whole / digest.hexdigest()[:16]
    for other in whole.glob("*"):
        if other != own:
            shutil.rmtree(other, ignore_errors=True)
    return own
