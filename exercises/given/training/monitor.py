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
| recall_at_1 | Recall@1 of up to 1,000 images of the training set: those that are watched |

The columns from `active_share` to `dead_share` are about the last batch of the 50 steps; all but
`dead_share` see it as the loss saw it, before the step. The margin is the training's own; for the
soft margin, which has none, it is 1. Distances and norms have the unit of the embedding.

The columns of `Monitor.layers`: step, layer, parameter_norm, gradient_norm, relative_update. A
layer that is not trained has no row; one that no gradient reaches has a gradient_norm of 0.

To embed 1,000 images takes as long as six steps. It is done beside the training, so that a row has
its `recall_at_1` only by the next look, or at the end.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from ..errors import CourseError
from .batch_signs import batch_signs
from .beside_training import BesideTraining
from .dead_units import dead_share
from .embedding import embed
from .step_sizes import WHOLE, StepSizes

EMBEDDED_AT_ONCE = 250  # in few operations: each takes the interpreter from the training
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
    and labels. margin is that of the active share.
    """

    def __init__(
        self,
        images: Tensor,
        labels: Tensor,
        recall: Callable[[Tensor, Tensor], float],
        margin: float = 1.0,
    ) -> None:
        self.images, self.labels, self.recall, self.margin = images, labels, recall, margin
        self.rows: list[dict[str, Any]] = []
        self.layers: list[dict[str, Any]] = []
        self.step = 0
        self._sizes: StepSizes | None = None
        self._seen: tuple[Tensor, Tensor] | None = None  # embeddings and labels of a batch
        self._images: Tensor | None = None
        self._beside: BesideTraining | None = None

    def begin(self, network: nn.Module, optimizer: Optimizer) -> None:
        """Look at the network before its first step, and follow the optimizer from now on."""
        self._sizes = StepSizes(network, optimizer)
        draws = torch.get_rng_state()
        self._add({"step": 0, "recall_at_1": self._recall(network)})
        # Beside the training, random numbers would be drawn at a moment that no seed decides; and
        # Apple's GPU takes work from one thread alone.
        is_fixed = torch.equal(draws, torch.get_rng_state())
        if is_fixed and all(one.device.type != "mps" for one in network.parameters()):
            self._beside = BesideTraining(self._recall)

    def end(self) -> None:
        """Leave the optimizer alone again, and write down what is still being measured."""
        if self._sizes:
            self._sizes.leave()
        if self._beside:
            self._beside.close()
            self._beside = None

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
        if self._beside:
            self._beside.finish()
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
        self._add(row)
        if self._beside and not last:
            self._beside.start(network, partial(self.rows[-1].__setitem__, "recall_at_1"))
        else:
            self.rows[-1]["recall_at_1"] = self._recall(network)

    def _add(self, row: dict[str, Any]) -> None:
        self.rows.append({name: row.get(name) for name in COLUMNS})

    def _recall(self, network: nn.Module) -> float | None:
        if not len(self.labels):
            return None
        return self.recall(embed(network, self.images, batch_size=EMBEDDED_AT_ONCE), self.labels)
