"""What learning platforms give out: whose it is, which file is graded, and what is left aside."""

import io
import json
import os
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from autograder.classroom.intake import students
from autograder.classroom.intake.students import Source, find_students
from autograder.classroom.submission import Submission
from exercises.given.errors import CourseError

STEM = "ch04_triplet_loss"
FILE = f"{STEM}.py"


def write(path: Path, content: bytes = b"x = 1\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def only(place: Path) -> Submission:
    (source,) = find_students(place)
    return source.read()


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def tarred(path: Path, *members: tarfile.TarInfo, content: bytes = b"") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for member in members:
            archive.addfile(member, io.BytesIO(content))
    return path


def reasons(submission: Submission) -> str:
    return "\n".join(f"{one.path}: {one.why}" for one in submission.left_aside)


def test_a_folder_for_each_student(tmp_path: Path) -> None:
    write(tmp_path / "ann" / FILE, b"ann")
    write(tmp_path / "bob" / "week 1" / FILE, b"bob")
    write(tmp_path / "bob" / "conftest.py")
    found = {one.student: one.read() for one in find_students(tmp_path)}
    assert {name: one.files for name, one in found.items()} == {
        "ann": {STEM: b"ann"},
        "bob": {STEM: b"bob"},
    }
    assert "conftest.py: its name says no chapter" in reasons(found["bob"])


def test_a_git_checkout_is_read_without_its_history(tmp_path: Path) -> None:
    write(tmp_path / "ann" / FILE)
    write(tmp_path / "ann" / ".git" / FILE)
    submission = only(tmp_path)
    assert submission.files == {STEM: b"x = 1\n"}
    assert ".git: is hidden" in reasons(submission)


def test_loose_files_belong_to_whom_their_name_says(tmp_path: Path) -> None:
    write(tmp_path / f"ann_{FILE}")
    write(tmp_path / "bob_ch05_triplet_mining.py")
    assert [(one.student, list(one.read().files)) for one in find_students(tmp_path)] == [
        ("ann", [STEM]),
        ("bob", ["ch05_triplet_mining"]),
    ]


def test_the_newest_upload_of_canvas_is_graded(tmp_path: Path) -> None:
    write(tmp_path / f"doejane_LATE_123_456_{STEM}.py", b"old")
    write(tmp_path / f"doejane_LATE_123_789_{STEM}-1.py", b"new")
    submission = only(tmp_path)
    assert submission.files == {STEM: b"new"}
    assert submission.learning_platform == {"canvas_id": "123", "late": "yes"}
    assert "is graded instead" in reasons(submission)


def test_a_folder_of_moodle(tmp_path: Path) -> None:
    write(tmp_path / "Jane Doe_12345_assignsubmission_file_" / FILE)
    (source,) = find_students(tmp_path)
    assert (source.name, source.learning_platform) == ("Jane Doe", {"moodle_id": "12345"})
    assert source.read().files == {STEM: b"x = 1\n"}


def test_a_zip_and_a_tar_for_each_student(tmp_path: Path) -> None:
    zipped(tmp_path / "ann.zip", {f"work/{FILE}": b"ann"})
    member = tarfile.TarInfo(FILE)
    member.size = 3
    tarred(tmp_path / "bob.tar.gz", member, content=b"bob")
    assert [one.read().files for one in find_students(tmp_path)] == [{STEM: b"ann"}, {STEM: b"bob"}]


def test_one_download_of_the_whole_class(tmp_path: Path) -> None:
    place = zipped(tmp_path / "class.zip", {f"ann/{FILE}": b"ann", f"bob/{FILE}": b"bob"})
    assert {one.student: one.read().files for one in find_students(place)} == {
        "ann": {STEM: b"ann"},
        "bob": {STEM: b"bob"},
    }


def test_of_a_notebook_the_code_cells_are_taken(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["no code"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "x = 1"]},
        {"cell_type": "code", "source": "!ls"},
    ]
    write(tmp_path / "ann" / f"{STEM}.ipynb", json.dumps({"cells": cells}).encode())
    assert only(tmp_path).files[STEM] == b"# %matplotlib inline\nx = 1\n\n# !ls"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"cells": [{}]}', b"\xff\xfe\x00"])
def test_a_damaged_notebook_is_a_trouble(tmp_path: Path, content: bytes) -> None:
    write(tmp_path / "ann" / f"{STEM}.ipynb", content)
    assert "no notebook" in only(tmp_path).troubles[STEM]


@pytest.mark.parametrize("content", [b"", b"\0", b"\xef\xbb\xbfx", "x = 1".encode("utf-16")])
def test_what_a_file_holds_is_not_judged_here(tmp_path: Path, content: bytes) -> None:
    write(tmp_path / "ann" / FILE, content)
    assert only(tmp_path).files == {STEM: content}


def test_a_file_beyond_all_measure_is_a_trouble(tmp_path: Path) -> None:
    write(tmp_path / "ann" / FILE, b"#" * (2 << 20))
    assert "at most 1 MiB" in only(tmp_path).troubles[STEM]


def test_a_zip_bomb_is_a_trouble(tmp_path: Path) -> None:
    zipped(tmp_path / "ann.zip", {FILE: b"0" * (64 << 20)})
    assert "at most 1 MiB" in only(tmp_path).troubles[STEM]


@pytest.mark.parametrize("name", [f"../{FILE}", f"/etc/{FILE}", f"..\\{FILE}", f"C:\\{FILE}"])
def test_a_path_out_of_the_archive_is_never_followed(tmp_path: Path, name: str) -> None:
    zipped(tmp_path / "class" / "ann.zip", {name: b"x"})
    submission = only(tmp_path / "class")
    assert submission.files == {}
    assert "leads out of the archive" in submission.troubles[STEM]
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE]
)
def test_a_member_that_is_no_file_is_a_trouble(tmp_path: Path, kind: bytes) -> None:
    member = tarfile.TarInfo(FILE)
    member.type, member.linkname = kind, "/etc/passwd"
    tarred(tmp_path / "ann.tar.gz", member)
    submission = only(tmp_path)
    assert submission.files == {}
    assert "not a file" in submission.troubles[STEM] or "link" in submission.troubles[STEM]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there, pipes do not exist")
def test_links_and_pipes_on_disk_are_not_opened(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret")
    for student in ("ann", "bob"):
        (tmp_path / "class" / student).mkdir(parents=True)
    (tmp_path / "class" / "ann" / FILE).symlink_to(secret)
    os.mkfifo(tmp_path / "class" / "bob" / FILE)
    troubles = [one.read().troubles[STEM] for one in find_students(tmp_path / "class")]
    assert "link" in troubles[0]
    assert "named pipe" in troubles[1]


def test_names_that_a_file_system_takes_for_one_stay_two_students(tmp_path: Path) -> None:
    names = {f"Ann/{FILE}": b"1", f"ann/{FILE}": b"2", f"an?n/{FILE}": b"3", f"an*n/{FILE}": b"4"}
    found: list[Source] = find_students(zipped(tmp_path / "class.zip", names))
    assert len({one.student.casefold() for one in found}) == len(names)


def test_where_nothing_is_to_be_graded_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="no such folder"):
        find_students(tmp_path / "missing")
    with pytest.raises(CourseError, match="no student's work"):
        find_students(tmp_path)
    with pytest.raises(CourseError, match="neither a zip nor a tar"):
        find_students(write(tmp_path / "class.zip", b"PK no zip"))


def test_a_download_that_is_cut_off_is_refused_and_loses_nobody(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "class.tar", "w") as archive:
        for student in ("ann", "bob"):
            member = tarfile.TarInfo(f"{student}/{FILE}")
            member.size = 2000
            archive.addfile(member, io.BytesIO(b"#" * 2000))
    whole = (tmp_path / "class.tar").read_bytes()
    place = write(tmp_path / "cut.tar", whole[:4500])
    with pytest.raises(CourseError, match="cannot be read to its end"):
        find_students(place)


def test_a_folder_that_wraps_the_whole_class_is_no_student(tmp_path: Path) -> None:
    files = {f"class/ann/{FILE}": b"ann", f"class/bob/{FILE}": b"bob"}
    found = find_students(zipped(tmp_path / "class.zip", files))
    assert [(one.student, one.read().files) for one in found] == [
        ("ann", {STEM: b"ann"}),
        ("bob", {STEM: b"bob"}),
    ]


def test_the_chapters_of_one_student_are_not_taken_for_a_class(tmp_path: Path) -> None:
    files = {f"ann/{FILE}": b"4", "ann/ch05_triplet_mining.py": b"5"}
    (ann,) = find_students(zipped(tmp_path / "class.zip", files))
    assert ann.student == "ann"
    assert set(ann.read().files) == {STEM, "ch05_triplet_mining"}


def test_an_archive_of_a_student_inside_that_of_the_class_is_opened(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {FILE: b"ann"}).read_bytes()
    place = zipped(tmp_path / "class.zip", {"ann/work.zip": inner, "bob.zip": inner})
    assert [(one.student, one.read().files) for one in find_students(place)] == [
        ("ann", {STEM: b"ann"}),
        ("bob", {STEM: b"ann"}),
    ]


def test_all_archives_of_a_student_share_one_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(students, "INFLATED_BYTES", 15_000)  # a tar of one short file has 10,240
    for number in range(2):
        member = tarfile.TarInfo(FILE)
        member.size = 1
        path = tmp_path / "ann" / f"{number}.tar.gz"
        tarred(path, member, content=b"1")
    submission = only(tmp_path)
    assert submission.files == {STEM: b"1"}
    assert "1.tar.gz: decompresses to more than" in reasons(submission)
