"""Open a gradebook whatever has become of its file, and lose nothing that can still be read.

What is damaged is put aside, never thrown away. The old files stay where they are until a new
gradebook stands beside them under the name READY; from then on it takes their place. So a repair
that is killed is begun again before that instant, and brought to its end after it.
"""

import itertools
import shutil
import sqlite3
from pathlib import Path

from . import decisions
from .damage import beside, damage_of
from .durable import keep_as, sync_folder
from .first_page import with_first_page
from .salvage import plain_facts, whole_rows
from .store import FILE, Gradebook, GradebookError, in_words

READY = "gradebook.repaired"  # whole, and what it was made from is whole in PARTIAL or put aside
NEW = "gradebook.repairing"
PARTIAL = "damaged.partial"
ENDINGS = ("", "-wal", "-shm", "-journal")
ROWS_AT_A_TIME = 500


def open_gradebook(folder: Path) -> Gradebook:
    """Open the gradebook of a folder, after repairing it if it is damaged.

    What was found is in its list damaged. Only one may open a folder at a time. Raises
    GradebookError.
    """
    try:
        found = _repair(folder)
        gradebook = Gradebook(folder)
    except (OSError, sqlite3.Error) as error:
        raise in_words(folder / FILE, error) from error
    gradebook.damaged += found
    try:
        _reconcile(gradebook)
    except OSError as error:
        gradebook.close()
        raise in_words(folder / decisions.FILE, error) from error
    except BaseException:
        gradebook.close()
        raise
    return gradebook


def _repair(folder: Path) -> list[str]:
    """Replace a damaged gradebook by a new one; return what was found."""
    found: list[str] = []
    if not (folder / READY).exists():
        found = damage_of(folder / FILE)
        if not found:
            return []
        _make_ready(folder)
    return [*found, f"{FILE}: what it was is kept in {_put_in_place(folder)}"]


def _make_ready(folder: Path) -> None:
    """Make the new gradebook, up to the name that says it is whole."""
    partial, new = folder / PARTIAL, folder / NEW
    for leftover in (partial, new):
        if leftover.exists():
            shutil.rmtree(leftover)
    partial.mkdir()
    for ending in ENDINGS:
        if beside(folder / FILE, ending).exists():
            keep_as(beside(folder / FILE, ending), beside(partial / FILE, ending))
    sync_folder(partial)
    _copy_whole_rows(partial / FILE, new)
    (new / FILE).replace(folder / READY)
    sync_folder(folder)


def _copy_whole_rows(damaged: Path, folder: Path) -> None:
    with Gradebook(folder) as gradebook:
        source = with_first_page(damaged, folder / "spare")
        for name, value in plain_facts(source):
            gradebook.set_fact(name, value)
        rows = whole_rows(source)
        while portion := list(itertools.islice(rows, ROWS_AT_A_TIME)):
            gradebook.put(portion)
    # Closing moves all of it into the one file, and says nothing where the disk is too full.
    if beside(folder / FILE, "-wal").exists():
        raise GradebookError(
            f"{folder}: no room to repair the gradebook. Nothing is lost: free some space and run "
            "the same command again."
        )


def _put_in_place(folder: Path) -> str:
    """Let the new gradebook take the place of the old one; return where the old one is kept."""
    aside = _put_aside(folder)
    # First of all: SQLite would take an old log for a part of the new gradebook.
    for ending in ENDINGS[1:]:
        beside(folder / FILE, ending).unlink(missing_ok=True)
    if (folder / NEW).exists():
        shutil.rmtree(folder / NEW)
    sync_folder(folder)
    (folder / READY).replace(folder / FILE)
    sync_folder(folder)
    return aside


def _put_aside(folder: Path) -> str:
    numbers = itertools.count(1)
    free = next(number for number in numbers if not (folder / f"damaged-{number}").exists())
    if not (folder / PARTIAL).exists():
        return f"damaged-{free - 1}"  # done by a repair that was killed after it
    (folder / PARTIAL).rename(folder / f"damaged-{free}")
    sync_folder(folder)
    return f"damaged-{free}"


def _reconcile(gradebook: Gradebook) -> None:
    """Bring each decision to where it is missing, the gradebook or the file beside it."""
    kept = {one.number: one for one in gradebook.adjustments()}
    told = {one.number: one for one in decisions.read(gradebook.folder)}
    missing = [one for number, one in told.items() if number not in kept]
    if missing:
        gradebook.put(missing)
    for number in sorted(kept.keys() - told.keys()):
        decisions.append(gradebook.folder, kept[number])
    numbers = kept.keys() | told.keys()
    lost = set(range(1, max(numbers, default=0))) - numbers
    gradebook.damaged += [f"adjustments: number {number} is lost" for number in sorted(lost)]
