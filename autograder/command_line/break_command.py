"""`triplet break`: which mistakes do a learner's own examples catch."""

import click

from ..chapters import EXERCISES, SOLUTIONS
from ..isolation.one_thread import think_with_one_thread


@click.command("break", short_help="See which mistakes your own examples catch.")
@click.argument("wanted", required=False, metavar="[CHAPTER_OR_EXERCISE]")
@click.option("--all", "with_all", is_flag=True, help="Name every mistake, caught or not.")
@click.option("--solutions", is_flag=True, help="Take the course's own examples instead.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def break_command(wanted: str | None, with_all: bool, solutions: bool, as_json: bool) -> None:
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
    import json

    from rich.console import Console

    from ..breaks.asked import asked_of
    from ..breaks.breaks_file import NAME, read_breaks_file
    from ..breaks.judge import scores_of
    from ..breaks.show_breaks import as_dict, show_scores

    asked = asked_of(wanted or "")
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
