"""Watch a training: every 50 steps one row of signs, and one row for each layer.

The columns of `Monitor.rows`. What could not be measured, or not at that step, is None.

| column | what it is |
| --- | --- |
| step | how many steps were taken; 0 is before the first, and has only `recall_at_1` |
| loss | the mean loss of the steps since the row before, as `train_epoch` returned it |
| mining | which loss that was |
| rate | the learning rate of the last step, of the optimizer's first group |
| active_share | share of the batch's triplets with d(a, p) - d(a, n) + margin > 0, from 0 to 1 |
| positive_distance | mean distance of the batch's pairs of one class |
| negative_distance | mean distance of the batch's pairs of two classes |
| norm | mean norm of the batch's embeddings |
| norm_spread | standard deviation of those norms |
| effective_rank | over how many directions the batch spreads: 0 for one point, 1 for a line |
| batch_recall_at_1 | Recall@1 within the batch: rough, some 36 images, and trained on |
| gradient_norm | length of the gradient of all parameters together |
| relative_update | length of the step, divided by the length of all parameters before it |
| dead_share | share of channels after a ReLU that are zero for a dozen images of the batch |
| recall_at_1 | Recall@1 of up to 1,000 training images, at every RECALL_EVERY steps and the last |

The columns from `active_share` to `dead_share` are about the last batch of the 50 steps; all but
`dead_share` see it as the loss saw it, before the step. The margin is the training's own; for the
soft margin, which has none, it is 1. Distances and norms have the unit of the embedding.

The columns of `Monitor.layers`: step, layer, parameter_norm, gradient_norm, relative_update. A
layer that is not trained has no row; one that no gradient reaches has a gradient_norm of 0.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer

from ..errors import CourseError
from .batch_signs import batch_signs
from .dead_units import dead_share
from .embedding import embed
from .step_sizes import WHOLE, StepSizes

# To embed 1,000 images takes as long as six steps: Recall@1 at every 50 steps made a training 13 %
# longer, at every 100 some 7 %, at every 250 some 3 %; all else that is looked at makes it 1 %.
RECALL_EVERY = 500
EMBEDDED_AT_ONCE = 100
LOOKED_AT = 12
COLUMNS = (
    *("step", "loss", "mining", "rate", "active_share", "positive_distance", "negative_distance"),
    *("norm", "norm_spread", "effective_rank", "batch_recall_at_1", "gradient_norm"),
    *("relative_update", "dead_share", "recall_at_1"),
)
LAYER_COLUMNS = ("step", "layer", "parameter_norm", "gradient_norm", "relative_update")

Batches = Iterable[tuple[Tensor, Tensor]]
LossOfBatch = Callable[[Tensor, Tensor], Tensor]


class NotANumber(CourseError):
    """The loss is infinite or not a number: no step after that means anything."""


class Monitor:
    """Watch one training. It draws no random number, and changes nothing.

    images (n, 1, h, w) and labels (n,) are what Recall@1 is measured on, by `recall` of embeddings
    and labels, every recall_every steps. margin is that of the active share.
    """

    def __init__(
        self,
        images: Tensor,
        labels: Tensor,
        recall: Callable[[Tensor, Tensor], float],
        margin: float = 1.0,
        recall_every: int = RECALL_EVERY,
    ) -> None:
        self.images, self.labels, self.recall, self.margin = images, labels, recall, margin
        self.recall_every = recall_every
        self.rows: list[dict[str, Any]] = []
        self.layers: list[dict[str, Any]] = []
        self.step = 0
        self._sizes: StepSizes | None = None
        self._seen: tuple[Tensor, Tensor] | None = None  # embeddings and labels of a batch
        self._images: Tensor | None = None

    def begin(self, network: nn.Module, optimizer: Optimizer) -> None:
        """Look at the network before its first step, and follow the optimizer from now on."""
        self._sizes = StepSizes(network, optimizer)
        self._add({"step": 0, "recall_at_1": self._recall(network)})

    def end(self) -> None:
        """Leave the optimizer alone again."""
        if self._sizes:
            self._sizes.leave()

    def fed(self, batches: Batches, steps: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield the batches of the next steps, and keep the last one in view."""
        self._seen = self._images = None
        if self._sizes:
            self._sizes.ask_for(steps)
        for images, labels in batches:
            self._images = images
            yield images, labels
            self.step += 1

    def heard(self, loss_fn: LossOfBatch) -> LossOfBatch:
        """Return the same loss, which lets the monitor see what it was given."""

        def loss(embeddings: Tensor, labels: Tensor) -> Tensor:
            self._seen = embeddings.detach(), labels
            return loss_fn(embeddings, labels)

        return loss

    def look(self, network: nn.Module, loss: float, mining: str, rate: float, last: bool) -> None:
        """Write down the signs of the steps since the last look.

        Raises NotANumber, after the row is written, if the loss is none.
        """
        row: dict[str, Any] = {"step": self.step, "loss": loss, "mining": mining, "rate": rate}
        if self._seen:
            row |= batch_signs(*self._seen, self.margin)
        for sizes in self._sizes.rows if self._sizes else []:
            if sizes["layer"] == WHOLE:
                row |= {name: sizes[name] for name in ("gradient_norm", "relative_update")}
            else:
                self.layers.append({"step": self.step, **sizes})
        if self._images is not None:
            every = max(1, len(self._images) // LOOKED_AT)
            row["dead_share"] = dead_share(network, self._images[::every])
        if not math.isfinite(loss):
            self._add(row)
            raise NotANumber(
                f"The loss is {loss} after step {self.step}, and stays so. The usual causes are a "
                "rate that is too high, and a root or a logarithm of zero in the loss."
            )
        if last or self.step % self.recall_every == 0:
            row["recall_at_1"] = self._recall(network)
        self._add(row)

    def _add(self, row: dict[str, Any]) -> None:
        self.rows.append({name: row.get(name) for name in COLUMNS})

    def _recall(self, network: nn.Module) -> float | None:
        if not len(self.labels):
            return None
        return self.recall(embed(network, self.images, batch_size=EMBEDDED_AT_ONCE), self.labels)
