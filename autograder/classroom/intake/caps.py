"""Limits on what is read of a submission: what exceeds them is reported, and harms nobody."""

KIB, MIB = 1 << 10, 1 << 20

FILE_BYTES = 1 * MIB  # of a Python file, and of a notebook's code
NOTEBOOK_BYTES = 8 * MIB  # of a notebook with its pictures
ARCHIVE_BYTES = 64 * MIB  # of an archive inside an archive, which is held in memory
INFLATED_BYTES = 256 * MIB  # of all tar files that have to be decompressed, for one student
BULK_INFLATED_BYTES = 16 << 30  # the same for the download of a whole class
ARCHIVES = 10  # opened for one student
ENTRIES = 20_000  # files and folders listed, for one student's folder or archive
BULK_ENTRIES = 1_000_000  # the same for the download of a whole class
DEPTH = 12  # of nested folders
PATH_CHARACTERS = 1_000  # of a path inside an archive
LISTED = 100  # entries in the list of what was left aside


def in_words(count: int) -> str:
    """Return a number of bytes as readable text: "1 MiB", "1,048,577 bytes"."""
    for unit, name in ((MIB, "MiB"), (KIB, "KiB")):
        if count and count % unit == 0:
            return f"{count // unit:,} {name}"
    return f"{count:,} bytes"
