"""Write a made-up class: the submissions, the roster, and what was planted."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from exercises.given.errors import CourseError
from exercises.given.files import replacing_folder

from .given_out import GivenOut, Row
from .made_up_work import ABSENT, ATTACK, LATE, MISTAKE, NOT_STARTED, SPOILED, MadeUpWork

SUBMISSIONS = "submissions"
PLANTED = "planted.csv"
COLUMNS = ("student", "name", "kind", "chapter", "exercise", "what")
RIGHT = "right"
TOLD = {
    RIGHT: "with everything right and in time",
    MISTAKE: "with a mistake or more",
    NOT_STARTED: "with a chapter not started",
    LATE: "late",
    ABSENT: "absent",
    SPOILED: "with a broken file",
    ATTACK: "hostile",
}


def write_class(folder: Path, works: Iterable[MadeUpWork], layout: GivenOut) -> Counter[str]:
    """Write a class of works, and return how many people have each kind of thing planted.

    Nothing is left of a class that is not finished. Raises CourseError for a folder in use.
    """
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise CourseError(f"{folder}: is not empty. Name a new folder for the class.")
    counts: Counter[str] = Counter()
    with (
        replacing_folder(folder, PLANTED) as fresh,
        _table(fresh / layout.roster, layout.mark) as roster,
        _table(fresh / PLANTED) as planted,
    ):
        (fresh / SUBMISSIONS).mkdir()
        roster.writerows(layout.head())
        planted.writerow(COLUMNS)
        for work in works:
            _write_files(fresh / SUBMISSIONS, work, layout)
            roster.writerow(layout.row(work))
            planted.writerows(_planted(work, layout))
            counts.update({one.kind for one in work.planted} or {RIGHT})
        roster.writerows(layout.tail())
    return counts


@contextmanager
def _table(path: Path, mark: str = "") -> Iterator[Any]:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(mark)
        yield csv.writer(file, lineterminator="\n")


def _write_files(folder: Path, work: MadeUpWork, layout: GivenOut) -> None:
    for place, (name, content) in enumerate(sorted(work.files.items())):
        path = folder / layout.path(work, place, name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


def _planted(work: MadeUpWork, layout: GivenOut) -> Iterator[Row]:
    for one in work.planted:
        key = layout.key(work.person)
        yield key, work.person.name, one.kind, one.chapter, one.exercise, one.what


def in_words(students: int, counts: Counter[str]) -> str:
    """Return how large a class is, and how many people have what, as one sentence."""
    parts = [f"{counts[kind]} {words}" for kind, words in TOLD.items() if counts[kind]]
    return f"{students} student{'s' * (students != 1)}: {', '.join(parts)}"
