"""Give a damaged gradebook a new first page: without it SQLite finds nothing of all the others."""

import errno
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from .damage import beside, expected_tables, size_of, tables_in
from .salvage import lenient
from .store import FILE, Gradebook

PAGE = 4096  # bytes, SQLite's own choice
PAGES_IN_FILE = slice(28, 32)  # bytes of the header


def with_first_page(damaged: Path, spare: Path) -> Path:
    """Return the file itself if its first page can be read, else a mended copy in a spare folder.

    Every gradebook begins with the same tables in the same places. Should these have moved, what
    is read by the new page is no whole row, and nobody believes it.
    """
    try:
        is_right = _counts_its_pages(damaged) and _knows_its_tables(damaged)
        return damaged if is_right else _mended(damaged, spare)
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        return damaged  # a bad spot of the disk: it cannot be copied, but read around


def _counts_its_pages(path: Path) -> bool:
    """Return whether the header knows of all pages; SQLite reads none beyond."""
    if size_of(path) == 0:
        return False
    with path.open("rb") as file:
        header = file.read(PAGES_IN_FILE.stop)
    return int.from_bytes(header[PAGES_IN_FILE], "big") * PAGE >= size_of(path)


def _knows_its_tables(path: Path) -> bool:
    try:
        with closing(lenient(path)) as connection:
            return tables_in(connection) == expected_tables()
    except sqlite3.Error:
        return False


def _mended(damaged: Path, spare: Path) -> Path:
    Gradebook(spare / "fresh").close()
    page = bytearray((spare / "fresh" / FILE).read_bytes()[:PAGE])
    mended = spare / FILE
    mended.touch()  # there may be nothing left but the log
    for ending in ("", "-wal"):
        if beside(damaged, ending).exists():
            shutil.copyfile(beside(damaged, ending), beside(mended, ending))
    page[PAGES_IN_FILE] = (mended.stat().st_size // PAGE).to_bytes(4, "big")
    with mended.open("rb+") as file:
        file.write(page)
    return mended
