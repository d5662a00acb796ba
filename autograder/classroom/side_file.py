"""Files beside the gradebook, for what is read again from what was handed in if it is lost.

A grade has to be there whatever happens. These need not: a file that cannot be read is begun anew.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path


@contextlib.contextmanager
def open_side_file(path: Path, schema: str, to_write: bool = False) -> Iterator[sqlite3.Connection]:
    """Open a file, or an empty one in memory where it cannot be read or is not to be written."""
    place = str(path) if to_write or path.exists() else ":memory:"
    try:
        connection = _opened(place, schema)
    except sqlite3.Error:
        if to_write:
            with contextlib.suppress(OSError):
                path.unlink()
        try:
            connection = _opened(place if to_write else ":memory:", schema)
        except sqlite3.Error:
            connection = _opened(":memory:", schema)
    with closing(connection):
        yield connection


def _opened(place: str, schema: str) -> sqlite3.Connection:
    connection = sqlite3.connect(place, isolation_level=None)
    connection.text_factory = lambda text: text.decode(errors="replace")
    try:
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("damaged")
        # A row is written or read once: a cache of 256 kB is enough, however large the class.
        connection.executescript(f"PRAGMA synchronous = OFF;\nPRAGMA cache_size = -256;\n{schema}")
    except BaseException:
        connection.close()
        raise
    return connection
