"""Make the table of characters never met: every background, several seeds, and each answer.

python -m autograder.experiments.one_shot_table

Five minutes for each training. What the table has already is kept, so that a run which was stopped
goes on.
"""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from torch import nn

from exercises.given.data.characters import Characters
from exercises.given.data.omniglot import BACKGROUNDS
from exercises.given.data.omniglot_trials import read_trials
from exercises.given.drawing.maps import tsne_map
from exercises.given.files import replacing
from exercises.given.studies.unseen_alphabets import (
    ONE_SHOT,
    embed_copies,
    few_shot,
    measured_by,
    pixels_of,
    train_on,
    without_training,
)
from exercises.given.studies.watching import versions
from exercises.given.training.chosen_recipe import new_network
from exercises.given.training.device import choose_device
from exercises.given.training.settings import Settings

from ..chapters import BOOK
from .chosen_parts import reference_parts
from .run_unseen_alphabets import CHOICES, backgrounds

PLACE = BOOK / "measured" / "one_shot.json"
SEEDS = 3
SHOWN = 12  # characters on the map
# What chapter 9 trains by, but for the batches: a digit's ten classes are fewer than these.
COURSE = Settings(unseen=(), classes_per_batch=ONE_SHOT.classes_per_batch)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--seeds", default=SEEDS, show_default=True, type=click.IntRange(min=1))
@click.option("--background", "wanted", type=click.Choice(CHOICES), multiple=True)
@click.option("--steps", type=click.IntRange(min=1), help="For a trial.  [default: the course's]")
@click.option("--out", type=click.Path(path_type=Path), default=PLACE, help="The file to renew.")
def main(seeds: int, wanted: tuple[str, ...], steps: int | None, out: Path) -> None:
    """Train on each BACKGROUND with so many SEEDS, and keep what is found of other alphabets.

    Once, on the first background, with the recipe of chapter 9 as well.
    """
    console = Console()
    table = kept(out, steps or ONE_SHOT.steps)
    for seed in range(seeds):
        for background in wanted or CHOICES:
            name = f"{background}, seed {seed}"
            if name in table["trainings"]:
                continue
            console.print(name, highlight=False)
            settings = replace(ONE_SHOT, seed=seed, steps=table["steps"])
            table["trainings"][name] = trained(background, settings)
            write(table, out)
            error = table["trainings"][name]["questions"]["error"]
            console.print(f"{name}: {100 * error:.1f} % wrong", highlight=False)
    if "course" not in table:
        console.print("The course's own recipe", highlight=False)
        table["course"] = trained(BACKGROUNDS[0], replace(COURSE, steps=steps or COURSE.steps))
        write(table, out)


def write(table: dict[str, Any], out: Path) -> None:
    with replacing(out) as temporary:
        temporary.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


def kept(place: Path, steps: int) -> dict[str, Any]:
    """Return the table as it is, and a new one where there is none or its recipe is another."""
    settings = json.loads(json.dumps(asdict(replace(ONE_SHOT, steps=steps))))
    if place.exists():
        table: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
        if table["settings"] == settings:
            return table
    return {
        "settings": settings,
        "steps": steps,
        "versions": versions(),
        "without_training": without_training(held_out_of(BACKGROUNDS[0]), read_trials()),
        "pixels": {one: few_shot(pixels_of, held_out_of(one)) for one in BACKGROUNDS},
        "trainings": {},
    }


def held_out_of(background: str) -> Characters:
    return backgrounds(background, validation=False)[1]


def trained(background: str, settings: Settings) -> dict[str, Any]:
    """Return what one training was made from, how long it took, and what it finds."""
    parts = reference_parts().parts
    learned, held_out = backgrounds(background, validation=False)
    network = new_network(parts, settings).to(choose_device(settings.device))
    trials = read_trials()
    untrained = measured_by(network, held_out, trials)
    seconds = train_on(learned, network, parts, settings)
    drawn = {"map": map_of(network, held_out)} if held_out.alphabets else {}
    return {
        "background": background,
        "seed": settings.seed,
        "seconds": seconds,
        "alphabets": list(learned.by_alphabet()),
        "held_out": list(held_out.by_alphabet()),
        "characters": len(learned.alphabets),
        "parameters": sum(one.numel() for one in network.parameters()),
        "untrained": untrained["questions"]["error"],
        **measured_by(network, held_out, trials),
        **drawn,
    }


def map_of(network: nn.Module, held_out: Characters) -> dict[str, Any]:
    """Return where t-SNE places the drawings of one alphabet that the network has never met.

    places (characters, people, 2), of the first characters of the first alphabet.
    """
    alphabet, images = next(iter(held_out.by_alphabet().items()))
    images = images[:SHOWN]  # (characters, people, 1, 28, 28)
    places = tsne_map(embed_copies(network, images.flatten(0, 1)).cpu(), seed=0)
    return {
        "alphabet": alphabet,
        "places": places.reshape(*images.shape[:2], 2).round(2).tolist(),
    }


if __name__ == "__main__":
    main()
