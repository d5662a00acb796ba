"""Train the network for which readers of chapter 10 draw their own character; keep it small.

python -m autograder.experiments.network_to_draw_for

Some five minutes. The book is built with what is kept, and trains nothing for it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click
import torch
from rich.console import Console
from torch import Tensor, nn
from torch.nn import functional as F

from exercises.given.data.characters import Characters, background_characters
from exercises.given.data.omniglot import BACKGROUNDS
from exercises.given.data.omniglot_trials import Trials, read_trials
from exercises.given.files import replacing
from exercises.given.studies.unseen_alphabets import ONE_SHOT, measured, train_on
from exercises.given.studies.watching import versions
from exercises.given.training.chosen_recipe import new_network
from exercises.given.training.embedding import embed
from exercises.given.training.settings import Settings, settings_from

from ..chapters import BOOK
from .chosen_parts import reference_parts
from .int8 import packed, unpacked
from .run_unseen_alphabets import backgrounds

PLACE = BOOK / "measured" / "network_to_draw_for.json"
BACKGROUND = "small1"
# How far down and to the right a drawing is moved, in pixels. A mean over these costs a browser
# five looks, and makes nearly as few mistakes as one over eight copies, turned and stretched.
PLACES = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))
NOTHING = Characters(torch.zeros(0, 1, 1, 28, 28), ())  # no alphabet for episodes


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--steps", type=click.IntRange(min=1), help="For a trial.  [default: the course's]")
@click.option("--out", type=click.Path(path_type=Path), default=PLACE, help="The file to renew.")
def main(steps: int | None, out: Path) -> None:
    """Train on five alphabets, keep the weights as bytes, and say what that costs."""
    kept = trained(replace(ONE_SHOT, steps=steps or ONE_SHOT.steps))
    with replacing(out) as temporary:
        temporary.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    for name, error in kept["errors"].items():
        Console().print(f"{name}: {100 * error:.2f} % wrong", highlight=False)


def trained(settings: Settings) -> dict[str, Any]:
    """Return a network as bytes, what it was made from, and its errors on the published questions.

    The errors are those of the page: with the weights as they were trained, and as bytes; and, to
    compare, of a single look at each drawing.
    """
    parts = reference_parts().parts
    learned, held_out = backgrounds(BACKGROUND, validation=False)
    network = new_network(parts, settings)
    seconds = train_on(learned, network, parts, settings)
    weights = packed(network)
    trials = read_trials()
    errors = {
        "float32": error_of(network, trials),
        "int8": error_of(network_of(weights, settings), trials),
        "float32, one look": error_of(network, trials, places=PLACES[:1]),
    }
    return {
        "settings": asdict(settings),
        "background": BACKGROUND,
        "alphabets": list(learned.by_alphabet()),
        "held_out": list(held_out.by_alphabet()),
        "versions": versions(),
        "seconds": seconds,
        "parameters": sum(one.numel() for one in network.parameters()),
        "errors": errors,
        "weights": weights,
    }


def read_kept() -> dict[str, Any]:
    """Return what the course keeps of the network."""
    kept: dict[str, Any] = json.loads(PLACE.read_text(encoding="utf-8"))
    return kept


def never_met(kept: dict[str, Any]) -> Characters:
    """Return the characters of the alphabets that the network was not trained on."""
    return background_characters(*BACKGROUNDS).only(kept["held_out"])


def kept_network(kept: dict[str, Any]) -> nn.Module:
    """Return the network that the file holds; its embeddings (n, dim) are of length one."""
    return network_of(kept["weights"], settings_from(kept["settings"]))


def network_of(weights: dict[str, dict[str, Any]], settings: Settings) -> nn.Module:
    network = new_network(reference_parts().parts, settings)
    network.load_state_dict(unpacked(weights))
    return network


def embed_places(
    network: nn.Module, images: Tensor, places: Sequence[tuple[int, int]] = PLACES
) -> Tensor:
    """Return the mean (n, dim) of the embeddings of images (n, 1, h, w), moved to these places."""
    padded = F.pad(images, (1, 1, 1, 1))  # (n, 1, 30, 30)
    height, width = images.shape[2:]
    moved = [
        padded[:, :, 1 - down : 1 - down + height, 1 - right : 1 - right + width]
        for down, right in places
    ]
    return torch.stack([embed(network, one) for one in moved]).mean(dim=0)


def error_of(
    network: nn.Module, trials: Trials, places: Sequence[tuple[int, int]] = PLACES
) -> float:
    """Return the share of wrong answers to the 400 questions."""
    found = measured(lambda images: embed_places(network, images, places), NOTHING, trials)
    error: float = found["questions"]["error"]
    return error


if __name__ == "__main__":
    main()
