"""Watch the training of a study: on which images, and what the record says that the run was."""

import platform
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..data import ImageSet
from ..measuring.by_query import recall_at_1
from ..training.monitor import Monitor
from ..training.settings import MARGIN, Settings
from ..training.step_sizes import layers_of


def monitor_of(images: Tensor, labels: Tensor, rows: Tensor, settings: Settings) -> Monitor:
    """Return a monitor that measures Recall@1 on these rows of images (n, 1, h, w), labels (n,)."""
    margin = MARGIN if settings.margin is None else settings.margin
    return Monitor(images[rows], labels[rows], recall_at_1, margin)


def about_run(
    what: str,
    images: ImageSet,
    settings: Settings,
    network: nn.Module,
    *,
    trained_on: int,
    watched: int,
    watched_are_trained_on: bool,
) -> dict[str, Any]:
    """Return what the record of a run says of it, whoever's code it was."""
    parameters = {name: sum(one.numel() for one in own) for name, own in layers_of(network).items()}
    return {
        "what": what,
        "settings": {**asdict(settings), "rate": settings.peak_rate},
        "data": {
            "chosen": images.chosen,
            "source": images.source,
            "class_names": list(images.class_names),
            "unseen": list(images.names_of(settings.unseen)),
            "train_images": trained_on,
            "watched": {"images": watched, "trained on": watched_are_trained_on},
        },
        "network": {
            "parameters": parameters,
            "device": next(network.parameters()).device.type,
        },
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Return what the run depended on beside its settings."""
    return {
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "numpy": np.__version__,
        "system": f"{platform.system()} {platform.machine()}",
    }
