"""One's own images: IDX files of any content, and folders of image files of many kinds."""

import gzip

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from rich.console import Console

from autograder.experiments.chosen_parts import reference_parts
from autograder.experiments.result_tables import show_findings
from exercises.given.data import load_images
from exercises.given.data.image_set import ImageSet
from exercises.given.data.picture import read_picture
from exercises.given.errors import CourseError, DataError
from exercises.given.studies.unseen_class import run_experiment
from exercises.given.training.settings import Settings
from tests.drawings import CLASSES, PLACE, all_drawings
from tests.few_digits import few_digits, idx_bytes, write_few_digits

LABELS = "train-labels-idx1-ubyte.gz"
IMAGES = "train-images-idx3-ubyte.gz"


def rewrite(folder, name, array):
    (folder / name).write_bytes(gzip.compress(idx_bytes(array)))


@pytest.fixture
def idx_folder(tmp_path):
    return write_few_digits(tmp_path / "own", 300, 200)


# IDX files


def test_idx_files_of_any_content_need_no_checksum(idx_folder):
    images = load_images(idx_folder)
    digits = few_digits(300, 200)
    assert torch.equal(images.train_images, digits.train_images)
    assert torch.equal(images.test_labels, digits.test_labels)
    assert str(idx_folder) in images.source
    assert load_images(images.chosen).source == images.source


@pytest.mark.parametrize("name", ["train-labels.idx1-ubyte", "train-labels-idx1-ubyte"])
def test_plain_files_and_names_with_a_dot_are_read(idx_folder, name):
    (idx_folder / name).write_bytes(gzip.decompress((idx_folder / LABELS).read_bytes()))
    (idx_folder / LABELS).unlink()
    assert len(load_images(idx_folder).train_labels) == 300


def test_labels_up_to_255_are_classes_of_their_own(idx_folder):
    labels = few_digits(300, 200).train_labels.numpy().astype(np.uint8)
    rewrite(idx_folder, LABELS, 246 + labels)
    rewrite(
        idx_folder,
        "t10k-labels-idx1-ubyte.gz",
        246 + few_digits(300, 200).test_labels.numpy().astype(np.uint8),
    )
    images = load_images(idx_folder)
    assert images.classes == tuple(range(246, 256))
    assert images.find_class("255") == 255


def test_classes_have_the_names_of_a_text_file(idx_folder):
    names = ["zero", "eins", "二", "trois", "four", "five", "six", "seven", "eight", "nine"]
    (idx_folder / "classes.txt").write_text(
        "\ufeff" + "\r\n".join(names) + "\r\n", encoding="utf-8"
    )
    images = load_images(idx_folder)
    assert images.class_names == tuple(names)
    assert images.find_class("二") == 2


def test_too_few_or_equal_names_are_an_error_that_counts_them(idx_folder):
    (idx_folder / "classes.txt").write_text("a\nb\nb\n", encoding="utf-8")
    with pytest.raises(
        DataError, match=r"classes\.txt: found 3 names, 2 of them different.*0 to 9"
    ):
        load_images(idx_folder)


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        (IMAGES, np.zeros((300, 32, 30), np.uint8), r"train-images: found images of 32 x 30 pixels, expected 28 x 28"),
        (IMAGES, np.zeros((300, 784), np.uint8), r"00000803 \(unsigned bytes, 3 axes\), found 00000802 \(unsigned byte, 2 axes\)"),
        (LABELS, np.zeros(299, np.uint8), r"train-labels: found 299 labels, expected 300"),
    ],
)  # fmt: skip
def test_a_wrong_shape_or_count_names_the_file_and_both_numbers(idx_folder, name, array, message):
    rewrite(idx_folder, name, array)
    with pytest.raises(DataError, match=message):
        load_images(idx_folder)


def test_a_wrong_type_names_the_file_and_both_types(idx_folder):
    floats = bytes([0, 0, 13, 3]) + np.array([300, 28, 28], ">u4").tobytes()
    (idx_folder / IMAGES).write_bytes(floats + bytes(300 * 28 * 28 * 4))
    with pytest.raises(DataError, match=rf"{IMAGES}.*unsigned bytes, 3 axes.*0d03 \(float, 3 axes"):
        load_images(idx_folder)


def test_a_missing_file_names_the_four(idx_folder):
    (idx_folder / LABELS).unlink()
    with pytest.raises(DataError, match=r"no train-labels-idx1-ubyte\.gz.*Expected four files"):
        load_images(idx_folder)


def test_a_class_with_a_single_image_is_named(idx_folder):
    labels = np.arange(300).astype(np.uint8) % 10
    labels[0] = 77
    rewrite(idx_folder, LABELS, labels)
    with pytest.raises(DataError, match=r"The class '77' .* has 1 training images"):
        load_images(idx_folder)


def test_images_on_a_light_ground_are_inverted(idx_folder):
    digits = few_digits(300, 200)
    for half, pixels in (("train", digits.train_images), ("t10k", digits.test_images)):
        inverted = 255 - (pixels[:, 0] * 255).round().numpy().astype(np.uint8)
        rewrite(idx_folder, f"{half}-images-idx3-ubyte.gz", inverted)
    images = load_images(idx_folder)
    torch.testing.assert_close(images.train_images, digits.train_images)
    torch.testing.assert_close(images.test_images, digits.test_images)
    assert images.source.endswith("inverted")


# One image file


def drawing(size=(60, 60), ground=255, ink=0):
    """Return a cross on a ground, as a drawing program writes it."""
    image = Image.new("L", size, ground)
    pen = ImageDraw.Draw(image)
    width, height = size
    pen.line((width // 2, height // 5, width // 2, 4 * height // 5), ink, width // 8)
    pen.line((width // 5, height // 2, 4 * width // 5, height // 2), ink, width // 8)
    return image


def saved(image, path, **options):
    image.save(path, **options)
    return read_picture(path).astype(int)


def test_every_kind_of_file_gives_the_same_drawing(tmp_path):
    grey = drawing()
    expected = saved(grey, tmp_path / "grey.png")
    assert expected.shape == (28, 28)
    assert expected[14, 14] == 255
    assert expected[0, 0] == 0
    found = {
        "RGB": saved(grey.convert("RGB"), tmp_path / "rgb.png"),
        "1 bit": saved(grey.convert("1"), tmp_path / "bit.png"),
        "palette": saved(grey.convert("P"), tmp_path / "palette.png"),
        "16 bit": saved(Image.fromarray(np.asarray(grey, np.uint16) * 257), tmp_path / "wide.png"),
        "floats": saved(Image.fromarray(np.asarray(grey, np.float32) / 255), tmp_path / "f.tiff"),
        "CMYK": saved(grey.convert("CMYK"), tmp_path / "cmyk.tiff"),
        "JPEG": saved(grey, tmp_path / "grey.jpg", quality=95),
        "CMYK JPEG": saved(grey.convert("CMYK"), tmp_path / "cmyk.jpg", quality=95),
        "GIF": saved(grey, tmp_path / "grey.gif"),
        "WebP": saved(grey.convert("RGB"), tmp_path / "grey.webp", lossless=True),
        "BMP": saved(grey, tmp_path / "grey.bmp"),
        "inverted": saved(drawing(ground=0, ink=255), tmp_path / "dark.png"),
    }
    for kind, picture in found.items():
        assert np.abs(picture - expected).max() <= 12, kind


@pytest.mark.parametrize("ink", [0, 255])
def test_a_transparent_drawing_is_seen_whatever_its_ink(tmp_path, ink):
    opaque = drawing(ground=0, ink=255)
    image = Image.new("LA", opaque.size, (ink, 0))
    image.putalpha(opaque)
    found = saved(image, tmp_path / "clear.png")
    assert np.abs(found - saved(opaque, tmp_path / "dark.png")).max() <= 2


def test_the_aspect_is_kept_and_the_ground_fills_up(tmp_path):
    found = saved(drawing(size=(40, 80)), tmp_path / "high.png")
    assert found[:, :7].max() == 0
    assert found[:, 21:].max() == 0
    assert found[14, 14] == 255


def test_a_photograph_of_a_camera_on_its_side_stands_upright(tmp_path):
    image = Image.new("L", (80, 40), 0)
    image.paste(255, (0, 0, 20, 40))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise: what was left comes to the top
    found = saved(image, tmp_path / "side.jpg", exif=exif)
    assert found[3, 14] > 200
    assert found[24, 14] < 50


def test_a_large_photograph_is_read(tmp_path):
    found = saved(drawing(size=(6_000, 4_000)), tmp_path / "large.jpg")
    assert found[14, 14] > 200


# A folder of image files


def write_class(folder, name, count, shape):
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(len(name))
    for number in range(count):
        image = Image.new("RGB", (48, 40), (250, 240, 230))
        pen = ImageDraw.Draw(image)
        x, y = random.integers(4, 14, 2)
        getattr(pen, shape)((x, y, x + 22, y + 20), outline=(20, 30, 90), width=3)
        image.save(place / f"{number}.png")
    return place


@pytest.fixture
def shapes(tmp_path):
    folder = tmp_path / "shapes"
    for name, shape in (("round/circle", "ellipse"), ("box", "rectangle"), ("round/line", "line")):
        if shape == "line":
            place = folder / name
            place.mkdir(parents=True)
            for number in range(12):
                image = Image.new("L", (50, 50), 255)
                ImageDraw.Draw(image).line((number, 5, 45 - number, 45), 0, 4)
                image.save(place / f"{number}.png")
        else:
            write_class(folder, name, 12, shape)
    return folder


def test_each_folder_with_images_is_a_class_called_by_its_path(shapes):
    images = load_images(shapes)
    assert images.class_names == ("box", "round/circle", "round/line")
    assert images.train_images.shape == (27, 1, 28, 28)
    assert torch.bincount(images.test_labels).tolist() == [3, 3, 3]
    assert images.find_class("circle") == images.find_class("round/circle") == 1


def test_folders_that_all_classes_share_are_not_in_their_names(shapes, tmp_path):
    place = tmp_path / "outer"
    place.mkdir()
    shapes.rename(place / "data")
    assert load_images(place).class_names == ("box", "round/circle", "round/line")


def test_the_split_is_the_same_every_time(shapes):
    one, other = load_images(shapes), load_images(shapes)
    assert torch.equal(one.test_images, other.test_images)


def test_what_is_no_image_is_named_and_left_out(shapes, capsys):
    (shapes / "box" / "notes.txt").write_text("my boxes")
    whole = (shapes / "box" / "0.png").read_bytes()
    (shapes / "box" / "broken.png").write_bytes(whole[: len(whole) // 2])
    (shapes / "box" / "empty.png").write_bytes(b"")
    (shapes / "box" / ".DS_Store").write_bytes(b"litter")
    (shapes / "loose.png").write_bytes(whole)
    write_class(shapes, "rare", 2, "ellipse")
    images = load_images(shapes)
    said = capsys.readouterr().err
    for name in ("notes.txt", "broken.png", "empty.png", "loose.png"):
        assert f"{name} " in said
    assert "DS_Store" not in said
    assert "Left out: the class 'rare' has 2 images that can be read. It takes 8." in said
    assert images.class_names == ("box", "round/circle", "round/line")
    assert len(images.train_labels) + len(images.test_labels) == 36


def test_too_few_classes_say_what_was_found_and_how_a_folder_looks(tmp_path):
    write_class(tmp_path / "animals", "cat", 9, "ellipse")
    with pytest.raises(DataError, match=r"found 1 classes of 8 images.*animals/cat/1\.png"):
        load_images(tmp_path / "animals")


def test_a_class_called_like_a_group_is_refused(shapes):
    (shapes / "box").rename(shapes / "seen")
    with pytest.raises(DataError, match=r"is called 'seen'\. Rename it"):
        load_images(shapes)


# Classes by name


def named(*names):
    labels = torch.arange(len(names)).repeat(2)
    images = torch.zeros(len(labels), 1, 28, 28)
    return ImageSet(images, labels, images, labels, names, "a test", "a test")


def test_a_class_is_found_by_its_name_or_the_end_of_it():
    images = named("Greek/alpha", "Latin/a", "Latin/b", "Greek/b")
    assert images.find_class("Latin/b") == 2
    assert images.find_class("alpha") == 0
    assert images.find_class("greek/ALPHA") == 0
    with pytest.raises(CourseError, match="'b' may be any of Latin/b, Greek/b"):
        images.find_class("b")
    with pytest.raises(CourseError, match=r"no class 'Latin/c'.*Latin/[ab]"):
        images.find_class("Latin/c")


# The drawings of the book's page


def test_the_drawings_of_the_page_are_those_that_the_script_draws():
    for path, image in all_drawings():
        with Image.open(PLACE / path) as stored:
            found = np.asarray(stored.convert("RGB"), dtype=int)
        assert np.abs(found - np.asarray(image.convert("RGB"), dtype=int)).max() == 0, path


def test_a_drawing_that_nobody_met_lies_closer_to_its_kind_than_in_pixels(capsys):
    images = load_images(PLACE)
    star = images.find_class("star")
    settings = Settings(unseen=(star,), steps=100, device="cpu")
    outcome = run_experiment(images, reference_parts().parts, settings)
    shares = [space.map_at_r_by_class["star"] for space in (outcome.pixels, outcome.embedding)]
    assert shares[1] > shares[0]
    assert outcome.data["unseen"] == ["star"]
    assert set(outcome.embedding.recall_at_1) == {"all", "seen", "unseen", *CLASSES}
    show_findings(Console(width=80), outcome, table=True)
    said = capsys.readouterr().out
    assert "What became of star, never seen: 5 test images" in said
    assert "Trained without star" in said
    assert "star *" in said
    assert max(map(len, said.splitlines())) <= 80
