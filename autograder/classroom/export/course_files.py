"""The course's own files, as somebody receives them who grades with it somewhere else."""

from collections.abc import Iterator
from pathlib import Path

from exercises.given.errors import CourseError

from ...chapters import EXERCISE_CHAPTERS, ROOT
from ...stubs import stub_of

ROOT_FILES = ("LICENSE", "README.md", "constraints.txt", "pyproject.toml")
# Of exercises/ only what the course owns: the rest of it is a learner's.
FOLDERS = ("autograder", "exercises/given")
IMAGES = (".gz", ".zip")  # to grade takes none, and they are most of the course's bytes


def course_files() -> dict[str, bytes]:
    """Return the bytes of each file that installing and grading takes, by its path with "/".

    Stubs are as generated, not as somebody edited them. Raises CourseError where this is no whole
    course, as after an installation that left its folder behind.
    """
    names = [*ROOT_FILES, "exercises/__init__.py", "solutions/__init__.py"]
    names += [f"solutions/{chapter.stem}.py" for chapter in EXERCISE_CHAPTERS]
    try:
        files = {name: (ROOT / name).read_bytes() for name in names}
    except OSError as error:
        raise CourseError(
            f"{error.filename}: {error.strerror}. Run this in the course's own folder, installed "
            "with --editable as its README says."
        ) from error
    for folder in FOLDERS:
        for path in _own_files(ROOT / folder):
            files[path.relative_to(ROOT).as_posix()] = path.read_bytes()
    stubs = {chapter.stub: stub_of(chapter).encode() for chapter in EXERCISE_CHAPTERS}
    return {**files, **stubs}


def _own_files(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, less caches, images, and what is hidden."""
    for path in folder.iterdir():
        if path.name.startswith(".") or path.name == "__pycache__":
            continue
        if path.is_dir():
            yield from _own_files(path)
        elif path.suffix not in IMAGES:
            yield path
