"""`triplet compare`: two runs side by side."""

from pathlib import Path

import click

RUN_FOLDER = click.Path(path_type=Path)


@click.command(short_help="Lay two runs side by side.")
@click.argument("first", metavar="RUN", type=RUN_FOLDER)
@click.argument("second", metavar="RUN", type=RUN_FOLDER)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("compare.html"),
    show_default=True,
    help="The page to write. Only a page of two runs is overwritten.",
)
def compare(first: Path, second: Path, out: Path) -> None:
    """Compare two trainings, each by its folder: what triplet train or triplet experiment wrote.

    Prints what differs in their settings, how each ended, and both verdicts. Writes one page with
    the curves of both in the same axes.
    """
    from ..experiments.run_comparison import compare_runs

    compare_runs(first, second, out)
