"""What a chapter asks to build by hand, so that calling it ready-made is no answer.

The rules are held twice: over the syntax tree (survey.py), which also sees what is never run,
and here while the code runs, which also sees what the tree hides behind another name.
"""

import contextlib
import functools
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from types import FrameType
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

LOSSES = (
    "triplet_loss",
    "batch_all_triplet_loss",
    "semi_hard_triplet_loss",
    "batch_hard_triplet_loss",
)


class ForbiddenCall(BaseException):
    """Ready-made code was called; not an Exception, so that a learner's `except` lets it pass."""

    def __init__(self, call: str, reason: str) -> None:
        super().__init__(f"{call}: {reason}")
        self.call = call
        self.reason = reason


@dataclass(frozen=True)
class Rule:
    """Calls, by the last part of their name, that one exercise asks to build by hand."""

    names: tuple[str, ...]
    calls: tuple[str, ...]
    reason: str


RULES = (
    Rule(
        LOSSES,
        (
            "TripletMarginLoss",
            "triplet_margin_loss",
            "TripletMarginWithDistanceLoss",
            "triplet_margin_with_distance_loss",
        ),
        "this chapter builds the triplet loss by hand",
    ),
    Rule(
        ("triplet_loss_gradient",),
        ("backward", "grad", "autograd", "jacrev", "vjp"),
        "this gradient is worked out by hand",
    ),
    Rule(
        ("group_norm",),
        ("GroupNorm", "group_norm", "native_group_norm", "LayerNorm", "layer_norm")
        + ("native_layer_norm", "InstanceNorm2d", "instance_norm", "BatchNorm2d", "batch_norm"),
        "this chapter builds the normalisation by hand",
    ),
    Rule(("pca",), ("pca_lowrank",), "this chapter builds PCA from the SVD"),
)

FORBIDDEN_MODULES = {
    "solutions": "a solution is for comparing after your own works",
    "autograder": "the grader is not part of a solution",
    "pytorch_metric_learning": "this course builds metric learning by hand",
    "faiss": "this course builds the search by hand",
    "sklearn.neighbors": "this course builds the search by hand",
    "sklearn.decomposition": "this course builds PCA by hand",
    "sklearn.metrics": "this course builds the measures by hand",
    "scipy.spatial": "this course builds the distances by hand",
}


@functools.cache
def reasons_for(name: str) -> dict[str, str]:
    """Return the calls that an exercise may not use, by the last part of their names, and why."""
    return {
        call: rule.reason
        for rule in RULES
        if name in rule.names
        for call in rule.calls
        if call != name
    }


def _reasons_while_running(name: str) -> dict[str, str]:
    """Return them with torch's own function of the exercise's name, such as its group_norm."""
    return {name: "that is the exercise itself", **reasons_for(name)}


def reason_against_module(module: str) -> str:
    """Return why no chapter may import a module; "" if it may."""
    for forbidden, reason in FORBIDDEN_MODULES.items():
        if module == forbidden or module.startswith(forbidden + "."):
            return reason
    return ""


@contextlib.contextmanager
def forbidding(name: str) -> Iterator[None]:
    """Raise ForbiddenCall where the code of an exercise calls what it should build by hand."""
    if not reasons_for(name):
        yield
        return
    with _watching_torch(name), _watching_python(name):
        yield


@contextlib.contextmanager
def forbidding_imports() -> Iterator[None]:
    """Raise ForbiddenCall where a chapter imports what it should build by hand."""
    guard = _ImportGuard()
    sys.meta_path.insert(0, guard)
    try:
        yield
    finally:
        sys.meta_path.remove(guard)


class _watching_torch(TorchFunctionMode):  # noqa: N801  used as a function, like the one below
    """See every call into torch's core, under whatever name the code has for it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.reasons = _reasons_while_running(name)

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        call = getattr(func, "__name__", "")
        if call in self.reasons:
            raise ForbiddenCall(call, self.reasons[call])
        return func(*args, **(kwargs or {}))


@contextlib.contextmanager
def _watching_python(name: str) -> Iterator[None]:
    """See every call of those of torch's functions that are written in Python."""
    reasons = _reasons_while_running(name)
    places = (torch, torch.nn.functional)
    found = [getattr(place, call, None) for call in reasons for place in places]
    codes = {getattr(one, "__code__", None) for one in found} - {None}

    def see(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code in codes:
            call = frame.f_code.co_name
            raise ForbiddenCall(call, reasons[call])

    before = sys.getprofile()
    sys.setprofile(see)
    try:
        yield
    finally:
        sys.setprofile(before)


class _ImportGuard:
    def find_spec(self, module: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if reason := reason_against_module(module):
            raise ForbiddenCall(module, reason)
        return None
