"""Checks of chapter 7: the parameters after the steps, and the mean loss."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..check import Check, Inputs
from ..comparison import Mismatch, compare, equal

STEP, MEAN = "The training step", "The mean loss per example"
IN_EVALUATION, IN_TRAINING = "handed over in evaluation mode", "handed over in training mode"
WEIGHTS = "weights, network "
OUTPUTS = "outputs after the steps"


def regression(random: np.random.Generator) -> Inputs:
    """Draw batches of 4, 7 and 3 examples; the mean of means is not the mean."""
    batches = [
        (
            random.standard_normal((n, 1, 2, 2)).astype(np.float32),
            random.integers(0, 3, size=n),
        )
        for n in (4, 7, 3)
    ]
    return {"batches": batches, "weight": random.standard_normal((3, 4)).astype(np.float32)}


class Recorder:
    """What `train_epoch` is handed, and what it does with it: counted, however it is written."""

    def __init__(self, batches: list[Any], weight: np.ndarray, *, training: bool) -> None:
        linear = nn.Linear(4, 3)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(weight))
            linear.bias.zero_()
        self.linear = linear
        # Batch normalisation behaves differently in training and in evaluation mode.
        self.network = nn.Sequential(nn.Flatten(), linear, nn.BatchNorm1d(3)).train(training)
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=0.2, momentum=0.5)
        self.optimizer.register_step_post_hook(self._stepped)
        self.tensors = [
            (torch.from_numpy(images), torch.from_numpy(labels)) for images, labels in batches
        ]
        self.losses = self.backwards = self.steps = 0
        self.stepped_too_early = False

    def batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        yield from self.tensors
        if self.losses == 0:
            raise Mismatch(
                "All batches are asked for before the first one is used.",
                "Expected each to be asked for when its turn has come: they may be too many to "
                "keep, and an iterator gives them only once.",
            )

    def loss_fn(self, outputs: Tensor, labels: Tensor) -> Tensor:
        if getattr(labels, "ndim", 1) == 2:
            raise Mismatch(
                "loss_fn(labels, embeddings) is called.", "Expected loss_fn(embeddings, labels)."
            )
        if getattr(outputs, "ndim", 2) == 4:
            raise Mismatch(
                "loss_fn(images, labels) is called.", "Expected loss_fn(embeddings, labels)."
            )
        loss = nn.functional.cross_entropy(outputs, labels)
        self.losses += 1
        if loss.requires_grad:
            loss.register_hook(self._went_back)
        return loss

    def _went_back(self, _: Tensor) -> None:
        self.backwards += 1

    def _stepped(self, *_: Any) -> None:
        self.steps += 1
        self.stepped_too_early |= self.backwards == 0

    def counts(self) -> dict[str, int]:
        return {
            "losses": self.losses,
            "backwards": self.backwards,
            "steps": self.steps,
            "steps before the first backward": int(self.stepped_too_early),
        }


def train(
    code: ModuleType, batches: list[Any], weight: np.ndarray, *, training: bool
) -> tuple[Recorder, Any]:
    recorder = Recorder(batches, weight, training=training)
    try:
        result = code.train_epoch(
            recorder.network, recorder.batches(), recorder.loss_fn, recorder.optimizer
        )
    except RuntimeError as error:
        if "modified by an inplace operation" in str(error):
            raise Mismatch(
                "The parameters change between the forward pass and backward().",
                "Expected the step after backward().",
            ) from error
        raise
    return recorder, result


def weights_after(code: ModuleType, **inputs: Any) -> dict[str, Any]:
    results: dict[str, Any] = {}
    for mode, training in ((IN_EVALUATION, False), (IN_TRAINING, True)):
        recorder, _ = train(code, **inputs, training=training)
        results[f"{WEIGHTS}{mode}"] = recorder.linear.weight.detach().clone()
    results["counts"] = recorder.counts()
    results["in training mode at the end"] = recorder.network.training
    with torch.no_grad():
        results[OUTPUTS] = recorder.network(recorder.tensors[0][0])
    return results


def judge_weights(observed: dict[str, Any], expected: dict[str, Any], inputs: Inputs) -> None:
    for mode in (IN_TRAINING, IN_EVALUATION):
        if mode == IN_EVALUATION and not observed["in training mode at the end"]:
            raise Mismatch(
                "The network is in evaluation mode at the end.", "Expected training mode."
            )
        name = f"{WEIGHTS}{mode}"
        if equal(observed[name], expected[name]):
            continue
        unchanged = equal(observed[name], torch.from_numpy(inputs["weight"]))
        counts = observed["counts"]
        if counts["steps"] == 0 and not unchanged:
            raise Mismatch(
                "The weights change, but the optimizer that was passed makes no step.",
                "Expected its steps, and no others.",
            )
        if unchanged:
            raise Mismatch(
                f"The weights do not change. Calls of backward(): {counts['backwards']}, steps of "
                f"the optimizer: {counts['steps']}.",
                "Expected 3 of each, and weights that change with each step.",
            )
        compare({name: observed[name]}, {name: expected[name]})
    # What was said of the mode, seen in the outputs.
    compare({OUTPUTS: observed[OUTPUTS]}, {OUTPUTS: expected[OUTPUTS]})


def alike_weights(one: dict[str, Any], other: dict[str, Any], inputs: Inputs) -> bool:
    """Compare weights, counts and mode; with an optimizer of one's own, the counts and mode."""
    if one.keys() != other.keys() or one["counts"] != other["counts"]:
        return False
    names = [name for name in one if name.startswith(WEIGHTS)]
    own = [steps_of_its_own(result, names, inputs) for result in (one, other)]
    same = own[0] == own[1] and (own[0] or all(equal(one[name], other[name]) for name in names))
    return same and one["in training mode at the end"] == other["in training mode at the end"]


def steps_of_its_own(result: dict[str, Any], names: list[str], inputs: Inputs) -> bool:
    before = torch.from_numpy(inputs["weight"])
    changed = any(not equal(result[name], before) for name in names)
    return changed and result["counts"]["steps"] == 0


def mean_loss(code: ModuleType, **inputs: Any) -> dict[str, Any]:
    recorder, result = train(code, **inputs, training=False)
    changed = not torch.equal(recorder.linear.weight, torch.from_numpy(inputs["weight"]))
    return {
        "mean loss": result.detach() if isinstance(result, Tensor) else result,
        "steps of its own": changed and recorder.steps == 0,
    }


def judge_loss(observed: dict[str, Any], expected: dict[str, Any], _: Inputs) -> None:
    compare({"mean loss": observed["mean loss"]}, {"mean loss": expected["mean loss"]})


def alike_loss(one: dict[str, Any], other: dict[str, Any], _: Inputs) -> bool:
    """Compare the losses; with an optimizer of one's own they may be any."""
    if one["steps of its own"] or other["steps of its own"]:
        return bool(one["steps of its own"] == other["steps of its own"])
    return equal(one["mean loss"], other["mean loss"])


CHECKS = [
    Check(
        "train_epoch",
        "the parameters after three steps",
        3,
        regression,
        weights_after,
        STEP,
        judge=judge_weights,
        alike=alike_weights,
    ),
    Check(
        "train_epoch",
        "the mean loss per example",
        2,
        regression,
        mean_loss,
        MEAN,
        judge=judge_loss,
        alike=alike_loss,
    ),
]
