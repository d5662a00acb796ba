"""What a learner types who has passed a chapter: three questions about the own file.

What a command needs it imports when it runs: --help should not wait a second for torch.
"""

import click

from exercises.given.errors import CourseError

from ..chapters import EXERCISES, find_chapter
from ..isolation.one_thread import think_with_one_thread
from .learner_commands import TRAINING, fresh_seed


@click.command(short_help="Answer three questions about your own code.")
@click.argument("chapter")
@click.option("--exercise", metavar="NAME", help="Ask about this exercise of the chapter only.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    help="Ask the same questions again, as long as the file is the same.",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print the questions, the answers and what was right as JSON; the questions are then "
    "asked on standard error.",
)
def explain(chapter: str, exercise: str | None, seed: int | None, as_json: bool) -> None:
    """Ask three questions about your own file of CHAPTER ("4" or "ch04"), once it passes.

    What does your function return for this small batch? Which of these edits of your file still
    passes? Which mistake is this edit? The answers are found by running your file. Single keys: a
    to d answer, q quits; after each answer you read what came back.

    It shows how well you know what is in your file. It is no detector of cheating.
    """
    think_with_one_thread()
    import json

    from rich.console import Console

    from ..grading.checks import names_of
    from ..isolation.launchers import best_launcher
    from ..learner.keys import awaited_keys
    from ..learner.questions.asking import ask_all, show_end
    from ..learner.questions.readiness import require_passed
    from ..learner.questions.recorded import recorded
    from ..learner.questions.three_questions import Questions

    found = find_chapter(chapter)
    names = names_of(found)
    if exercise and exercise not in names:
        raise CourseError(
            f"Chapter {found.number} has no exercise {exercise!r}. It has: {', '.join(names)}."
        )
    names = (exercise,) if exercise else names
    seed = fresh_seed() if seed is None else seed
    console, aside = Console(stderr=as_json), Console(stderr=True)
    with best_launcher(forking=True, training=found.stem == TRAINING) as launcher:
        graded = 0
        with aside.status("Checking your file ...") as status:

            def tell() -> None:
                nonlocal graded
                graded += 1
                status.update(f"Looking for questions: {graded} edits of your file graded ...")

            require_passed(launcher, EXERCISES, found, names, seed)
            questions = Questions(launcher, EXERCISES, found, names, seed, tell).three()
    if not questions:
        raise CourseError(f"Nothing can be asked about {found.stub} with certainty.")
    with awaited_keys() as next_key:
        answered = ask_all(console, questions, next_key)
    show_end(console, found, answered, seed)
    if as_json:
        click.echo(json.dumps(recorded(found, EXERCISES, seed, answered), indent=2))
