"""What trains: `triplet train`, `triplet experiment` and `triplet book`."""

import shlex
import sys
from pathlib import Path
from typing import Any

import click

from ..chapters import BOOK
from .options import data_option, device_option, mine_option, tensorboard_option
from .recipe_options import recipe_options

DEFAULT_ROTATION = Path("rotation")
DEFAULT_TRAINING = Path("run")
DEFAULT_OUT = BOOK / "_results"
# Not where the book looks: its pages hold the network of the default size.
DEFAULT_LONG = Path("long")
DEFAULT_ONE_SHOT = Path("one-shot")


def typed() -> str:
    """Return the command as it was typed, so that a record says how to run it again.

    Images that the environment names are named, too: elsewhere it names others, or none.
    """
    words = ["triplet", *sys.argv[1:]]
    context = click.get_current_context()
    if context.get_parameter_source("data") is click.core.ParameterSource.ENVIRONMENT:
        words += ["--data", context.params["data"]]
    return shlex.join(words)


def in_settings(recipe: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a recipe as `choose` takes them: a flag not set says nothing."""
    return {**recipe, "normalise": recipe["normalise"] or None}


@click.command(short_help="Train a network, and watch it learn.")
@click.option(
    "--unseen",
    multiple=True,
    metavar="NAME",
    help="The class to leave out, by its name; several times for several.  [default: the first]",
)
@click.option("--seed", default=0, show_default=True, help="Fixes every random number.")
@click.option("--steps", type=int, help="Training steps.  [default: 10000]")
@recipe_options
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEFAULT_TRAINING,
    show_default=True,
    help="Folder for what is written.",
)
@tensorboard_option
@data_option
@device_option
@mine_option
def train(
    unseen: tuple[str, ...],
    seed: int,
    steps: int | None,
    out: Path,
    data: str | None,
    device: str,
    mine: bool,
    tensorboard: bool,
    **recipe: Any,
) -> None:
    """Train once, by the course's recipe or by what you change of it.

    Writes what the training did, every 50 steps: record.csv, layers.csv for each layer, and
    run.json with all settings; the trained network; and a page with the curves and the verdict,
    index.html. Up to 1,000 training images are held out, and Recall@1 is measured on them. A
    training that you stop, or that fails, keeps its record and its page. Lay two side by side with
    triplet compare.
    """
    from exercises.given.data import load_images

    from ..experiments.run_one_training import train_once

    train_once(
        load_images(data),
        unseen=unseen,
        seed=seed,
        steps=steps,
        recipe=in_settings(recipe),
        out=out,
        device=device,
        mine=mine,
        command=typed(),
        tensorboard=tensorboard,
    )


@click.command(short_help="Train without a digit, then look for it.")
@click.option(
    "--unseen",
    multiple=True,
    metavar="NAME",
    help="The class to leave out, by its name; give it several times to leave out several.  "
    "[default: the first class, for MNIST the digit 0]",
)
@click.option("--digit", type=int, help="The same for digits: --digit 8 is --unseen 8.")
@click.option("--seed", default=0, show_default=True, help="Fixes every random number.")
@click.option("--steps", type=int, help="Training steps.  [default: 10000; with --long: 6000]")
@click.option(
    "--long",
    is_flag=True,
    help="Twice the channels, batches of hard images, the optimizer Muon, means over moved copies: "
    "a better embedding, after about a minute of training on two cores.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for what is written.  [default: book/_results; with --long: long; with --rotate: "
    "rotation; with --data omniglot: one-shot]",
)
@click.option("--rotate", is_flag=True, help="Leave out every class in turn, with several seeds.")
@click.option(
    "--seeds", default=5, show_default=True, type=click.IntRange(min=1), help="With --rotate."
)
@click.option(
    "--space",
    "spaces",
    multiple=True,
    default=("course", "pixels", "untrained"),
    show_default=True,
    help="With --rotate: what to compare; give it several times. Also: PCA-32, softmax, "
    "'random triplets', semi-hard, batch-all, batch-hard, oracle (which has seen every class).",
)
@click.option(
    "--four", is_flag=True, help="With --rotate: leave out four classes at once, each class twice."
)
@click.option(
    "--validation",
    is_flag=True,
    help="With --rotate: measure on images split off the training set; with --data omniglot, on an "
    "alphabet of the background. Tune with this alone.",
)
@click.option("--table", is_flag=True, help="Print every measure of every class as well.")
@click.option(
    "--background",
    type=click.Choice(["small1", "small2", "both"]),
    help="With --data omniglot: the alphabets to learn from.  [default: small1]",
)
@recipe_options
@tensorboard_option
@data_option
@device_option
@mine_option
def experiment(
    unseen: tuple[str, ...],
    digit: int | None,
    seed: int,
    steps: int | None,
    long: bool,
    out: Path | None,
    rotate: bool,
    seeds: int,
    spaces: tuple[str, ...],
    four: bool,
    validation: bool,
    table: bool,
    background: str | None,
    tensorboard: bool,
    data: str | None,
    device: str,
    mine: bool,
    **recipe: Any,
) -> None:
    """Train without one digit, then measure how well that digit is found.

    Prints what was found of the unseen digit: in the pixels, in the embedding of an untrained
    network, and in that of the trained one. Writes, and prints with --table, the nearest-mean and
    5-nearest-neighbour accuracy, MAP@R and Recall@1 of the unseen digit, of the seen ones and of
    each; index.html shows all of it, with the map, the curves and the verdict on the training. With
    --data it does so for the classes of other images.

    With --rotate it leaves out each class in turn, and writes a table of every value
    (rotation.csv) and a summary with intervals (rotation.json). Each training keeps its record and
    its page in the folder trainings; index.html has a row for each, with its verdict, and leads to
    it. Stop it at any moment and run it again: it goes on, and loses one run at most.

    With --data omniglot it trains on characters of five alphabets, and answers the 400 published
    questions about alphabets that it has never met: which of twenty characters is this one, with
    one example of each? The table has the answers of pixels, of the ink's modified Hausdorff
    distance, and of the untrained network beside its own; one_shot.json has every value.
    """
    if data == "omniglot" and not rotate:
        require_no_others(
            unseen=unseen, digit=digit, long=long, table=table, tensorboard=tensorboard
        )
        from ..experiments.run_unseen_alphabets import run as run_one_shot

        run_one_shot(
            background=background or "small1",
            validation=validation,
            seed=seed,
            steps=steps,
            out=out or DEFAULT_ONE_SHOT,
            device=device,
            mine=mine,
            recipe=in_settings(recipe),
            command=typed(),
        )
        return
    if background:
        raise click.UsageError("--background is of --data omniglot.")
    if digit is not None:
        unseen = (*unseen, str(digit))
    if rotate and unseen:
        raise click.UsageError("--rotate leaves out every class in turn: name none.")
    if rotate and tensorboard:
        raise click.UsageError("--tensorboard is of one run, and --rotate makes many.")
    from exercises.given.data import load_images

    images = load_images(data)
    if rotate:
        from ..experiments.run_rotation import rotate as rotate_classes

        rotate_classes(
            images,
            spaces=spaces,
            seeds=seeds,
            four_at_once=four,
            validation=validation,
            steps=steps,
            long=long,
            out=out or DEFAULT_ROTATION,
            device=device,
            mine=mine,
            recipe=in_settings(recipe),
            command=typed(),
        )
        return
    from ..experiments.run_unseen_class import run

    out = out or (DEFAULT_LONG if long else DEFAULT_OUT)
    run(
        images,
        unseen=unseen,
        seed=seed,
        steps=steps,
        long=long,
        out=out,
        device=device,
        mine=mine,
        recipe=in_settings(recipe),
        command=typed(),
        table=table,
        tensorboard=tensorboard,
    )


def require_no_others(**options: Any) -> None:
    """Raise UsageError for an option that says nothing where every class is unseen."""
    for name, value in options.items():
        if value not in (None, False, ()):
            raise click.UsageError(f"--{name} is not of --data omniglot without --rotate.")


@click.command(short_help="Build the book from a fresh run.")
@data_option
@device_option
@mine_option
def book(data: str | None, device: str, mine: bool) -> None:
    """Build the book: grade, train, run the experiment, write every page from that run.

    Prints the page to open. The build is strict: a warning or a failing cell is an error.
    """
    from ..publishing.build import build

    build(data=data, device=device, mine=mine, command=typed())
