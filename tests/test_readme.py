"""The README: its pictures are there and say what they show, and it stays short."""

import re
from pathlib import Path

import pytest

from autograder.chapters import EXERCISE_CHAPTERS, ROOT
from tests.pictures import __main__ as pictures
from tests.pictures import first_page, watching
from tests.pictures.class_page import PEOPLE, handed_in
from tests.pictures.places import PICTURES, few_colours
from tests.pictures.watching import THEME, as_html
from tests.terminals import copy_of_course, plain

README = (ROOT / "README.md").read_text(encoding="utf-8")
MEGABYTES = 1.5
SCREEN = 46  # lines
SHORTEST_ALT = 60
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", README, re.M | re.S))
NAMED = re.findall(r'(?:src|srcset)="([^"]+)"', README)
PICTURED = re.findall(r"<picture>.*?</picture>", README, re.S)


@pytest.mark.parametrize("name", NAMED)
def test_a_picture_that_the_readme_names_is_there(name: str) -> None:
    assert (ROOT / name).is_file()


def test_every_picture_is_named_and_together_they_are_small() -> None:
    files = {path.relative_to(ROOT).as_posix(): path for path in PICTURES.iterdir()}
    assert set(files) == set(NAMED)
    assert sum(path.stat().st_size for path in files.values()) < MEGABYTES * 1_000_000


def test_the_readme_opens_with_a_picture_before_any_section() -> None:
    assert "<picture>" in README.split("\n## ")[0]


@pytest.mark.parametrize("picture", PICTURED)
def test_a_picture_says_in_words_what_it_shows(picture: str) -> None:
    [alt] = re.findall(r'alt="([^"]*)"', picture)
    assert len(alt) > SHORTEST_ALT


def test_a_page_or_a_terminal_is_pictured_for_light_and_dark_or_stands_still_if_asked_to() -> None:
    for picture in PICTURED:
        asked = "prefers-color-scheme: dark" if "-light." in picture else "prefers-reduced-motion"
        assert asked in picture


@pytest.mark.parametrize("door", ["For learners", "For instructors", "For maintainers"])
def test_a_door_is_at_most_a_screen(door: str) -> None:
    assert len(SECTIONS[door].strip().splitlines()) <= SCREEN


def test_the_two_first_commands_come_first() -> None:
    [first, *_] = re.findall(r"^```console\n(.*?)^```", README, re.M | re.S)
    assert first.splitlines() == ["make book", "make test"]


def test_the_readme_does_not_answer_the_puzzle_of_chapter_1() -> None:
    assert not re.search(r"without (?:the )?(?:digit )?(?:0\b|zero)", README)
    assert not re.search(r"digit 0\b|unseen (?:0\b|zero)", README)


LINKS = [one for one in re.findall(r"\]\(([^)#]+)\)", README) if not one.startswith("http")]


@pytest.mark.parametrize("link", LINKS)
def test_a_link_to_a_file_leads_to_one(link: str) -> None:
    assert (ROOT / link).exists()


def test_a_terminal_is_pictured_in_its_colours_and_letter_by_letter() -> None:
    drawn = as_html("\x1b[31mwrong\x1b[0m & <right>\r\n")
    red = THEME.ansi_colors[1].hex
    assert re.search(rf'<span style="color: {red}[^"]*">wrong</span> &amp; &lt;right&gt;', drawn)


def test_a_screenshot_keeps_the_colours_that_it_may_keep(tmp_path: Path) -> None:
    from PIL import Image

    shot = tmp_path / "shot.png"
    Image.new("RGB", (4, 4), (255, 100, 100)).save(shot)
    few = few_colours(shot.read_bytes(), [(0, 0, 0), (255, 107, 107)])
    assert few.getpixel((0, 0)) == (255, 107, 107)


def test_pictures_of_a_book_that_is_not_built_end_in_one_line(
    tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.setattr(pictures, "CHROMIUM", "chromium")
    monkeypatch.setattr(first_page, "PAGE", tmp_path / "intro.html")
    assert pictures.main(["map"]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert "make book" in line


def test_a_picture_that_there_is_not_ends_in_one_line(capsys) -> None:
    assert pictures.main(["mapp"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "mapp" in line


def test_everybody_in_the_pictured_class_hands_in_a_file_for_each_chapter() -> None:
    for person in PEOPLE:
        assert set(handed_in(person)) == {chapter.stem for chapter in EXERCISE_CHAPTERS}


@pytest.mark.slow
def test_the_pictured_terminal_goes_from_three_mistakes_to_full_points(tmp_path: Path) -> None:
    first, *_, last = [plain(one.screen) for one in watching.scenes(copy_of_course(tmp_path))]
    assert first.count("Next:") >= 3
    assert "\u2717" in first
    assert "\u2717" not in last
    assert "20 of 100 points" in last
