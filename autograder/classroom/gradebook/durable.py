"""Keep a file under a second name, and names on the disk."""

import contextlib
import os
import shutil
from pathlib import Path


def keep_as(path: Path, second: Path) -> None:
    """Keep what is in a file under a second name too."""
    try:
        # A second name takes no room, and needs no reading of what may be a bad spot of the disk.
        os.link(path, second)
    except OSError:
        shutil.copyfile(path, second)
        with second.open("rb+") as copy:
            os.fsync(copy.fileno())


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk, where the system can do that for a folder."""
    # Windows opens no folders.
    with contextlib.suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
