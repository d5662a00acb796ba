"""A damaged gradebook repairs itself: no row is believed that was not written, none decided lost."""

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from autograder.classroom.gradebook import FILE, Grade, Gradebook, GradebookError
from autograder.classroom.gradebook.damage import damage_of, is_damage
from autograder.classroom.gradebook.repair import open_gradebook
from autograder.classroom.rubric import Rubric
from autograder.classroom.scores import score_of
from tests.gradebooks import (
    GRADES,
    LOG,
    PAGE,
    STUDENTS,
    WRITTEN,
    content_of,
    files_of,
    fill,
    overwrite,
)
from tests.slow import first_of

CORRUPTIONS = 60


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a whole gradebook, closed, so that all of it is in the one file."""
    folder = tmp_path_factory.mktemp("whole")
    with Gradebook(folder) as book:
        fill(book)
    return folder


@pytest.fixture(scope="module")
def unclosed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder as a killed grader leaves it: half of the gradebook is in the log."""
    folder, copy = tmp_path_factory.mktemp("open"), tmp_path_factory.mktemp("killed") / "copy"
    with Gradebook(folder) as book:
        book.put([*STUDENTS, *GRADES[:600]])
    with Gradebook(folder) as book:
        fill(book)
        shutil.copytree(folder, copy)
    return copy


def _corrupt(path: Path, seed: int) -> str:
    rng = np.random.default_rng(seed)
    content = bytearray(path.read_bytes())
    if rng.random() < 0.25:
        length = int(rng.integers(len(content)))
        path.write_bytes(content[:length])
        return f"{path.name} cut at {length}"
    many = int(rng.integers(1, 65))
    start = int(rng.integers(len(content) - many))
    content[start : start + many] = rng.bytes(many)
    path.write_bytes(content)
    return f"{many} bytes of {path.name} at {start}"


def _sqlite_objects(folder: Path) -> bool:
    """Return whether SQLite itself finds the file damaged, on a copy, since looking changes it."""
    with tempfile.TemporaryDirectory() as place:
        for name, content in files_of(folder).items():
            (Path(place) / name).write_bytes(content)
        try:
            with closing(sqlite3.connect(Path(place) / FILE)) as connection:
                return connection.execute("PRAGMA quick_check").fetchone() != ("ok",)
        except sqlite3.Error:
            return True


@pytest.mark.parametrize("seed", first_of(range(CORRUPTIONS), 20))
def test_random_damage_makes_no_row_up_and_loses_no_decision(
    whole: Path, unclosed: Path, tmp_path: Path, seed: int
) -> None:
    kind = (whole, unclosed)[seed % 3 == 0]
    folder = tmp_path / "report"
    shutil.copytree(kind, folder)
    done = _corrupt(folder / (LOG if seed % 6 == 0 else FILE), seed)
    before, has_objection = files_of(folder), _sqlite_objects(folder)
    with open_gradebook(folder) as book:
        rows = [*book.students(), *book.grades()]
        print(f"seed {seed}, {done}: {len(rows)} of {len(WRITTEN)} rows left, {book.damaged}")
        found = len(book.damaged)
        assert set(rows) <= WRITTEN
        assert len(rows) == len(set(rows))
        with Gradebook(whole) as other:
            assert book.adjustments() == other.adjustments()
        assert book.fact("seed") in ("77", None)
        book.put([*STUDENTS, *GRADES])
        assert book.content() == content_of(whole)
        assert len(book.damaged) == found
    if has_objection or found:
        assert files_of(folder / "damaged-1") == before
    else:
        assert not (folder / "damaged-1").exists()
    with open_gradebook(folder) as book:
        assert book.damaged == []
        assert book.content() == content_of(whole)
    assert not (folder / "damaged-2").exists()


@pytest.mark.parametrize(
    ("first", "last", "least"), [(0, 1, 1230), (1, 2, 1230), (60, 62, 1200), (100, 101, 1200)]
)
def test_rows_outside_the_damaged_pages_are_saved(
    whole: Path, tmp_path: Path, first: int, last: int, least: int
) -> None:
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    overwrite(tmp_path, first * PAGE, bytes((last - first) * PAGE))
    with open_gradebook(tmp_path) as book:
        assert len([*book.students(), *book.grades()]) >= least


def test_file_that_was_cut_keeps_its_beginning_and_the_seed(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    os.truncate(tmp_path / FILE, (tmp_path / FILE).stat().st_size // 2)
    with open_gradebook(tmp_path) as book:
        assert len(list(book.grades())) > 400
        assert book.fact("seed") == "77"


@pytest.mark.parametrize("start", [16, 18, 28, 31, 59])
def test_wrong_byte_in_the_header_costs_nothing(whole: Path, tmp_path: Path, start: int) -> None:
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    old = (tmp_path / FILE).read_bytes()[start]
    overwrite(tmp_path, start, bytes([(old + 137) % 256]))
    with open_gradebook(tmp_path) as book:
        assert book.content() == content_of(whole)
        assert len(book.damaged) > 0


def test_log_whose_gradebook_is_gone_is_put_aside_and_read(unclosed: Path, tmp_path: Path) -> None:
    shutil.copytree(unclosed, tmp_path, dirs_exist_ok=True)
    (tmp_path / FILE).unlink()
    before = files_of(tmp_path)
    with open_gradebook(tmp_path) as book:
        assert len(list(book.grades())) >= 600
    assert files_of(tmp_path / "damaged-1") == before


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE grades SET status = 'passed' WHERE rowid = 7",
        "UPDATE grades SET student = 'ghost' WHERE rowid = 7",
        "UPDATE grades SET student = x'00ff' WHERE rowid = 7",
        "UPDATE grades SET observed = CAST(x'ff41' AS TEXT) WHERE rowid = 7",
        "UPDATE students SET student = 'ghost' WHERE rowid = 7",
        "UPDATE adjustments SET number = 99 WHERE number = 3",
        "DELETE FROM adjustments WHERE number = 3",
        "UPDATE facts SET value = 'x' WHERE name = 'seed'",
        "UPDATE facts SET value = 'x' WHERE name = 'version'",
        "ALTER TABLE grades RENAME TO gradet",
        "ALTER TABLE grades RENAME points TO pointt",
    ],
)
def test_changed_row_of_a_whole_file_is_graded_again(
    whole: Path, tmp_path: Path, change: str
) -> None:
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    with closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
        connection.execute(change)
    with open_gradebook(tmp_path) as book:
        assert len(book.damaged) > 0 or change.startswith("DELETE")
        assert set(book.students()) | set(book.grades()) <= WRITTEN
        book.put([*STUDENTS, *GRADES])
        assert book.content() == content_of(whole)
        assert book.fact("seed") in ("77", None)


def test_index_that_disagrees_with_its_table_is_damage(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    content = (tmp_path / FILE).read_bytes()
    # An entry of the index ends in the number of its row, behind the key: the table's does not.
    entry = content.index(b"s29ch02:Digits:39\x04") + 2
    overwrite(tmp_path, entry, b"8")
    with open_gradebook(tmp_path) as book:
        assert "index" in " ".join(book.damaged)
        assert book.content() == content_of(whole)


def test_whole_gradebook_is_left_as_it_is(whole: Path, unclosed: Path, tmp_path: Path) -> None:
    for folder in (whole, unclosed):
        copy = tmp_path / folder.name
        shutil.copytree(folder, copy)
        before = files_of(copy)
        assert damage_of(copy / FILE) == []
        assert files_of(copy) == before
        with open_gradebook(copy) as book:
            assert book.damaged == []
        assert not list(copy.glob("damaged*"))


def test_new_folder_gets_a_new_gradebook(tmp_path: Path) -> None:
    with open_gradebook(tmp_path / "a" / "b") as book:
        assert book.damaged == []
        assert list(book.grades()) == []


def test_gradebook_of_another_version_is_refused_and_left(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    with closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
        connection.execute("UPDATE facts SET value = '2' WHERE name = 'version'")
        connection.execute("ALTER TABLE grades ADD COLUMN more")
    with pytest.raises(GradebookError, match="another version"):
        open_gradebook(tmp_path)
    assert not list(tmp_path.glob("damaged*"))


def test_second_damage_is_put_aside_beside_the_first(whole: Path, tmp_path: Path) -> None:
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    for number in (1, 2):
        overwrite(tmp_path, 0, b"x" * number * 50)
        before = (tmp_path / FILE).read_bytes()
        open_gradebook(tmp_path).close()
        assert (tmp_path / f"damaged-{number}" / FILE).read_bytes() == before
    assert content_of(tmp_path) == content_of(whole)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_CORRUPT_INDEX, True),
        (sqlite3.SQLITE_NOTADB, True),
        (sqlite3.SQLITE_IOERR_READ, True),
        (sqlite3.SQLITE_IOERR_WRITE, False),
        (sqlite3.SQLITE_CANTOPEN, False),
        (sqlite3.SQLITE_BUSY, False),
    ],
)
def test_only_what_is_in_the_file_is_damage(code: int, expected: bool) -> None:
    error = sqlite3.OperationalError("x")
    error.sqlite_errorcode = code
    assert is_damage(error) is expected


def test_newest_decision_holds_though_the_clock_went_back(tmp_path: Path) -> None:
    with Gradebook(tmp_path) as book:
        book.adjust("s00", "one", 2.0, "first", "teacher", "2026-05-05T00:00:00+00:00")
        book.adjust("s00", "one", 5.0, "second", "teacher", "2001-01-01T00:00:00+00:00")
    overwrite(tmp_path, 0, bytes(PAGE))
    grades: list[Grade] = []
    with open_gradebook(tmp_path) as book:
        (check,) = score_of(grades, book.adjustments("s00"), Rubric({"one": 9.0})).checks
    assert (check.earned, check.comment) == (5.0, "second")
