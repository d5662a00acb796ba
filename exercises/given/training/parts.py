"""What the exercises build, under the names that they have there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn


@dataclass(frozen=True)
class Parts:
    """The names of chapters 2 to 8 that a training or a measure is made of: always passed in."""

    TripletMNIST: Callable[..., Any]
    SimpleMetricEmbedding: Callable[..., nn.Module]
    triplet_loss: Callable[..., Tensor]
    batch_all_triplet_loss: Callable[..., tuple[Tensor, Tensor]]
    semi_hard_triplet_loss: Callable[..., Tensor]
    batch_hard_triplet_loss: Callable[..., Tensor]
    knn_classify: Callable[..., Tensor]
    nearest_mean_classify: Callable[..., Tensor]
    recall_at_k: Callable[..., float]
    mean_average_precision_at_r: Callable[..., float]
    train_epoch: Callable[..., float]
    pca: Callable[..., tuple[Tensor, Tensor, Tensor]]
