"""Sicknesses of the step's size: too large, too small, and a sum where a mean belongs."""

from ..training.settings import RATES
from .chart import Chart
from .sickness import Sickness
from .signs import (
    LARGE_NORM,
    is_over,
    learnt,
    little_was_learnt,
    lost_in_batches,
    margin_of,
    nearly_one_point_at,
    recalls,
)
from .training import LossOfMargin

# A healthy step moved the parameters by at most 2.95 % of their length (signs.py: which runs).
LARGE_STEP = 0.03
LARGE_RATE = 10  # times the rate that is usual for the optimizer
# Healthy runs had at most 40 % of dead units; some of three times the usual rate 55 %.
MANY_DEAD = 0.6
SMALL_STEP = 1e-3
HALF_WAY = 0.5  # to a Recall@1 of 1: small steps that bring more are enough of them
FIRST_ROWS = 3
# No triplet's loss is larger than the margin and its distance to the positive, the soft margin's by
# ln 2 at most. The largest distances of a batch are some two times their mean.
LARGEST_LOSS = 2.0


def _large(chart: Chart) -> str:
    steps = chart.course("relative_update")
    usual, rate = RATES[chart.settings["optimizer"]], chart.settings["rate"]
    if rate >= LARGE_RATE * usual:
        return f"the rate {rate:g} is {rate / usual:.0f} times the usual {usual:g}"
    step, largest = max(steps, key=lambda one: one[1], default=(0, 0.0))
    if largest >= LARGE_STEP:
        return f"the step {step} moved the parameters by {100 * largest:.1f} % of their length"
    return ""


def _harm(chart: Chart) -> str:
    # After large steps that is harm enough, even where neighbours are still told apart.
    if point := nearly_one_point_at(chart):
        return point[1]
    if learnt(chart) is not None and (little := little_was_learnt(chart)):
        return little
    dead = max(chart.course("dead_share"), key=lambda one: one[1], default=(0, 0.0))
    if dead[1] >= MANY_DEAD:
        return f"{100 * dead[1]:.0f} % of the units are dead at step {dead[0]}"
    norms = chart.course("norm")
    if norms and norms[-1][1] > LARGE_NORM:
        return f"the mean norm is {norms[-1][1]:.3g} at step {norms[-1][0]}"
    return ""


def _rate_too_high(chart: Chart) -> str:
    large, harm = _large(chart), _harm(chart)
    return f"{large}, and {harm}" if large and harm else ""


RATE_TOO_HIGH = Sickness(
    id="rate-too-high",
    says="The steps are too large: the learning rate is far too high.",
    shows=(
        f"A step moves the parameters by {100 * LARGE_STEP:g} % of their length, or the rate is "
        f"{LARGE_RATE} times the usual one; and the embeddings collapse, units die, the norm is "
        f"above {LARGE_NORM:g}, or Recall@1 is lost."
    ),
    sign=_rate_too_high,
    makers={
        "rate 1": lambda training: training.with_settings(rate=1.0),
        "rate 0.1, constant": lambda training: training.with_settings(
            rate=0.1, schedule="constant"
        ),
    },
    chapter="ch07_training",
    section="What to watch",
    hints=(
        "Look at relative_update: by how much of its length does one step move a layer?",
        "A step of some percent forgets what the steps before it have learnt.",
        "Divide the rate by 10 until the loss falls steadily; the course's is 0.006.",
    ),
)


def _rate_too_low(chart: Chart) -> str:
    steps, share = chart.course("relative_update"), learnt(chart)
    largest = max((size for _, size in steps), default=0.0)
    if not is_over(chart) or not steps or largest >= SMALL_STEP:
        return ""
    came_to = lost_in_batches(chart) if share is None else recalls(chart)
    if not came_to or (share is not None and share >= HALF_WAY):
        return ""
    moved = f"no step moved the parameters by more than {100 * largest:.2g} % of their length"
    return f"{moved}, and {came_to}"


RATE_TOO_LOW = Sickness(
    id="rate-too-low",
    says="The steps are too small for their number: the network is nearly as it began.",
    shows=(
        f"No step moves the parameters by {100 * SMALL_STEP:g} % of their length, and Recall@1 "
        "hardly rises."
    ),
    sign=_rate_too_low,
    makers={
        "rate 0.00001": lambda training: training.with_settings(rate=1e-5),
        "rate 0.00005": lambda training: training.with_settings(rate=5e-5),
    },
    chapter="ch07_training",
    section="What to watch",
    hints=(
        "Compare Recall@1 with that of step 0. What has the training added?",
        "An untrained network finds neighbours too. A good recall alone proves nothing.",
        "Multiply the rate by 10 until the loss moves, or take many more steps.",
    ),
)


def _sum(chart: Chart) -> str:
    losses, margin = chart.course("loss"), margin_of(chart)
    distances = dict(chart.course("positive_distance"))
    reach = 0.0
    found = ""
    if len(losses) < FIRST_ROWS and not is_over(chart):
        return ""  # another strong term may be as large at first; a sum stays so
    for step, loss in losses[:FIRST_ROWS]:
        # The loss is of all steps since the row before: so the larger of both distances counts.
        before, reach = reach, distances.get(step, 0.0)
        most = margin + max(before, reach)
        if not distances or loss <= LARGEST_LOSS * most:
            return ""
        found = found or (
            f"the loss is {loss:.3g} at step {step}, where a triplet's is {most:.2g} or so"
        )
    return found


def _summed(loss: LossOfMargin) -> LossOfMargin:
    return lambda embeddings, labels, margin: loss(embeddings, labels, margin) * len(labels)


SUM = Sickness(
    id="sum-instead-of-mean",
    says="The loss is a sum over the batch, not a mean: with the batch the step grows.",
    shows=(
        f"The first losses are more than {LARGEST_LOSS:g} times the margin and the distance to "
        "positives together."
    ),
    sign=_sum,
    makers={
        "the sum": lambda training: training.with_loss(_summed),
        "the sum, by SGD": lambda training: training.with_loss(_summed).with_settings(
            optimizer="sgd"
        ),
    },
    chapter="ch07_training",
    section="The mean loss per example",
    hints=(
        "Can the loss of one triplet be as large as the number that you see?",
        "A sum of n losses has n times the gradient: AdamW hides that, plain descent does not.",
        "Return losses.mean(), not losses.sum(), and count examples in train_epoch alone.",
    ),
    covers=("rate-too-high", "collapse-to-a-point", "no-zero-grad", "norm-without-end"),
)
