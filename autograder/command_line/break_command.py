"""`triplet break`: which mistakes do a learner's own examples catch."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..chapters import EXERCISES, SOLUTIONS
from ..isolation.one_thread import think_with_one_thread

if TYPE_CHECKING:
    from ..breaks.asked import Asked


@click.command("break", short_help="See which mistakes your own examples catch.")
@click.argument("wanted", required=False, metavar="[CHAPTER_OR_EXERCISE]")
@click.option("--all", "with_all", is_flag=True, help="Name every mistake, caught or not.")
@click.option("--solutions", is_flag=True, help="Take the course's own examples instead.")
@click.option(
    "--class",
    "submissions",
    type=click.Path(path_type=Path),
    metavar="SUBMISSIONS",
    help="For whoever teaches: look at a whole class, as triplet grade takes it, and name the "
    "mistakes that nobody catches. Nothing is graded.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def break_command(
    wanted: str | None, with_all: bool, solutions: bool, submissions: Path | None, as_json: bool
) -> None:
    """Say which mistakes your examples in exercises/breaks.py catch.

    You write no code of a solution, only inputs and what must come back, by hand: three examples
    an exercise, with six points in the plane at most. They are held against right
    implementations, which all have to agree with you, and against every wrong one that has a name.
    Two numbers are the same if they are within 0.001. The file is read, and never run.

    For all exercises of chapters 4 to 6, those of one chapter ("4"), or one ("triplet_loss").
    "best known" is what a search found for three examples. Exit code 0 means that yours catch as
    many in every exercise, 1 that they do not, or that one is wrong.
    """
    think_with_one_thread()
    from rich.console import Console

    from ..breaks.asked import asked_of
    from ..breaks.breaks_file import NAME, read_breaks_file
    from ..breaks.judge import scores_of
    from ..breaks.show_breaks import as_dict, show_scores

    asked = asked_of(wanted or "")
    if submissions:
        show_class(submissions, asked, as_json)
        return
    folder = SOLUTIONS if solutions else EXERCISES
    own = read_breaks_file(folder / NAME)
    scores = scores_of(asked, own)
    problems = own.problems_of("")
    if as_json:
        whole = [{"line": one.line, "says": one.says} for one in problems]
        found = {"problems": whole, "exercises": [as_dict(one) for one in scores]}
        click.echo(json.dumps(found, indent=2))
    else:
        show_scores(Console(), scores, problems, f"{folder.name}/{NAME}", with_all=with_all)
    if problems or not all(one.is_as_good_as_known for one in scores):
        raise SystemExit(1)


def show_class(submissions: Path, asked: "list[Asked]", as_json: bool) -> None:
    """Print what the examples of a class catch, and what nobody does."""
    import functools

    from rich.console import Console
    from rich.progress import track

    from ..classroom.class_breaks import look_at_class
    from ..classroom.intake.students import find_students
    from ..classroom.reports.class_breaks_terminal import show_class_breaks

    aside = Console(stderr=True)
    through = functools.partial(
        track, description="Reading", console=aside, transient=True, disable=not aside.is_terminal
    )
    found = look_at_class(find_students(submissions), asked, through)
    if as_json:
        unread = [{"student": name, "says": why} for name, why in found.unread]
        exercises = [one.as_dict() for one in found.exercises]
        whole = {"students": found.students, "unread": unread, "exercises": exercises}
        click.echo(json.dumps(whole, indent=2))
    else:
        show_class_breaks(Console(), found)
