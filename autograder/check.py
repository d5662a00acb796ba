"""One check: draw inputs, call the chapter, call the reference, compare; the outcome a record."""

import traceback
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch

from .comparison import Mismatch, compare
from .record import Record, Status

Inputs = dict[str, Any]
Loaded = ModuleType | BaseException


@dataclass(frozen=True)
class Check:
    """What is asked of one name of a chapter, and what it is worth.

    draw(random) returns fresh inputs as arrays and plain values.
    probe(chapter, **inputs) calls the chapter and returns what came back: an array, a number,
    a tuple, or a dict of them. It runs on the learner's chapter and on the reference alike.
    judge(observed, expected, inputs) raises Mismatch. Sampling is judged by its properties, so
    such a check has a judge of its own that does not look at `expected`.
    section is the heading of the chapter's page that treats it.
    """

    name: str
    title: str
    points: int
    draw: Callable[[np.random.Generator], Inputs]
    probe: Callable[..., Any]
    section: str
    judge: Callable[[Any, Any, Inputs], None] | None = None


def run_check(check: Check, stem: str, learner: Loaded, reference: ModuleType, seed: int) -> Record:
    """Return the record of one check of one chapter; never raises for the learner's code."""
    identity = f"{stem}:{check.name}:{check.title}"

    def record(status: Status, observed: str = "", expected: str = "") -> Record:
        return Record(
            check=identity,
            stem=stem,
            name=check.name,
            title=check.title,
            status=status,
            points=check.points,
            seed=seed,
            section=check.section,
            observed=observed,
            expected=expected,
        )

    # The check's own stream: its inputs do not depend on which other checks ran before it.
    stream = [seed, zlib.crc32(identity.encode())]
    try:
        inputs = check.draw(np.random.default_rng(stream))
        expected = _call(check, reference, inputs, stream)
    except Exception as error:
        return record(Status.GRADER_FAULT, observed=f"{type(error).__name__}: {error}")
    if isinstance(learner, BaseException):
        return record(*_failure(learner, stem))
    if not hasattr(learner, check.name):
        return record(
            Status.WRONG, f"The file defines no {check.name}.", f"Expected the name {check.name}."
        )
    try:
        observed = _call(check, learner, inputs, stream)
    except Mismatch as mismatch:
        return record(Status.WRONG, mismatch.observed, mismatch.expected)
    except (Exception, SystemExit) as error:
        return record(*_failure(error, stem))
    try:
        if check.judge is None:
            compare(observed, expected)
        else:
            check.judge(observed, expected, inputs)
    except Mismatch as mismatch:
        return record(Status.WRONG, mismatch.observed, mismatch.expected)
    except Exception as error:
        return record(Status.GRADER_FAULT, observed=f"{type(error).__name__}: {error}")
    return record(Status.PASSED)


def _call(check: Check, chapter: ModuleType, inputs: Inputs, stream: list[int]) -> Any:
    torch.manual_seed(stream[0])
    # Fresh copies: a chapter that writes into its inputs must not change what comes after it.
    fresh = {
        name: value.copy() if isinstance(value, np.ndarray) else value
        for name, value in inputs.items()
    }
    return check.probe(chapter, **fresh)


def _failure(error: BaseException, stem: str) -> tuple[Status, str]:
    """Tell an exercise that is not written yet from one that broke, by where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    chapter_frames = [frame for frame in frames if Path(frame.filename).stem.startswith("ch")]
    where = chapter_frames[-1] if chapter_frames else None
    if isinstance(error, NotImplementedError):
        if where and Path(where.filename).stem != stem:
            return Status.WAITING, f"{where.name} in {Path(where.filename).name}"
        return Status.NOT_STARTED, ""
    if isinstance(error, SyntaxError) and error.filename:
        place = f" ({Path(error.filename).name}, line {error.lineno})"
        return Status.CRASHED, f"{type(error).__name__}{place}: {error.msg}."
    place = f" ({Path(where.filename).name}, line {where.lineno})" if where else ""
    return Status.CRASHED, f"{type(error).__name__}{place}: {error}"
