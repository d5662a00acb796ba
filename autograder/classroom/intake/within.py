"""Keep one folder of each student's work, such as one assignment of nbgrader."""

from collections.abc import Iterable
from dataclasses import replace

from exercises.given.errors import CourseError

from .students import Source


def only_within(students: Iterable[Source], folder: str) -> list[Source]:
    """Return the students with what they have in a folder of that name, and only those.

    Raises CourseError if nobody has it.
    """
    kept = [
        replace(
            one,
            entries=[entry for entry in one.entries if folder in entry.folders],
            folders=[path / folder for path in one.folders if (path / folder).is_dir()],
        )
        for one in students
    ]
    there = [one for one in kept if one.entries or one.folders]
    if not there:
        raise CourseError(f"--within {folder}: no student has a folder of that name.")
    return there
