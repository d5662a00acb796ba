"""The options that say how to train, the same for every command that trains."""

from collections.abc import Callable
from typing import Any

import click


class Widths(click.ParamType):
    """Two numbers of channels, with a comma between them."""

    name = "widths"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        try:
            first, second = (int(one) for one in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r}: name the channels of two blocks, such as 16,32.", param, ctx)
        return first, second


OPTIONS = (
    click.option(
        "--loss",
        metavar="NAME",
        help="random, batch-all, semi-hard, batch-hard, or your own as module:function, which is "
        "called with embeddings and labels (and the margin, if you name one).  "
        "[default: batch-hard]",
    ),
    click.option(
        "--margin", type=float, help="The margin of the loss.  [default: 1; batch-hard: --soft]"
    ),
    click.option("--soft", is_flag=True, help="Batch-hard with the soft margin."),
    click.option(
        "--warm-up",
        type=float,
        metavar="SHARE",
        help="The share of the steps that batch-all takes first.  [default: 0.06 before "
        "batch-hard, else 0]",
    ),
    click.option("--optimizer", metavar="NAME", help="adamw, adam, sgd or muon.  [default: adamw]"),
    click.option(
        "--rate",
        type=float,
        help="The largest learning rate.  [default: 0.006; sgd and muon: 0.05]",
    ),
    click.option(
        "--schedule",
        metavar="NAME",
        help="How the rate changes: one-cycle, cosine, constant.  [default: one-cycle]",
    ),
    click.option(
        "--classes-per-batch",
        type=int,
        metavar="P",
        help="Classes in a batch.  [default: all, at most 10]",
    ),
    click.option(
        "--images-per-class",
        type=int,
        metavar="K",
        help="Images of each class in a batch.  [default: 4]",
    ),
    click.option(
        "--shift", type=int, metavar="PIXELS", help="Move images by as much.  [default: 1]"
    ),
    click.option(
        "--widths", type=Widths(), metavar="A,B", help="Channels of two blocks.  [default: 16,32]"
    ),
    click.option("--normalise", is_flag=True, help="Give every embedding the length one."),
)


def recipe_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command all of them; it takes them as `**recipe`, and hands that to `choose`."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command
