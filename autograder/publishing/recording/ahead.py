"""What the pages show of no run: it is recorded while the experiment runs."""

from pathlib import Path

import torch
from torch import nn

from exercises.given.book.pages import KILL_MATRIX
from exercises.given.data import load_images
from exercises.given.training.settings import Settings

from ...authoring.kill_matrix import write_matrix
from ...experiments.chosen_parts import reference_parts
from .networks import trained
from .replay import replay_of
from .scripts import FOLDER, write_script

COMPLETE = "complete.pt"


def record_ahead(folder: Path, data: str | None, settings: Settings, seed: int) -> None:
    """Write the kill matrix, two recorded trainings, and a network trained on all digits."""
    write_matrix(folder / KILL_MATRIX, seed)
    digits, parts = load_images(data), reference_parts().parts
    write_script(folder / FOLDER, "replay", replay_of(digits))
    torch.manual_seed(settings.seed)
    network = parts.SimpleMetricEmbedding()
    trained(network, digits.train_images, digits.train_labels, parts, settings)
    torch.save(network.cpu().state_dict(), folder / COMPLETE)


def complete_network(folder: Path) -> nn.Module:
    """Return the network that `record_ahead` has trained on all digits."""
    network: nn.Module = reference_parts().parts.SimpleMetricEmbedding()
    network.load_state_dict(torch.load(folder / COMPLETE, weights_only=True))
    return network
