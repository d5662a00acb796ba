"""Sicknesses that make the embeddings one point, or a few directions, or let them grow."""

from statistics import median

from torch import Tensor
from torch.nn import functional as F

from .chart import Chart
from .sickness import Sickness
from .signs import LARGE_NORM, OF_MARGIN, OF_NORM, SPREAD, collapsed_at
from .training import LossOfMargin

WATCH = "What to watch"
# The lowest effective rank of a healthy batch was 11. Fewer images than these have few directions
# anyway.
FEW_DIRECTIONS = 2.5
ENOUGH_IMAGES = 8
GROWN = 10.0  # times: the norm of healthy runs grew at most 3.7-fold


def _batch_hard_first(chart: Chart) -> str:
    collapse = collapsed_at(chart)
    if not collapse or not chart.rows or chart.rows[0]["mining"] != "batch-hard":
        return ""
    return f"the first row is of batch-hard, without a warm-up, and {collapse[1]}"


BATCH_HARD_FIRST = Sickness(
    id="batch-hard-first",
    says="Batch-hard from the first step drove all embeddings to one point.",
    shows=(
        "The first row is of batch-hard, and then the distances vanish beside the norm or the "
        "margin."
    ),
    sign=_batch_hard_first,
    makers={
        "SGD of rate 0.1, no warm-up": lambda training: training.with_settings(
            loss="batch-hard", warm_up=0.0, optimizer="sgd", rate=0.1, schedule="constant"
        ),
        "AdamW of rate 0.05, no warm-up": lambda training: training.with_settings(
            loss="batch-hard", warm_up=0.0, rate=0.05, schedule="constant"
        ),
    },
    chapter="ch07_training",
    section="On real digits",
    hints=(
        "Which loss saw the untrained network, and what did its hardest triplets ask for?",
        "The hardest triplets of an untrained network are out of reach; one point is not.",
        "Begin with batch-all for some steps (--warm-up 0.06), or take a lower rate.",
    ),
    covers=("frozen-layers",),  # one point gives no gradient to some layers, or to none
)


def _to_a_point(chart: Chart) -> str:
    collapse = collapsed_at(chart)
    if not collapse:
        return ""
    losses = chart.course("loss")
    return f"{collapse[1]}, and the loss is {losses[-1][1]:.3f} at the end"


PULL = 10.0


def _pulled_together(loss: LossOfMargin) -> LossOfMargin:
    """Return the loss with a pull towards the middle of the batch that is far too strong."""

    def pulling(embeddings: Tensor, labels: Tensor, margin: float | None) -> Tensor:
        pull = (embeddings - embeddings.mean(dim=0)).norm(dim=1).mean()
        return loss(embeddings, labels, margin) + PULL * pull

    return pulling


COLLAPSE = Sickness(
    id="collapse-to-a-point",
    says="All embeddings are nearly one point: a hinge stays at the margin, a soft margin at ln 2.",
    shows=(
        f"The mean distance stays below {100 * OF_NORM:g} % of the mean norm, or "
        f"{100 * OF_MARGIN:g} % of the margin, and Recall@1 is lost."
    ),
    sign=_to_a_point,
    makers={
        "pulled together, soft margin": lambda training: training.with_loss(_pulled_together),
        "pulled together, hinge": lambda training: training.with_settings(margin=1.0).with_loss(
            _pulled_together
        ),
    },
    chapter="ch07_training",
    section=WATCH,
    hints=(
        "Print the distances within a batch. How large are they beside the mean norm?",
        "At one point every gap is zero. The loss is then the margin, or ln 2 = 0.693.",
        "Lower the rate, warm up with batch-all, and look for what pulls without pushing.",
    ),
)


def _few_directions(chart: Chart) -> str:
    settings = chart.settings
    batch = (settings.get("classes_per_batch") or ENOUGH_IMAGES) * settings["images_per_class"]
    spread = dict(chart.ratio("negative_distance", "norm"))
    ranks = [one for one in chart.course("effective_rank") if spread.get(one[0], 0) > SPREAD]
    if batch < ENOUGH_IMAGES or 2 * len(ranks) < len(chart.rows) or ranks[0][1] > FEW_DIRECTIONS:
        return ""
    middle = median(rank for _, rank in ranks)
    if middle > FEW_DIRECTIONS:
        return ""
    return f"the embeddings of a batch spread over {middle:.1f} directions, from step {ranks[0][0]}"


def _one_number(embeddings: Tensor) -> Tensor:
    return embeddings.mean(dim=1, keepdim=True).expand_as(embeddings)


def _two_numbers(embeddings: Tensor) -> Tensor:
    return F.pad(embeddings[:, :2], (0, embeddings.shape[1] - 2))


FEW = Sickness(
    id="few-directions",
    says="The embeddings lie on a line or in a plane: most of their numbers say nothing.",
    shows=(f"The effective rank is at most {FEW_DIRECTIONS:g}, while the distances are not small."),
    sign=_few_directions,
    makers={
        "averaged over the channels": lambda training: training.with_output(_one_number),
        "two channels are left": lambda training: training.with_output(_two_numbers),
    },
    chapter="ch03_embedding_network",
    section="The network",
    hints=(
        "Print the embeddings of three images. How many of their numbers differ?",
        "A mean over the wrong axis, or a layer of one or two channels, leaves few directions.",
        "Average over height and width, dim=(2, 3), and keep all channels of the last block.",
    ),
    covers=("collapse-to-a-point",),
)


def _norm_without_end(chart: Chart) -> str:
    for step, loss in chart.course("loss"):
        if loss < 0:
            return f"the loss is {loss:.3g} at step {step}, and no triplet's is below 0"
    norms = [(step, norm) for step, norm in chart.course("norm") if norm > 0]
    if len(norms) < 2 or norms[-1][1] < GROWN * norms[0][1] or norms[-1][1] < LARGE_NORM:
        return ""
    (first, before), (last, after) = norms[0], norms[-1]
    return f"the mean norm grew from {before:.3g} at step {first} to {after:.3g} at step {last}"


def _not_cut_off(_: LossOfMargin) -> LossOfMargin:
    def loss(embeddings: Tensor, labels: Tensor, margin: float | None) -> Tensor:
        distances = (embeddings[:, None] - embeddings[None, :] + 1e-9).norm(dim=2)  # (n, n)
        same = labels[:, None] == labels[None, :]  # (n, n)
        return distances[same].mean() - distances[~same].mean() + (margin or 1.0)

    return loss


NORM = Sickness(
    id="norm-without-end",
    says="The embeddings grow without end: what is far apart already is still pushed.",
    shows=(
        f"The mean norm grows {GROWN:g}-fold and is above {LARGE_NORM:g}, or the loss is below 0."
    ),
    sign=_norm_without_end,
    makers={"no cut-off at zero": lambda training: training.with_loss(_not_cut_off)},
    chapter="ch04_triplet_loss",
    section="Definition",
    hints=(
        "What does your loss give for a triplet whose negative is very far away?",
        "Cut off at zero, a triplet that is right asks for nothing. Otherwise it always asks.",
        "Take max(0, d(a, p) - d(a, n) + margin) of each triplet, before the mean.",
    ),
    covers=("rate-too-high", "few-directions"),
)
