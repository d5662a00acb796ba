"""What checks are worth is read from a file, and a mistake in it is named."""

from pathlib import Path

import pytest

from autograder.classroom.rubric import Rubric, default_rubric, read_rubric, rubric_text
from autograder.grading.checks import full_marks
from exercises.given.errors import CourseError


def _written(folder: Path, text: str) -> Path:
    path = folder / "rubric.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _first() -> tuple[str, str, str]:
    """Return the identity of a check, its chapter, and what a rubric calls it."""
    identity = next(iter(default_rubric().points))
    stem, name, title = identity.split(":", 2)
    return identity, stem, f"{name}: {title}"


def test_the_default_is_what_the_checks_say() -> None:
    assert default_rubric().total == full_marks() > 0
    assert min(default_rubric().points.values()) >= 1


def test_text_round_trips(tmp_path: Path) -> None:
    rubric = default_rubric()
    assert read_rubric(_written(tmp_path, rubric_text(rubric))) == rubric


@pytest.mark.parametrize("worth", [0.5, 0.0, 7, 1234567, 1 / 3])
def test_any_points_round_trip(tmp_path: Path, worth: float) -> None:
    rubric = Rubric(dict.fromkeys(default_rubric().points, worth))
    assert read_rubric(_written(tmp_path, rubric_text(rubric))) == rubric


def test_what_is_not_listed_keeps_its_points(tmp_path: Path) -> None:
    identity, stem, check = _first()
    rubric = read_rubric(_written(tmp_path, f'[{stem}]\n"{check}" = 2.5\n'))
    assert rubric.points == {**default_rubric().points, identity: 2.5}


def test_empty_file_changes_nothing(tmp_path: Path) -> None:
    assert read_rubric(_written(tmp_path, "")) == default_rubric()


@pytest.mark.parametrize("worth", ["-1", '"three"', "true", "[1]", "nan", "inf"])
def test_points_that_are_none_are_named(tmp_path: Path, worth: str) -> None:
    _, stem, check = _first()
    with pytest.raises(CourseError) as caught:
        read_rubric(_written(tmp_path, f'[{stem}]\n"{check}" = {worth}\n'))
    assert f"[{stem}]" in str(caught.value)
    assert check in str(caught.value)
    assert "rubric.toml" in str(caught.value)


def test_unknown_check_is_named(tmp_path: Path) -> None:
    _, stem, _ = _first()
    with pytest.raises(CourseError, match=rf'"no: such check" in \[{stem}\]'):
        read_rubric(_written(tmp_path, f'[{stem}]\n"no: such check" = 1\n'))


def test_unknown_chapter_is_named(tmp_path: Path) -> None:
    _, _, check = _first()
    with pytest.raises(CourseError, match=r"\[ch99\]"):
        read_rubric(_written(tmp_path, f'[ch99]\n"{check}" = 1\n'))


def test_points_outside_a_chapter_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="loose"):
        read_rubric(_written(tmp_path, "loose = 1\n"))


def test_text_that_is_no_toml_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="triplet rubric"):
        read_rubric(_written(tmp_path, "= ="))


def test_bytes_that_are_no_text_are_an_error_in_words(tmp_path: Path) -> None:
    path = tmp_path / "rubric.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(CourseError, match="triplet rubric"):
        read_rubric(path)


def test_missing_file_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="triplet rubric"):
        read_rubric(tmp_path / "none.toml")
