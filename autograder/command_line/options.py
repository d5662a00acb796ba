"""Options that several commands take."""

import click

from exercises.given.training.device import CHOICES as DEVICES

data_option = click.option(
    "--data",
    metavar="NAME_OR_FOLDER",
    envvar="COURSE_DATA",
    show_envvar=True,
    help="Which images: mnist or omniglot, which are part of the course; fashion-mnist or kmnist, "
    "which are downloaded; a folder with four IDX files; or a folder of your own images, with a "
    "folder for each class.  [default: mnist]",
)
device_option = click.option(
    "--device",
    type=click.Choice(DEVICES),
    default="auto",
    show_default=True,
    help="Where to train and embed; auto takes CUDA, then MPS, then the CPU.",
)
mine_option = click.option(
    "--mine",
    is_flag=True,
    help="Use your own chapters from exercises/; the reference stands in, and is named, for a "
    "chapter that does not pass its checks yet.",
)
seed_option = click.option(
    "--seed", type=click.IntRange(min=0), help="Draw the same inputs as before."
)
seconds_option = click.option(
    "--seconds",
    type=click.FloatRange(min=0.1),
    default=10.0,
    show_default=True,
    help="How long a single check may take.",
)
tensorboard_option = click.option(
    "--tensorboard",
    is_flag=True,
    help="Write event files for TensorBoard as well, if it is installed.",
)
