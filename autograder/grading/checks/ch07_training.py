"""Checks of chapter 7: the parameters after the steps, and the mean loss."""

import math
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.optimizer import Optimizer, register_optimizer_step_post_hook

from ..check import Check, Inputs
from ..comparison import Mismatch, compare, equal

STEP, MEAN = "The training step", "The mean loss per example"
IN_EVALUATION, IN_TRAINING = "handed over in evaluation mode", "handed over in training mode"
WEIGHTS = "weights, network "
OUTPUTS = "outputs after the steps"
MODES, MODES_AT_THE_END = "training modes", "training modes at the end"
CHANGED, EVENTS, SLOPES = "changed", "events", "slopes"
GRAPH, MISUSE = "has a graph", "misuse"

# What happens in an epoch, one letter each. A loss goes back to gradients that have been forgotten,
# or adds to old ones; a step is that of the optimizer that was passed, or of another one, and has
# gradients or none.
LOSS, BACK, BACK_TO_OLD = "L", "B", "b"
STEP_OF_ITS, STEP_OF_ANOTHER, STEPS = "S", "O", "SsOo"
# Too small to move a parameter, and seen all the same where nobody has forgotten it.
OLD_GRADIENT = 1e-30

EXCHANGED = "loss_fn(labels, embeddings) is called."
OF_IMAGES = "loss_fn(images, labels) is called."
NO_GRAPH = "loss_fn is given embeddings that have no graph: nothing leads back to the network."
ALL_AT_FIRST = "All batches are asked for before the first one is used."
LENGTH = "len(batches) is asked for, and an iterator has none."
AGAIN = "The batches are asked for a second time, and an iterator gives them once."
BACK_TWICE = "backward() goes through the graph of the same loss a second time."
BACK_FROM_NOTHING = "backward() is called on a tensor that has no graph."
TOO_EARLY = "The parameters change between the forward pass and backward()."
ELSEWHERE = "The network or a batch is moved to another device."
EXPECTED = {
    EXCHANGED: "Expected loss_fn(embeddings, labels).",
    OF_IMAGES: "Expected loss_fn(embeddings, labels).",
    NO_GRAPH: "Expected what network(images) returns, without no_grad() or detach().",
    ALL_AT_FIRST: "Expected each to be asked for when its turn has come: they may be too many to "
    "keep, and an iterator gives them only once.",
    LENGTH: "Expected one loop that counts as it goes.",
    AGAIN: "Expected one loop that does everything.",
    BACK_TWICE: "Expected each loss to go back once.",
    BACK_FROM_NOTHING: "Expected it on what loss_fn returned.",
    TOO_EARLY: "Expected the step after backward().",
    ELSEWHERE: "Expected them to stay where the caller has put them.",
}


class Network(nn.Module):
    """A layer and a batch normalisation, which behaves differently in evaluation mode.

    What the layer gives is added to the normalised: else the images could be scaled, and nobody
    would see it.

    Each forward pass works on a copy of its one parameter: where a step comes too early, backward()
    goes on, and what else is wrong can be seen.
    """

    def __init__(self, weight: np.ndarray) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(weight))  # (3, 4)
        self.norm = nn.BatchNorm1d(3, affine=False)

    def forward(self, images: Tensor) -> Tensor:
        rows = images.flatten(1) @ self.weight.clone().T  # (n, 3)
        return self.norm(rows) + rows


class Batches:
    """An iterator over the batches: it has no length, and gives each of them once."""

    def __init__(self, tensors: list[tuple[Tensor, Tensor]]) -> None:
        self.left = iter(tensors)
        self.ends = 0

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        return self

    def __next__(self) -> tuple[Tensor, Tensor]:
        try:
            return next(self.left)
        except StopIteration:
            self.ends += 1
            raise


class Recorder:
    """What `train_epoch` is handed, and what it does with it: noted, however it is written.

    What is misused is noted and set right, so that it hides nothing else. losses gives the loss
    of a batch by its size; without it the loss is computed from the outputs.
    """

    def __init__(
        self,
        batches: list[Any],
        weight: np.ndarray,
        losses: dict[int, float] | None = None,
        *,
        training: bool,
    ) -> None:
        self.network = Network(weight).train(training)
        self.weight = self.network.weight
        self.weight.grad = torch.full_like(self.weight, OLD_GRADIENT)
        self.optimizer = torch.optim.SGD([self.weight], lr=0.2, momentum=0.5)
        self.tensors = [
            (torch.from_numpy(images), torch.from_numpy(labels)) for images, labels in batches
        ]
        self.batches = Batches(self.tensors)
        self.given = losses
        self.events = ""
        self.slopes: list[float] = []
        self.misuse: set[str] = set()
        self.calls: dict[int, int] = {}
        self.modes: list[bool] = []
        self.before = self.weight.detach()

    def loss_fn(self, outputs: Any, labels: Any) -> Tensor:
        outputs, labels = torch.as_tensor(outputs), torch.as_tensor(labels)
        if outputs.ndim < labels.ndim:
            self.misuse.add(EXCHANGED)
            outputs, labels = labels, outputs
        if outputs.ndim == 4:
            self.misuse.add(OF_IMAGES)
            outputs = self.network(outputs)
        loss = self._loss(outputs, labels)
        if not loss.requires_grad:
            self.misuse.add(NO_GRAPH)
            with torch.enable_grad():
                loss = loss + OLD_GRADIENT * self.weight.sum()
        if self.batches.ends and LOSS not in self.events:
            self.misuse.add(ALL_AT_FIRST)
        self.events += LOSS
        self.modes.append(self.network.norm.training)
        self.before = self.weight.detach().clone()
        loss.register_hook(self._goes_back)
        return loss

    def _loss(self, outputs: Tensor, labels: Tensor) -> Tensor:
        if self.given is None:
            return F.cross_entropy(outputs, labels)
        size = len(labels)
        self.calls[size] = self.calls.get(size, 0) + 1
        # Who asks again after the step is given another number.
        loss = self.given.get(size, 0.0) * 0.7 ** (self.calls[size] - 1)
        return 0 * outputs.sum() + loss

    def _goes_back(self, slope: Tensor) -> None:
        self.events += BACK_TO_OLD if self._has_gradient() else BACK
        self.slopes.append(slope.item())
        if not torch.equal(self.before, self.weight):
            self.misuse.add(TOO_EARLY)

    def _stepped(self, optimizer: Optimizer, *_: Any) -> None:
        letter = STEP_OF_ITS if optimizer is self.optimizer else STEP_OF_ANOTHER
        self.events += letter if self._has_gradient() else letter.lower()

    def _has_gradient(self) -> bool:
        return self.weight.grad is not None and bool(self.weight.grad.any())

    def run(self, train_epoch: Any) -> Any:
        """Return what `train_epoch` returns; None if it could not come to its end."""
        watching = register_optimizer_step_post_hook(self._stepped)
        try:
            result = train_epoch(self.network, self.batches, self.loss_fn, self.optimizer)
        except Exception as error:
            if not (known := self._known(error)):
                raise
            self.misuse.add(known)
            result = None
        finally:
            watching.remove()
        if self.batches.ends and LOSS not in self.events:
            self.misuse = {ALL_AT_FIRST}
            result = None
        return result

    def _known(self, error: Exception) -> str:
        """Return which misuse ends in an error, and in this one; "" if none does."""
        message = str(error)
        if f"'{Batches.__name__}' has no len()" in message:
            return LENGTH
        if "backward through the graph a second time" in message:
            return BACK_TWICE
        if "does not require grad" in message:
            return NO_GRAPH if NO_GRAPH in self.misuse else BACK_FROM_NOTHING
        if any(device in message.lower() for device in ("cuda", "mps")):
            return ELSEWHERE
        return AGAIN if self.batches.ends > 1 else ""

    def history(self) -> str:
        """Return the events, the same whether gradients are forgotten before a batch or after it.

        Only the first batch can tell the two apart: there an old gradient is the caller's.
        """
        events = list(self.events)
        turns = [turn.strip(STEPS)[:1] for turn in self.events.split(LOSS)[1:]]
        if BACK_TO_OLD in turns[:1] and BACK_TO_OLD not in turns[1:]:
            events[events.index(BACK_TO_OLD)] = BACK
        before = len(self.events) - len(self.events.lstrip(LOSS + STEPS))  # the first backward
        steps = [place for place in range(before) if events[place] in STEPS]
        if steps:
            is_empty = len(steps) > 1 and events[steps[1]].islower()
            letter = events[steps[0]]
            events[steps[0]] = letter.lower() if is_empty else letter.upper()
        return "".join(events)


def regression(random: np.random.Generator, *sizes: int) -> Inputs:
    batches = [
        (
            random.standard_normal((n, 1, 2, 2)).astype(np.float32),
            random.integers(0, 3, size=n),
        )
        for n in sizes
    ]
    return {"batches": batches, "weight": random.standard_normal((3, 4)).astype(np.float32)}


def three_batches(random: np.random.Generator) -> Inputs:
    return regression(random, 4, 7, 3)


def weights_after(code: ModuleType, **inputs: Any) -> dict[str, Any]:
    results: dict[str, Any] = {MODES: [], MODES_AT_THE_END: []}
    before = torch.from_numpy(inputs["weight"])
    for mode, training in ((IN_EVALUATION, False), (IN_TRAINING, True)):
        recorder = Recorder(**inputs, training=training)
        recorder.run(code.train_epoch)
        weight = recorder.weight.detach()
        results[f"{WEIGHTS}{mode}"] = weight.cpu().clone()
        results[MODES].append(recorder.modes)
        results[MODES_AT_THE_END].append(recorder.network.training)
    results[CHANGED] = not equal(results[f"{WEIGHTS}{IN_TRAINING}"], before)
    results[EVENTS] = recorder.history()
    results[SLOPES] = torch.tensor(recorder.slopes)
    results[MISUSE] = sorted(recorder.misuse)
    with torch.no_grad():
        results[OUTPUTS] = recorder.network(recorder.tensors[0][0].to(weight.device)).cpu()
    return results


def judge_weights(observed: dict[str, Any], expected: dict[str, Any], _: Inputs) -> None:
    require_no_misuse(observed)
    for mode in (IN_TRAINING, IN_EVALUATION):
        if mode == IN_EVALUATION and not observed[MODES_AT_THE_END][-1]:
            raise Mismatch(
                "The network is in evaluation mode at the end.", "Expected training mode."
            )
        name = f"{WEIGHTS}{mode}"
        if equal(observed[name], expected[name]):
            continue
        steps = observed[EVENTS].upper().count(STEP_OF_ITS)
        if not steps and observed[CHANGED]:
            raise Mismatch(
                "The weights change, but the optimizer that was passed makes no step.",
                "Expected its steps, and no others.",
            )
        if not observed[CHANGED]:
            raise Mismatch(
                f"The weights do not change. Calls of backward(): {len(observed[SLOPES])}, steps "
                f"of the optimizer: {steps}.",
                "Expected 3 of each, and weights that change with each step.",
            )
        compare({name: observed[name]}, {name: expected[name]})
    # What was said of the mode, seen in the outputs.
    compare({OUTPUTS: observed[OUTPUTS]}, {OUTPUTS: expected[OUTPUTS]})


def require_no_misuse(observed: dict[str, Any]) -> None:
    for known, expected in EXPECTED.items():
        if known in observed[MISUSE]:
            raise Mismatch(known, expected)


def alike_weights(one: dict[str, Any], other: dict[str, Any], _: Inputs) -> bool:
    """Compare all that was noted; the weights only where the optimizer that was passed steps."""
    if one[EVENTS] != other[EVENTS] or one[MISUSE] != other[MISUSE]:
        return False
    if one[MISUSE] and not one[EVENTS]:
        return True  # it ended before it began
    if any(one[name] != other[name] for name in (MODES, MODES_AT_THE_END, CHANGED)):
        return False
    names = [name for name in one if name.startswith(WEIGHTS)]
    if one[CHANGED] and STEP_OF_ITS not in one[EVENTS].upper():
        names = []
    return all(equal(one[name], other[name]) for name in (SLOPES, *names))


# No two of the means, sums and shares that one might make of these are near each other.
SIZES_AND_LOSSES = {5: 0.8, 9: 3.4, 6: 0.7, 7: 0.9}


def four_losses(random: np.random.Generator) -> Inputs:
    scale = random.uniform(0.5, 2)
    losses = {
        n: scale * loss * random.uniform(0.995, 1.005) for n, loss in SIZES_AND_LOSSES.items()
    }
    return {**regression(random, *losses), "losses": losses}


def mean_loss(code: ModuleType, **inputs: Any) -> dict[str, Any]:
    recorder = Recorder(**inputs, training=False)
    result = recorder.run(code.train_epoch)
    return {
        "mean loss": _without_graph(result),
        GRAPH: isinstance(result, Tensor) and result.requires_grad,
        AGAIN: recorder.batches.ends > 1,
        MISUSE: sorted(recorder.misuse - {TOO_EARLY}),
    }


def _without_graph(result: Any) -> Any:
    if isinstance(result, list | tuple):
        return [_without_graph(one) for one in result]
    return result.detach() if isinstance(result, Tensor) else result


def judge_loss(observed: dict[str, Any], expected: dict[str, Any], _: Inputs) -> None:
    require_no_misuse(observed)
    compare({"mean loss": observed["mean loss"]}, {"mean loss": expected["mean loss"]})


def alike_loss(one: dict[str, Any], other: dict[str, Any], _: Inputs) -> bool:
    if any(one[name] != other[name] for name in (GRAPH, AGAIN, MISUSE)):
        return False
    means = one["mean loss"], other["mean loss"]
    if all(isinstance(mean, float) for mean in means):
        return math.isclose(*means, rel_tol=1e-4)  # much faster, and asked for thousands of times
    return equal(*means)


CHECKS = [
    Check(
        "train_epoch",
        "the parameters after three steps",
        3,
        three_batches,
        weights_after,
        STEP,
        judge=judge_weights,
        alike=alike_weights,
        one_by_one=True,
    ),
    Check(
        "train_epoch",
        "the mean loss per example",
        2,
        four_losses,
        mean_loss,
        MEAN,
        judge=judge_loss,
        alike=alike_loss,
        one_by_one=True,
    ),
]
