"""`triplet certificate`: a page to keep, once every chapter passes."""

from pathlib import Path

import click

from ..chapters import BOOK


@click.command(short_help="Write a page to keep, once every chapter passes.")
@click.option(
    "--run",
    type=click.Path(path_type=Path, file_okay=False),
    default=BOOK / "_results",
    show_default="book/_results",
    help="The folder of your experiment: triplet experiment --mine",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("certificate.html"),
    show_default=True,
    help="The page to write.",
)
def certificate(run: Path, out: Path) -> None:
    """Write your points, what your own network found of the class that it had never met, and its
    map, into one page without any link.

    It tells what was measured here, and makes no claim about who you are.
    """
    from ..learner.journal import Journal
    from ..publishing.certificate import write_certificate

    write_certificate(Journal.read(), run, out)
    click.echo(f"Written: {out}")
