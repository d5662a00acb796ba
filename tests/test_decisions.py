"""What a person decided is in two places before it is acknowledged, and comes back from either."""

import errno
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from autograder.classroom.gradebook import FILE, Adjustment, Gradebook, GradebookError, decisions
from autograder.classroom.gradebook.repair import open_gradebook


def _decide(folder: Path, comment: str) -> Adjustment:
    with open_gradebook(folder) as book:
        return book.adjust("ada", "one", 2.5, comment, "teacher", "now")


def test_acknowledged_decision_is_in_both(tmp_path: Path) -> None:
    made = _decide(tmp_path, "é 字")
    assert decisions.read(tmp_path) == [made]
    with Gradebook(tmp_path) as book:
        assert book.adjustments() == [made]
    (line,) = (tmp_path / decisions.FILE).read_text(encoding="ascii").splitlines()
    assert json.loads(line)["comment"] == "é 字"


def test_decision_that_the_gradebook_lacks_is_put_back(tmp_path: Path) -> None:
    made = [_decide(tmp_path, comment) for comment in "abc"]
    (tmp_path / FILE).unlink()
    with open_gradebook(tmp_path) as book:
        assert book.adjustments() == made
        assert book.damaged == []


def test_decision_that_the_file_lacks_is_written_there(tmp_path: Path) -> None:
    made = [_decide(tmp_path, comment) for comment in "abc"]
    (tmp_path / decisions.FILE).unlink()
    open_gradebook(tmp_path).close()
    assert decisions.read(tmp_path) == made


@pytest.mark.parametrize("length", [1, 40, -1])
def test_torn_last_line_is_ignored_and_the_next_is_whole(tmp_path: Path, length: int) -> None:
    first = _decide(tmp_path, "first")
    path = tmp_path / decisions.FILE
    path.write_bytes(path.read_bytes() + path.read_bytes()[:-1][:length])
    assert decisions.read(tmp_path) == [first]
    second = _decide(tmp_path, "second")
    assert decisions.read(tmp_path) == [first, second]


def test_line_that_only_lacks_its_end_counts_and_is_not_run_into(tmp_path: Path) -> None:
    first = _decide(tmp_path, "first")
    path = tmp_path / decisions.FILE
    path.write_bytes(path.read_bytes()[:-1])
    assert decisions.read(tmp_path) == [first]
    assert decisions.read(tmp_path) + [_decide(tmp_path, "second")] == decisions.read(tmp_path)


@pytest.mark.parametrize(
    "line", [b"", b"\xff", b"[]", b"{}", b"null", b"[" * 100_000, b'{"number": "1"}']
)
def test_line_that_nobody_wrote_is_ignored(tmp_path: Path, line: bytes) -> None:
    first = _decide(tmp_path, "first")
    path = tmp_path / decisions.FILE
    path.write_bytes(line + b"\n" + path.read_bytes())
    assert decisions.read(tmp_path) == [first]


def test_changed_line_is_not_believed_and_the_loss_is_told(tmp_path: Path) -> None:
    made = [_decide(tmp_path, comment) for comment in "abc"]
    path = tmp_path / decisions.FILE
    path.write_bytes(path.read_bytes().replace(b'"b"', b'"x"'))
    (tmp_path / FILE).unlink()
    with open_gradebook(tmp_path) as book:
        assert book.adjustments() == [made[0], made[2]]
        assert book.damaged == ["adjustments: number 2 is lost"]


def test_decision_that_cannot_be_kept_twice_is_kept_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(decisions, "append", full)
    with pytest.raises(GradebookError, match="Free some space"):
        _decide(tmp_path, "a")
    with Gradebook(tmp_path) as book:
        assert book.adjustments() == []


def test_text_that_no_row_can_hold_is_in_neither(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        _decide(tmp_path, "\udcff")
    assert decisions.read(tmp_path) == []
    assert _decide(tmp_path, "a").number == 1


def test_number_of_a_decision_is_never_used_again(tmp_path: Path) -> None:
    _decide(tmp_path, "a")
    with closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
        connection.execute("DELETE FROM adjustments")
    # Not open_gradebook, which would put it back first.
    with Gradebook(tmp_path) as book:
        assert book.adjust("ada", "one", 1.0, "b", "teacher", "now").number == 2
    with open_gradebook(tmp_path) as book:
        assert [one.comment for one in book.adjustments()] == ["a", "b"]


def test_decision_is_on_the_disk_before_the_row_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    append = decisions.append

    def looking(folder: Path, adjustment: Adjustment) -> None:
        with closing(sqlite3.connect(folder / FILE)) as connection:
            seen.append(connection.execute("SELECT count(*) FROM adjustments").fetchone()[0])
        append(folder, adjustment)

    monkeypatch.setattr(decisions, "append", looking)
    _decide(tmp_path, "a")
    assert seen == [0]
