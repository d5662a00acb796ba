"""The command line: `triplet check`, `triplet experiment`, `triplet book`."""

import contextlib
import json
import os
import secrets
import sys
from pathlib import Path

import click
from rich.console import Console

from exercises.given.device import CHOICES as DEVICES
from exercises.given.errors import CourseError

from .chapters import BOOK, EXERCISE_CHAPTERS, EXERCISES, SOLUTIONS, find_chapter
from .interruption import Interruption, end_in_order

DEFAULT_OUT = BOOK / "_results"
HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 88}

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="Folder with the four MNIST files. Default: MNIST_DIR, then the user's cache, then a "
    "download, then the 1,797 digits inside scikit-learn.",
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


@click.group(context_settings=HELP)
def cli() -> None:
    """A course on metric learning: read a chapter, fill in its stub, see what is right.

    \b
    First steps
      triplet check 4       check your chapter 4
      triplet experiment    train without a digit, then look for that digit
      triplet book          build the book with the numbers of a fresh run
    """


@cli.command(short_help="Check your stubs, all or one chapter.")
@click.argument("chapter", required=False)
@click.option("--solutions", is_flag=True, help="Check the reference solutions instead.")
@click.option("--seed", type=click.IntRange(min=0), help="Draw the same inputs as before.")
@click.option("--json", "as_json", is_flag=True, help="Print the records as JSON.")
def check(chapter: str | None, solutions: bool, seed: int | None, as_json: bool) -> None:
    """Check your stubs in exercises/, all of them or one CHAPTER ("4" or "ch04").

    Every run draws fresh inputs; the seed that it prints draws the same ones again. Exit code 0
    means that every check passed, 1 that some did not.
    """
    from .grade import grade_folder  # torch takes a second: --help should not wait for it
    from .terminal import show_records

    chapters = [find_chapter(chapter)] if chapter else EXERCISE_CHAPTERS
    seed = secrets.randbelow(10**6) if seed is None else seed
    records = grade_folder(SOLUTIONS if solutions else EXERCISES, seed, chapters)
    if as_json:
        click.echo(json.dumps([record.as_dict() for record in records], indent=2))
    else:
        show_records(Console(), records)
        again = f"triplet check {chapter or ''}".strip() + (" --solutions" if solutions else "")
        click.echo(f"The same inputs again: {again} --seed {seed}")
    if any(record.earned < record.points for record in records):
        raise SystemExit(1)


@cli.command(short_help="Train without a digit, then look for it.")
@click.option("--digit", default=0, show_default=True, help="The digit to leave out, 0 to 9.")
@click.option("--seed", default=0, show_default=True, help="Fixes every random number.")
@click.option("--steps", type=int, help="Training steps.  [default: 5000]")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEFAULT_OUT,
    help="Folder for results.json and the figures.  [default: book/_results]",
)
@data_option
@device_option
@mine_option
def experiment(
    digit: int,
    seed: int,
    steps: int | None,
    out: Path,
    data: Path | None,
    device: str,
    mine: bool,
) -> None:
    """Train without one digit, then measure how well that digit is found.

    Prints and writes Recall@1, 5-nearest-neighbour and nearest-mean accuracy for the seen
    digits, the unseen digit and each digit, in the pixels and in the embedding.
    """
    from .experiment import run

    run(digit=digit, seed=seed, steps=steps, out=out, data=data, device=device, mine=mine)


@cli.command(short_help="Build the book from a fresh run.")
@data_option
@device_option
@mine_option
def book(data: Path | None, device: str, mine: bool) -> None:
    """Build the book: grade, train, run the experiment, write every page from that run.

    Prints the page to open. The build is strict: a warning or a failing cell is an error.
    """
    from .book import build

    build(data=data, device=device, mine=mine)


def main() -> None:
    """Run the command line; every expected failure is one line and an exit code."""
    end_in_order()
    _make_output_printable()
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        _exit(error.exit_code)
    except CourseError as error:
        _exit(2, f"Error: {error}")
    except (click.Abort, KeyboardInterrupt):
        _exit(130, "Stopped. Nothing half-written was left behind.")
    except Interruption as interruption:
        _exit(interruption.exit_code, f"Stopped by {interruption}.")
    except BrokenPipeError:
        _exit(141)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _exit(1, f"Error: {where}{error.strerror or error}. Free or name another place, run again.")


def _make_output_printable() -> None:
    """Replace what an old console cannot show, instead of ending with an encoding error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _exit(code: int, line: str = "") -> None:
    # The terminal may be gone: then there is nobody to tell, and the exit code says it.
    with contextlib.suppress(OSError):
        if line:
            click.echo(line, err=True)
        sys.stdout.flush()
    if code in (129, 141):
        # Python would print a traceback when it flushes a closed terminal at its end.
        os._exit(code)
    sys.exit(code)
