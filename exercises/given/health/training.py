"""A training before it begins, and how one thing of it is changed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor, nn
from torch.optim import Optimizer

from ..data import ImageSet
from ..training.parts import Parts
from ..training.recipes import Loss
from ..training.settings import Settings

Batch = tuple[Tensor, Tensor]
LossOfMargin = Callable[[Tensor, Tensor, float | None], Tensor]


@dataclass(frozen=True)
class Training:
    """What a training is made of: images, parts and settings. Each method returns another one."""

    images: ImageSet
    parts: Parts
    settings: Settings

    def with_settings(self, **changed: Any) -> "Training":
        return replace(self, settings=replace(self.settings, **changed))

    def with_images(self, images: Tensor, labels: Tensor) -> "Training":
        """Train on these images (n, 1, h, w) and labels (n,)."""
        changed = replace(self.images, train_images=images, train_labels=labels)
        return replace(self, images=changed)

    def with_network(self, change: Callable[[nn.Module], nn.Module]) -> "Training":
        """Change the network that the training begins with."""
        make = self.parts.SimpleMetricEmbedding

        def changed(*args: Any, **kwargs: Any) -> nn.Module:
            return change(make(*args, **kwargs))

        return replace(self, parts=replace(self.parts, SimpleMetricEmbedding=changed))

    def with_output(self, change: Callable[[Tensor], Tensor]) -> "Training":
        """Change the embeddings (n, dim) that the network gives."""

        def changed(network: nn.Module) -> nn.Module:
            network.register_forward_hook(lambda _, __, embeddings: change(embeddings))
            return network

        return self.with_network(changed)

    def with_loss(self, change: Callable[[LossOfMargin], LossOfMargin]) -> "Training":
        """Change the losses that mine; each is called with embeddings, labels and margin."""
        parts = self.parts

        def batch_all(embeddings: Tensor, labels: Tensor, margin: float) -> tuple[Tensor, Tensor]:
            share = parts.batch_all_triplet_loss(embeddings, labels, margin)[1]
            alone = change(lambda *given: parts.batch_all_triplet_loss(*given)[0])
            return alone(embeddings, labels, margin), share

        changed = replace(
            parts,
            batch_all_triplet_loss=batch_all,
            semi_hard_triplet_loss=change(parts.semi_hard_triplet_loss),
            batch_hard_triplet_loss=change(parts.batch_hard_triplet_loss),
        )
        return replace(self, parts=changed)

    def with_batches(self, change: Callable[[Tensor, Tensor], Batch]) -> "Training":
        """Change the images and labels of every batch."""
        return self._with_epoch(batch=change)

    def with_optimizer(self, change: Callable[[Optimizer], Any]) -> "Training":
        """Change what the training step takes for its optimizer."""
        return self._with_epoch(optimizer=change)

    def _with_epoch(
        self,
        batch: Callable[[Tensor, Tensor], Batch] = lambda *one: one,
        optimizer: Callable[[Optimizer], Any] = lambda one: one,
    ) -> "Training":
        train_epoch = self.parts.train_epoch

        def changed(
            network: nn.Module, batches: Iterable[Batch], loss_fn: Loss, of_step: Optimizer
        ) -> float:
            fed = (batch(images, labels) for images, labels in batches)
            return train_epoch(network, fed, loss_fn, optimizer(of_step))

        return replace(self, parts=replace(self.parts, train_epoch=changed))
