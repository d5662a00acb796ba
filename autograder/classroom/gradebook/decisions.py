"""What a person decided, once more beside the gradebook: it can be typed again by nobody else.

A line of JSON for each adjustment, with the digest of its row. Lines are only ever added.
"""

import json
import os
from dataclasses import asdict, astuple, fields
from pathlib import Path
from typing import BinaryIO

from .columns import digest_of, is_whole
from .durable import sync_folder
from .rows import Adjustment

FILE = "adjustments.jsonl"


def append(folder: Path, adjustment: Adjustment) -> None:
    """Add an adjustment; it is on the disk when the call returns. Raises OSError."""
    path = folder / FILE
    is_new = not path.exists()
    line = json.dumps({**asdict(adjustment), "digest": digest_of(astuple(adjustment))})
    with path.open("ab+") as file:
        start = "" if _is_at_start_of_line(file) else "\n"
        file.write(f"{start}{line}\n".encode())
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        sync_folder(folder)


def read(folder: Path) -> list[Adjustment]:
    """Return the adjustments whose line is whole, in the order they were made. Raises OSError."""
    path = folder / FILE
    if not path.exists():
        return []
    lines = (_adjustment(line) for line in path.read_bytes().split(b"\n"))
    found = {one.number: one for one in lines if one is not None}
    return [found[number] for number in sorted(found)]


def _adjustment(line: bytes) -> Adjustment | None:
    """Return what a line says; None for one that was cut off or changed."""
    try:
        row = json.loads(line)
        values = [row[field.name] for field in fields(Adjustment)]
        digest = row["digest"]
    # RecursionError: a line of nothing but brackets.
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return Adjustment(*values) if is_whole(values, digest, Adjustment) else None


def _is_at_start_of_line(file: BinaryIO) -> bool:
    """Return whether the next byte begins a line; it does not where the last one was cut off."""
    if file.seek(0, os.SEEK_END) == 0:
        return True
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"
