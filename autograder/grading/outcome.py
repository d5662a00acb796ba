"""What calling a chapter led to: a value, or one failure with the place where it happened."""

import contextlib
import copy
import linecache
import random
import time
import traceback
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch

from ..chapters import EXERCISE_CHAPTERS
from .check import TURNS, Check, Inputs
from .comparison import Mismatch
from .forbidden import ForbiddenCall, forbidding
from .own_clock import own_clock

STEMS = {chapter.stem for chapter in EXERCISE_CHAPTERS}


class Ending(StrEnum):
    """How a call of the learner's code can end."""

    RETURNED = "returned"
    MISMATCH = "mismatch"
    RAISED = "raised"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    DIED = "died"


@dataclass(frozen=True)
class Outcome:
    """How one call ended, as plain values and arrays only.

    value is what came back, if anything did. observed and expected speak of a mismatch that the
    probe itself found. error, message, stem, line, text and name say what was raised, in which
    chapter's file and line, what that line says, and inside which function or class; of a
    forbidden call, error is what was called, and message why it is forbidden. printed is what the
    code printed, cut short. milliseconds is what a call that returned took of the processor's time.
    """

    ending: Ending
    value: Any = None
    observed: str = ""
    expected: str = ""
    error: str = ""
    message: str = ""
    stem: str = ""
    line: int = 0
    text: str = ""
    name: str = ""
    printed: str = ""
    milliseconds: int = field(default=0, compare=False)


def call_probe(
    check: Check,
    code: ModuleType,
    inputs: Inputs,
    seed: int,
    step: Callable[[Any], Any] | None = None,
) -> Outcome:
    """Call the check's probe on code: the learner's chapter, the reference or a wrong one.

    A probe that is a generator works in steps, and what counts is how long each takes. They are
    timed here, unless `step` hands them on to whoever times them: then no value comes back, and
    what `step` returns is the generator's next turn.
    """
    with forbidding(check.name):
        return call_trusted(check, code, inputs, seed, step)


def call_trusted(
    check: Check,
    code: ModuleType,
    inputs: Inputs,
    seed: int,
    step: Callable[[Any], Any] | None = None,
) -> Outcome:
    """Call the check's probe on code of our own, whose calls need not be watched: call_probe."""
    if not hasattr(code, check.name):
        return Outcome(Ending.MISSING, name=check.name)
    _seed_everything(seed)
    try:
        # Fresh copies: code that writes into its inputs must not change what comes after.
        own = copy.deepcopy(inputs)
        turns = own.pop(TURNS, ())
        before = time.process_time()
        value = check.probe(code, **own)
        if isinstance(value, Generator):
            value = _in_steps(value, turns, step)
        took = round(1000 * (time.process_time() - before))
        return Outcome(Ending.RETURNED, value, milliseconds=took)
    except (Exception, SystemExit, ForbiddenCall) as error:
        return failure(error)


def _in_steps(
    steps: Generator[Any, Any, None], turns: Iterable[Any], step: Callable[[Any], Any] | None
) -> list[list[Any]] | None:
    """Return each step's value and its seconds, or None if `step` has taken them."""
    results: list[list[Any]] = []
    left, turn = iter(turns), None
    with contextlib.suppress(StopIteration):
        while True:
            before = own_clock()
            value = steps.send(turn)
            results.append([value, own_clock() - before])
            turn = step(value) if step else next(left, None)
    return results if step is None else None


def failure(error: BaseException) -> Outcome:
    """Return the outcome of something raised: what, and where in the chapters' files."""
    stem, line, text, name = _place(error)
    if isinstance(error, Mismatch):
        return Outcome(Ending.MISMATCH, observed=error.observed, expected=error.expected)
    if isinstance(error, ForbiddenCall):
        why = error.reason
        return Outcome(Ending.FORBIDDEN, None, "", "", error.call, why, stem, line, text)
    if not stem and _is_about_the_result(error):
        observed = f"Returned something that cannot be used here ({error})."
        return Outcome(
            Ending.MISMATCH, observed=observed, expected="Expected what the chapter describes."
        )
    ran_out = isinstance(error, MemoryError) or "can't allocate memory" in str(error)
    return Outcome(
        Ending.OUT_OF_MEMORY if ran_out else Ending.RAISED,
        error=type(error).__name__,
        message=_message(error),
        stem=stem,
        line=line,
        text=text,
        name=name,
    )


def _is_about_the_result(error: BaseException) -> bool:
    """Return whether a probe of ours failed at what the code returned, and not at calling it."""
    frames = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)]
    is_ours = bool(frames) and "checks" in Path(frames[-1]).parts
    is_of_kind = isinstance(error, AttributeError | TypeError | IndexError | KeyError)
    return is_ours and is_of_kind and "argument" not in str(error)


def _seed_everything(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  a learner's code may use the old generator
    torch.default_generator.manual_seed(seed)  # torch.manual_seed also looks for each accelerator


def _message(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return error.msg or ""
    if isinstance(error, SystemExit):
        return "the code asked Python to end"
    return str(error)


def _place(error: BaseException) -> tuple[str, int, str, str]:
    """Return the chapter, line number, line and function of the innermost frame in a chapter."""
    if isinstance(error, SyntaxError) and error.filename:
        stem = Path(error.filename).stem
        return stem, error.lineno or 0, (error.text or "").strip(), ""
    place = ("", 0, "", "")
    for frame, line in traceback.walk_tb(error.__traceback__):
        stem = Path(frame.f_code.co_filename).stem
        if stem in STEMS and "checks" not in Path(frame.f_code.co_filename).parts:
            text = linecache.getline(frame.f_code.co_filename, line, frame.f_globals).strip()
            place = (stem, line, text, frame.f_code.co_qualname.partition(".")[0])
    return place
