"""Run an exercise's implementations, right and wrong ones, on the inputs of an example.

All of them are the course's own code, so they run where the grader runs: nothing of a learner is
run, only numbers of theirs are read. The inputs are tiny, so no call takes long.
"""

import warnings
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import torch

from ..chapters import find_chapter
from ..grading.grade import reference
from ..grading.misconception import Misconception, code_of
from ..grading.misconceptions import exercises_of
from .answers import Answer, NoAnswer, answer_of
from .asked import Asked, Inputs

Function = Callable[..., Any]


def rights_of(asked: Asked) -> list[Function]:
    """Return right implementations, each written in another way; the slow one is not among them."""
    chapter = find_chapter(asked.stem)
    family = exercises_of(chapter)[asked.name].right
    found = [getattr(reference(chapter), asked.name)]
    return [*found, cast(Function, family())] if family else found


def mistakes_of(asked: Asked) -> list[Misconception]:
    """Return the named wrong implementations."""
    return exercises_of(find_chapter(asked.stem))[asked.name].mistakes


def wrong_one(mistake: Misconception, asked: Asked) -> Function:
    """Return the function that has this mistake."""
    code = code_of([mistake], reference(find_chapter(asked.stem)))
    found: Function = getattr(code, asked.name)
    return found


def run(function: Function, inputs: Inputs, asked: Asked) -> Answer | NoAnswer:
    """Return what a function gives for the inputs, as arrays of its own; an error by its name."""
    return _answer(function, [_as_array(value, asked) for value in inputs.values()])


def run_slow(inputs: Inputs, asked: Asked) -> Answer | NoAnswer:
    """Return what the slow implementation gives."""
    return _answer(asked.slow, list(inputs.values()))


def _answer(function: Function, arguments: list[Any]) -> Answer | NoAnswer:
    torch.manual_seed(0)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return answer_of(function(*arguments))
        except Exception as error:
            # Whatever a wrong one raises is how it differs.
            return type(error).__name__


def _as_array(value: Any, asked: Asked) -> Any:
    """Return points as float32 (n, 2) and labels as int64 (n,); a gradient takes NumPy's arrays."""
    if not isinstance(value, list):
        return value
    if asked.in_numpy:
        return np.array(value, dtype=np.float64)
    is_points = isinstance(value[0], tuple)
    return torch.tensor(value, dtype=torch.float32 if is_points else torch.int64)
