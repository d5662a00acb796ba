"""Sicknesses of the margin: none, or one that no embedding can reach."""

from torch import Tensor

from .chart import Chart
from .sickness import Sickness
from .signs import last_mean, margin_of
from .training import LossOfMargin

DEFINITION, CHAPTER = "Definition", "ch04_triplet_loss"
ON_SPHERE = 1e-3  # how far norms are from 1, and from each other
ALL_ACTIVE = 0.99
LARGE_MARGIN = 1.0  # half of the largest distance on the sphere; the soft margin counts as 1
# While half of the triplets are active, a loss with a margin is no such small share of it.
NO_SHARE = 0.1
HALF = 0.5


def _none(chart: Chart) -> str:
    loss, active = last_mean(chart, "loss"), last_mean(chart, "active_share")
    if chart.settings.get("margin") == 0:
        return f"the margin is 0, and the loss fell to {loss:.3g}" if loss is not None else ""
    if chart.settings.get("margin") is None or loss is None or active is None:
        return ""
    if active < HALF or not 0 <= loss < NO_SHARE * margin_of(chart):
        return ""
    return (
        f"the loss is {loss:.2g} while {100 * active:.0f} % of the triplets are nearer than the "
        f"margin {margin_of(chart):g}"
    )


def _in_all_triplets(_: LossOfMargin) -> LossOfMargin:
    """Return a mean over all triplets, without a margin."""

    def loss(embeddings: Tensor, labels: Tensor, __: float | None) -> Tensor:
        distances = (embeddings[:, None] - embeddings[None, :] + 1e-9).norm(dim=2)  # (n, n)
        same = labels[:, None] == labels[None, :]  # (n, n)
        gaps = (distances[:, :, None] - distances[:, None, :]).relu()  # (n, n, n)
        return gaps[same[:, :, None] & ~same[:, None, :]].mean()

    return loss


NO_MARGIN = Sickness(
    id="no-margin",
    says="There is no margin: a triplet is content as soon as its negative is a hair farther.",
    shows=(
        f"The margin is 0; or the loss is below {NO_SHARE:g} of it, while half of the triplets "
        "are active."
    ),
    sign=_none,
    makers={
        "margin 0": lambda training: training.with_settings(
            loss="batch-all", margin=0.0, warm_up=0.0
        ),
        "a loss without it": lambda training: training.with_settings(
            loss="batch-all", margin=1.0, warm_up=0.0
        ).with_loss(_in_all_triplets),
    },
    chapter=CHAPTER,
    section=DEFINITION,
    hints=(
        "What is your loss if all embeddings are the same point?",
        "Without a margin that is 0, the best there is: shrinking alone lowers the loss.",
        "Add the margin inside max(0, ...), and let it be above zero: --margin 1.",
    ),
    covers=("collapse-to-a-point",),
)


def _out_of_scale(chart: Chart) -> str:
    norms, spreads = chart.values("norm"), chart.values("norm_spread")
    active = last_mean(chart, "active_share")
    if not norms or active is None or active < ALL_ACTIVE or margin_of(chart) < LARGE_MARGIN:
        return ""
    if max(abs(norm - 1) for norm in norms) > ON_SPHERE or max(spreads) > ON_SPHERE:
        return ""
    margin = chart.settings.get("margin")
    asked = "1, and the soft margin asks for more" if margin is None else f"the margin {margin:g}"
    return (
        f"the embeddings have length 1, so that no distance is above 2, and at the end "
        f"{100 * active:.0f} % of the triplets are within {asked}"
    )


OUT_OF_SCALE = Sickness(
    id="margin-out-of-scale",
    says="The margin is out of scale with embeddings of length one: no triplet is ever content.",
    shows=(
        f"Every norm is 1, and {100 * ALL_ACTIVE:g} % or more of the triplets are active at the "
        "end."
    ),
    sign=_out_of_scale,
    makers={
        "margin 4": lambda training: training.with_settings(
            normalise=True, loss="batch-all", margin=4.0, warm_up=0.0
        ),
        "margin 4, batch-hard": lambda training: training.with_settings(normalise=True, margin=4.0),
        "the soft margin": lambda training: training.with_settings(normalise=True, margin=None),
    },
    chapter=CHAPTER,
    section=DEFINITION,
    hints=(
        "How far apart can two embeddings of length one be?",
        "At most 2. The margin has the unit of the distance, and has to fit into that.",
        "With --normalise choose a --margin of about 0.2; or do not normalise.",
    ),
    covers=("collapse-to-a-point",),
)
