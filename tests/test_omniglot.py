"""Omniglot as it was published: read whole, and refused in one line where it is anything else."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from exercises.given.data.load import load_images
from exercises.given.data.omniglot import PEOPLE, read_background, shrunk
from exercises.given.data.omniglot_files import FOLDER, SHA256, ink_of, opened
from exercises.given.data.omniglot_trials import read_trials
from exercises.given.errors import DataError


@pytest.mark.parametrize(
    ("names", "characters", "alphabets"), [(["small1"], 136, 5), (["small1", "small2"], 242, 8)]
)
def test_a_character_of_both_background_sets_comes_once(
    names: list[str], characters: int, alphabets: int
) -> None:
    found = read_background(*names)
    assert len(found) == characters
    assert len({name.rpartition("/")[0] for name in found}) == alphabets
    assert {ink.shape for ink in found.values()} == {(PEOPLE, 105, 105)}


def test_ink_is_where_the_published_picture_is_black() -> None:
    name = "images_background_small1/Greek/character01/0394_01.png"
    ink = ink_of(opened("images_background_small1.zip"), name)
    assert 0.02 < ink.mean() < 0.2  # strokes on an empty ground


def test_a_pixel_has_the_share_of_ink_of_what_it_covers() -> None:
    ink = np.zeros((1, 112, 112), bool)
    ink[0, :2, :4] = True  # half of the first of 28 x 28 squares of 4 x 4
    small = shrunk(ink)
    assert small.shape == (1, 28, 28)
    assert small[0, 0, 0] in (127, 128)
    assert small.sum() == small[0, 0, 0]


def test_omniglot_is_a_set_like_any_other() -> None:
    images = load_images("omniglot")
    assert images.train_images.shape == (242 * 15, 1, 28, 28)
    assert images.test_images.shape == (242 * 5, 1, 28, 28)
    assert images.find_class("Greek/01") == images.class_names.index("Greek/01")


def test_each_question_has_one_answer_among_twenty_examples() -> None:
    trials = read_trials()
    assert trials.examples.shape == trials.questions.shape == (20, 20, 105, 105)
    assert all(sorted(answers) == list(range(20)) for answers in trials.answers.tolist())


def test_an_answer_is_the_example_that_the_published_table_names() -> None:
    archive = opened("all_runs.zip")
    first = archive.read("run07/class_labels.txt").decode().split("\n")[4].split()
    trials = read_trials()
    asked, meant = trials.questions[6, 4], trials.examples[6, trials.answers[6, 4]]
    for ink, name in ((asked, first[0]), (meant, first[1])):
        with archive.open(name) as file, Image.open(file) as picture:
            assert np.array_equal(ink, ~np.asarray(picture))


@pytest.mark.parametrize("name", SHA256)
def test_an_archive_that_is_cut_short_is_named_in_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes((FOLDER / name).read_bytes()[:-100])
    with pytest.raises(DataError, match=rf"{name}: not the published file\. Expected SHA-256"):
        opened(name, tmp_path)


def test_an_archive_that_is_missing_is_named_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"all_runs\.zip: No such file .* Fetch it again\."):
        opened("all_runs.zip", tmp_path)


def test_an_archive_with_other_content_is_refused(tmp_path: Path) -> None:
    (tmp_path / "all_runs.zip").write_bytes((FOLDER / "images_background_small1.zip").read_bytes())
    with pytest.raises(DataError, match="not the published file"):
        opened("all_runs.zip", tmp_path)
