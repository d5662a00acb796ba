"""Sicknesses of the training step: gradients that are kept, cut off, or not a number."""

import math

from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import Optimizer

from .chart import Chart
from .sickness import Sickness
from .training import LossOfMargin, Training

TRAINING = "ch07_training"
# The first row of healthy runs had a gradient of 12.1 at most, and 50 gradients that are added up
# have one of 20 and more. It stays as large, since nothing takes away from the sum.
KEPT_GRADIENT = 15.0
STILL_LARGE = 0.8


class _Unforgetting:
    """An optimizer whose gradients are never set to zero."""

    def __init__(self, optimizer: Optimizer) -> None:
        self.step = optimizer.step

    def zero_grad(self, *_: object, **__: object) -> None:
        """Keep them."""


def _kept_gradients(chart: Chart) -> str:
    course = [(step, value) for step, value in chart.course("gradient_norm") if step > 0]
    if len(course) < 2 or min(value for _, value in course) < KEPT_GRADIENT:
        return ""
    if min(chart.values("loss")) < 0:
        return ""  # a loss without an end grows, and its gradient with it
    (first, before), (last, after) = course[0], course[-1]
    largest = max(value for _, value in course)
    if after < before or after < STILL_LARGE * largest:
        return ""
    return f"the gradient's length grew from {before:.3g} at step {first} to {after:.3g} at {last}"


NO_ZERO_GRAD = Sickness(
    id="no-zero-grad",
    says="The gradients of all batches add up: nothing forgets the old ones.",
    shows=(f"The gradient's length is above {KEPT_GRADIENT:g} in every row, and does not fall."),
    sign=_kept_gradients,
    makers={"no zero_grad": lambda training: training.with_optimizer(_Unforgetting)},
    chapter=TRAINING,
    section="The training step",
    hints=(
        "Print the length of the gradient after each backward(). Does it fall with the loss?",
        "backward() adds to the gradient that is there. Who empties it before the next batch?",
        "Call optimizer.zero_grad() once in each turn of the loop, before loss.backward().",
    ),
    covers=("rate-too-high", "collapse-to-a-point", "norm-without-end", "few-directions"),
)


def _no_gradient(chart: Chart) -> str:
    gradients, distances = chart.values("gradient_norm"), chart.values("negative_distance")
    if not gradients or any(gradients) or not distances or min(distances) == 0:
        return ""
    active = chart.values("active_share")
    if not active or min(active) == 0:
        return ""
    return (
        f"the gradient is 0 in all {len(gradients)} rows, while {100 * active[-1]:.0f} % of the "
        "triplets still have a loss"
    )


def _cut_off(loss: LossOfMargin) -> LossOfMargin:
    return lambda *given: loss(*given).detach().requires_grad_()


DETACHED = Sickness(
    id="loss-without-gradient",
    says="No gradient reaches the network: the loss was computed from numbers that are cut off.",
    shows="The gradient is 0 in every row, although triplets are active.",
    sign=_no_gradient,
    makers={"the loss is detached": lambda training: training.with_loss(_cut_off)},
    chapter=TRAINING,
    section="Common mistakes",
    hints=(
        "Print the gradient of one parameter just before optimizer.step().",
        "item(), detach(), numpy() and torch.tensor(...) cut the loss off from the network.",
        "Compute the loss from the network's own output, and call backward() on that loss.",
    ),
    covers=("rate-too-low",),
)


def _frozen(chart: Chart) -> str:
    courses = chart.of_layers("gradient_norm")
    if len({step for course in courses.values() for step, _ in course}) < 2:
        return ""  # one row may be a batch without an active triplet
    still = [name for name, course in courses.items() if not any(value for _, value in course)]
    if not still or len(still) == len(courses):
        return ""
    return f"the gradient of {' and of '.join(still)} is 0 in every row, that of others is not"


def _with_frozen(training: Training, *blocks: str) -> Training:
    def freeze(network: nn.Module) -> nn.Module:
        for name, parameter in network.named_parameters():
            if name.startswith(blocks):
                parameter.register_hook(lambda gradient: gradient * 0)
        return network

    return training.with_network(freeze)


FROZEN = Sickness(
    id="frozen-layers",
    says="Some layers do not learn: no gradient reaches them.",
    shows="In layers.csv, the gradient of some layers is 0 in every row.",
    sign=_frozen,
    makers={
        "the last block": lambda training: _with_frozen(training, "block3"),
        "the first two blocks": lambda training: _with_frozen(training, "block1", "block2"),
    },
    chapter=TRAINING,
    section="The training step",
    hints=(
        "Open layers.csv: which layers have a gradient_norm of 0?",
        "A detach(), a no_grad() or a gradient set to zero stops all that lies before it.",
        "Let forward() run without no_grad(), and hand all parameters to the optimizer.",
    ),
)


def _not_a_number(chart: Chart) -> str:
    for row in chart.rows:
        if row["loss"] is not None and not math.isfinite(row["loss"]):
            return f"the loss is {row['loss']} by step {row['step']}"
    return ""


def _root_of_zero(_: LossOfMargin) -> LossOfMargin:
    """Return a loss whose distances are roots: at zero, of an image and itself, these are steep."""

    def loss(embeddings: Tensor, labels: Tensor, margin: float | None) -> Tensor:
        between = embeddings[:, None] - embeddings[None, :]  # (n, n, dim)
        distances = between.square().sum(dim=2).sqrt()  # (n, n)
        same = labels[:, None] == labels[None, :]  # (n, n)
        return F.relu(distances[same].mean() - distances[~same].mean() + (margin or 1.0))

    return loss


NOT_A_NUMBER = Sickness(
    id="loss-not-a-number",
    says="The loss is no number any more, and every parameter with it.",
    shows="The loss is nan or inf.",
    sign=_not_a_number,
    makers={"the root of zero": lambda training: training.with_loss(_root_of_zero)},
    chapter="ch04_triplet_loss",
    section="The gradient by hand",
    hints=(
        "At which step is it lost? At the first, it is the formula; later, often the rate.",
        "sqrt has no finite slope at 0, and log none either. Which of your distances are 0?",
        "Keep what is below a root above zero, or leave out pairs of an image with itself.",
    ),
    covers=("rate-too-high", "collapse-to-a-point"),
)
