"""What a class of submissions could leave behind on this machine."""

from pathlib import Path

from autograder.isolation.privileges import FIRST_USER, USERS

PLACES = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108  where anybody may write
IPC = ("shm", "sem", "msg")


def zygotes() -> set[int]:
    """Return the processes that fork workers, and the workers: they have the same command line."""
    found = set()
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if b"autograder.isolation.zygote" in (place / "cmdline").read_bytes():
                found.add(int(place.name))
        except OSError:
            continue  # it has ended
    return found


def descendants(pid: int) -> set[int]:
    """Return the processes that a process has started, and those that these have."""
    found: set[int] = set()
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            found |= {child} | descendants(child)
    return found


def traces() -> dict[str, object]:
    """Return what there is of processes, descriptors, files, and memory that several share."""
    return {
        "processes": zygotes(),
        "descriptors": sum(1 for _ in Path("/proc/self/fd").iterdir()),
        "files": {str(path) for place in PLACES for path in _strangers_files(Path(place))},
        "shared": [Path(f"/proc/sysvipc/{kind}").read_text().count("\n") for kind in IPC],
    }


def _strangers_files(place: Path) -> list[Path]:
    """Return the files of the workers' own users, or of nobody else's tests where there are none."""
    users = range(FIRST_USER, FIRST_USER + USERS)
    return [path for path in place.iterdir() if path.lstat().st_uid in users]
