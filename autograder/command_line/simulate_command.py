"""What makes a class to look at before there is one: `triplet simulate`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

LAYOUTS = ("folders", "moodle", "canvas")
SHARE = click.FloatRange(0, 1)
Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def share_option(name: str, usual: float, of_what: str) -> Callable[[Decorated], Decorated]:
    """Return an option for a share from 0 to 1."""
    return click.option(
        name, type=SHARE, default=usual, show_default=True, metavar="SHARE", help=of_what
    )


@click.command(hidden=True, short_help="Make a class that does not exist.")
@click.argument("folder", metavar="CLASS_FOLDER", type=click.Path(path_type=Path))
@click.option(
    "--students",
    type=click.IntRange(min=1),
    default=200,
    show_default=True,
    help="How many are enrolled.",
)
@click.option(
    "--layout",
    type=click.Choice(LAYOUTS),
    default="folders",
    show_default=True,
    help="As which platform gives out what was handed in, and who is enrolled.",
)
@click.option(
    "--chapters",
    "wanted",
    multiple=True,
    metavar="CHAPTER",
    help="Hand in this chapter only; may be given again.  [default: all]",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="The same seed and options make the same class, byte for byte.",
)
@share_option("--mistakes", 0.3, "Exercises that have one mistake.")
@share_option("--two", 0.1, "Exercises that have two mistakes.")
@share_option("--not-started", 0.1, "Chapters that are the stub as it was.")
@share_option("--late", 0.1, "Students who hand in late; of folders only planted.csv tells.")
@share_option("--absent", 0.05, "Students who hand in nothing.")
@share_option("--broken", 0.02, "Students with a file that cannot be read, or is a notebook.")
@share_option("--hostile", 0.0, "Students whose code means harm; leave it to the grader to run.")
def simulate(
    folder: Path,
    students: int,
    layout: str,
    wanted: tuple[str, ...],
    seed: int,
    mistakes: float,
    two: float,
    not_started: float,
    late: float,
    absent: float,
    broken: float,
    hostile: float,
) -> None:
    """Make a class of people who do not exist, to see a report before term.

    CLASS_FOLDER, which has to be new or empty, then holds three things: what they handed in, the
    roster as the platform exports it, and planted.csv, which says what is wrong with whose work.
    The mistakes are those that the autograder knows, some common, most of them rare. A report names
    fewer: what builds on an exercise with a mistake waits for it, and of two mistakes one may hide
    the other. A SHARE is a number from 0 to 1.
    """
    import sys

    from rich.console import Console
    from rich.progress import track

    from ..classroom.simulate.given_out import LAYOUTS as WAYS_OUT
    from ..classroom.simulate.made_up_work import Shares, made_up_class
    from ..classroom.simulate.ways_to_write import ways_to_write
    from ..classroom.simulate.written_class import SUBMISSIONS, in_words, write_class
    from .class_commands import chosen_exercises

    shares = Shares(mistakes, two, not_started, late, absent, broken, hostile)
    chapters = chosen_exercises(wanted)
    ways = [ways_to_write(one, seed) for one in chapters]
    works = track(
        made_up_class(students, ways, shares, seed),
        "Writing",
        total=students,
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    out = WAYS_OUT[layout]
    counts = write_class(folder, works, out)
    click.echo(f"{folder}: {in_words(students, counts)}.")
    named = [f"--chapter {one.number}" for one in chapters] if wanted else []
    command = [
        *("triplet grade", _quoted(folder / SUBMISSIONS), "--roster", _quoted(folder / out.roster)),
        *("--out", _quoted(folder / "report"), *named),
    ]
    click.echo(f"Now run:\n  {' '.join(command)}")


def _quoted(path: Path) -> str:
    return f'"{path}"' if " " in str(path) else str(path)
