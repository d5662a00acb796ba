"""A repair that is killed, or finds no room and no right to write, loses nothing."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.classroom.gradebook import FILE, Gradebook, GradebookError, open_gradebook, repair
from tests.gradebooks import GRADES, LOG, PAGE, STUDENTS, content_of, files_of, fill, overwrite


class Killed(BaseException):
    """What stands for the end of the process: nothing in the code may catch it."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a whole gradebook, closed, so that all of it is in the one file."""
    folder = tmp_path_factory.mktemp("whole")
    with Gradebook(folder) as book:
        fill(book)
    return folder


# Each call that changes what is on the disk: a kill comes before one of these, or after.
STEPS = [
    (Path, "mkdir"),
    (Path, "replace"),
    (Path, "rename"),
    (Path, "unlink"),
    (Gradebook, "put"),
    (Gradebook, "close"),
    (repair, "keep_as"),
    (repair, "sync_folder"),
    (shutil, "rmtree"),
    (shutil, "copyfile"),
]


def _kill_before(patch: pytest.MonkeyPatch, steps: int) -> list[str]:
    """Let the process end before its next step but so many; return the list of those done."""
    done: list[str] = []

    def dying(name: str, call: Callable[..., object]) -> Callable[..., object]:
        def step(*values: object, **named: object) -> object:
            if len(done) == steps:
                raise Killed
            done.append(name)
            return call(*values, **named)

        return step

    for place, name in STEPS:
        patch.setattr(place, name, dying(name, getattr(place, name)))
    return done


def _small_damaged(folder: Path) -> dict[str, bytes]:
    """Leave a gradebook whose newest rows are in its log, and whose first page is damaged."""
    with Gradebook(folder / "made") as book:
        book.put([*STUDENTS[:3], *GRADES[:20]])
    with Gradebook(folder / "made") as book:
        book.put(GRADES[20:40])
        book.adjust("s00", "", 1.0, "", "teacher", "now")
        shutil.copytree(folder / "made", folder / "report")
    overwrite(folder / "report", 0, b"x" * 64)
    return files_of(folder / "report")


def _names(folder: Path) -> set[str]:
    """Return the names that are in a folder, but for those that come and go with a connection."""
    return {path.name for path in folder.iterdir()} - {LOG, f"{FILE}-shm"}


def _steps_of_a_repair(tmp_path: Path) -> Iterator[tuple[int, list[str], Path, dict[str, bytes]]]:
    """Kill a repair before its first step, before its second, and so on until it ends."""
    for number in range(1000):
        place = tmp_path / str(number)
        before = _small_damaged(place)
        with pytest.MonkeyPatch.context() as patch, contextlib.suppress(Killed):
            done = _kill_before(patch, number)
            open_gradebook(place / "report").close()
            return
        yield number, done, place / "report", before


def test_repair_that_is_killed_goes_on_to_the_same_end(tmp_path: Path) -> None:
    _small_damaged(tmp_path / "never killed")
    folder = tmp_path / "never killed" / "report"
    open_gradebook(folder).close()
    content, names = content_of(folder), _names(folder)
    killed = set()
    for number, done, report, before in _steps_of_a_repair(tmp_path):
        print(f"killed after {number} steps: {' '.join(done)}")
        killed.update(done)
        holders = (report, report / repair.PARTIAL, report / "damaged-1")
        assert any(place.exists() and files_of(place) == before for place in holders)
        open_gradebook(report).close()
        assert content_of(report) == content
        assert _names(report) == names
        assert files_of(report / "damaged-1") == before
    assert {"replace", "rename", "unlink", "keep_as", "put", "rmtree"} <= killed


@contextlib.contextmanager
def _as_nobody() -> Iterator[None]:
    """Give up the rights of root, whom permission bits do not bind."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(sys.platform == "win32", reason="a folder there is not made read-only by bits")
@pytest.mark.parametrize("is_damaged", [False, True])
def test_folder_that_is_read_only_is_an_error_in_words(whole: Path, is_damaged: bool) -> None:
    # Not tmp_path: nobody else may enter that.
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "report"
        shutil.copytree(whole, folder)
        if is_damaged:
            overwrite(folder, 0, b"x" * 64)
        before = files_of(folder)
        Path(place).chmod(0o755)
        (folder / FILE).chmod(0o444)
        folder.chmod(0o555)
        try:
            with _as_nobody(), pytest.raises(GradebookError, match="may write to"):
                open_gradebook(folder)
        finally:
            folder.chmod(0o755)
        assert files_of(folder) == before


# A limit on the size of files is a disk that is full, as far as a program can tell.
CHILD = """
import resource, sys
from pathlib import Path
from autograder.classroom.gradebook import GradebookError
from autograder.classroom.gradebook.repair import open_gradebook
from tests.gradebooks import GRADES, STUDENTS
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), -1))
try:
    with open_gradebook(Path(sys.argv[1])) as book:
        for number, student in enumerate(STUDENTS):
            book.put_student(student)
            book.put_grades(GRADES[40 * number : 40 * number + 40])
            print(number, flush=True)
            book.adjust(student.student, "", 1.0, "", "teacher", "now")
            print("decided", flush=True)
except GradebookError as error:
    print(error)
"""


def _on_a_full_disk(folder: Path, size: int) -> list[str]:
    command = [sys.executable, "-c", CHILD, str(folder), str(size)]
    root = Path(__file__).parent.parent
    return subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=root
    ).stdout.splitlines()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit on the size of files")
@pytest.mark.parametrize("size", [9_000, 300_000, 303_000])
def test_full_disk_costs_no_acknowledged_grade(tmp_path: Path, size: int) -> None:
    *told, error = _on_a_full_disk(tmp_path, size)
    print(told, error)
    assert "Free some space" in error
    students = [int(line) for line in told if line != "decided"]
    with open_gradebook(tmp_path) as book:
        assert book.damaged == []
        assert set(GRADES[: 40 * len(students)]) <= set(book.grades())
        assert len(book.adjustments()) >= told.count("decided")
        book.put([*STUDENTS, *GRADES])
        for number in range(len(book.adjustments()), 30):
            book.adjust(f"s{number:02}", "", 1.0, "", "teacher", "now")
        content = book.content()
    with Gradebook(tmp_path / "other") as book:
        book.put([*STUDENTS, *GRADES])
        for student in STUDENTS:
            book.adjust(student.student, "", 1.0, "", "teacher", "now")
        assert book.content() == content


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit on the size of files")
@pytest.mark.parametrize("size", [100_000, 560_000])
def test_full_disk_while_repairing_loses_nothing(whole: Path, tmp_path: Path, size: int) -> None:
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    overwrite(tmp_path, 60 * PAGE, bytes(PAGE))
    before = files_of(tmp_path)
    (error,) = _on_a_full_disk(tmp_path, size)
    assert "ree some space" in error
    assert files_of(tmp_path) == before
    with open_gradebook(tmp_path) as book:
        assert len(list(book.grades())) >= 1170
    assert files_of(tmp_path / "damaged-1") == before
