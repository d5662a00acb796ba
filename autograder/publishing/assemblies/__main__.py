"""Renew what the grader says of the combinations in the pages.

python -m autograder.publishing.assemblies            grade what has changed
python -m autograder.publishing.assemblies NAME ...   only these exercises
python -m autograder.publishing.assemblies --all      also what has not changed
"""

import sys

import click

from exercises.given.errors import CourseError

from ...isolation.one_thread import think_with_one_thread
from .renewing import renew


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--all", "all_anew", is_flag=True, help="Grade also what has not changed.")
def main(names: tuple[str, ...], all_anew: bool) -> None:
    """Grade every combination of book/assemblies/, and keep the words in book/measured/assemblies/.

    NAME is an exercise, such as triplet_loss; without one, all are looked at, and those are graded
    whose slots or whose grader have changed. A combination takes about a fifth of a second.
    """
    think_with_one_thread()
    try:
        renew(names, all_anew=all_anew)
    except CourseError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
