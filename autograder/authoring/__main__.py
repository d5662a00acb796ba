"""`python -m autograder.authoring`: whether the exercises and their mistakes are in order."""

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from exercises.given.errors import CourseError

from ..chapters import Chapter, find_chapter
from ..isolation.one_thread import think_with_one_thread

if TYPE_CHECKING:
    from .together import Tally

SEEDS = range(3)
HELP = {"help_option_names": ["-h", "--help"]}


@click.command(context_settings=HELP)
@click.argument("wanted", nargs=-1, metavar="[CHAPTER_OR_EXERCISE]...")
@click.option("--seed", default=0, show_default=True, help="Draws the inputs of the checks.")
@click.option(
    "--mutations",
    is_flag=True,
    help="Also grade small edits of the reference and of tests/accepted/. Takes minutes.",
)
@click.option("--pairs", is_flag=True, help="Also put every two mistakes together, 3 seeds.")
@click.option("--triples", metavar="N", default=0, help="Also put three together, N drawn sets.")
@click.option(
    "--breaks",
    is_flag=True,
    help="Search instead for the examples of triplet break that catch the most, and renew "
    "book/measured/breaks.json. A minute an exercise.",
)
def main(
    wanted: tuple[str, ...], seed: int, mutations: bool, pairs: bool, triples: int, breaks: bool
) -> None:
    """Look at the misconceptions of every exercise, or of those that are named.

    Says which has no sentence, hint or section of the page as it should be; which is not caught by
    its checks, or not named by its own id (the kill matrix); which has no wrong submission in
    tests/wrong/, or one that is named otherwise; and which two could change places unseen. An
    exercise takes a few seconds. Exit code 1 if there is anything to mend.
    """
    think_with_one_thread()
    if breaks:
        renew_breaks(wanted, seed)
        return
    from .mutations import graded_mutations
    from .review import review
    from .submissions import right_folders
    from .together import drawn, sets_together, tally_of

    found = 0
    for chapter, name in chosen(wanted):
        problems = list(review(chapter, name, seed))
        found += len(problems)
        click.echo(f"{name} (chapter {chapter.number}): {'in order' if not problems else ''}")
        for problem in problems:
            click.echo(f"  {problem}")
        if mutations:
            for folder in right_folders():
                graded = graded_mutations(folder, chapter, name, SEEDS[:2])
                for line in [*graded.lines, f"{folder.name}: {graded}"]:
                    click.echo(f"  {line}")
        if pairs:
            show("pairs", tally_of(chapter, name, sets_together(chapter, name, 2), SEEDS))
        if triples:
            sets = drawn(sets_together(chapter, name, 3), triples, seed)
            show("triples", tally_of(chapter, name, sets, [seed]))
    if found:
        raise SystemExit(1)


def renew_breaks(wanted: Iterable[str], seed: int) -> None:
    """Search for the best examples of the exercises that are named, or of all."""
    from ..breaks.asked import asked_of
    from ..breaks.best_known import PLACE
    from .break_search import write_table

    asked = [one for text in wanted or [""] for one in asked_of(text)]
    write_table(PLACE, asked, seed=seed, tell=click.echo)
    click.echo(f"Wrote {PLACE}")


def show(what: str, tally: "Tally") -> None:
    """Print what mistakes that are there together are named."""
    for line in tally.shown:
        click.echo(f"  {line}")
    click.echo(f"  {what}: {tally}")


def chosen(wanted: Iterable[str]) -> Iterator[tuple[Chapter, str]]:
    """Yield the exercises that are meant, each with its chapter; all if none is named."""
    from ..grading.checks import chapters_by_name, names_of

    chapters = chapters_by_name()
    for one in wanted or chapters:
        if one in chapters:
            yield chapters[one], one
        else:
            chapter = find_chapter(one)
            yield from ((chapter, name) for name in names_of(chapter))


if __name__ == "__main__":
    try:
        main()
    except CourseError as error:
        sys.exit(f"Error: {error}")
