"""A reader's own character in a real browser: drawn three times, and told from nineteen others."""

import base64
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from autograder.experiments.network_to_draw_for import (
    embed_places,
    kept_network,
    never_met,
    read_kept,
)
from autograder.publishing.recording.own_character import OTHERS, SHOTS, drawings, own_character_of
from exercises.given.data.characters import Characters, as_images
from exercises.given.data.omniglot_trials import read_trials
from tests.browser import CHROMIUM, DESKTOP, NO_CHROMIUM, NO_TOOLS, PHONE, grave_violations
from tests.explorable_pages import tab_with, write_page
from tests.thinned import lines_of

pytest.importorskip("playwright.sync_api", reason=NO_TOOLS)
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM, reason=NO_CHROMIUM)]
SCRIPTS = (
    *("explorable.js", "controls.js", "metric.js", "network.js", "pictures.js", "sheet.js"),
    *("strokes.js", "own_character.js"),
)
OMNIGLOT_SIDE, SHEET_SIDE = 105, 280
PEOPLE = 40
# A character of five strokes, in the units of the sheet, and another one.
OWN = ((80, 60), (200, 60), (140, 140), (210, 220), (70, 210), (140, 140))
OTHER = ((140, 40), (140, 240), (60, 150), (220, 150))
HANDS = (
    *(((0, 0), (4, -3), (-5, 2), (3, 6), (-2, -4), (1, 3)), ((3, 2), (-4, 5), (2, -6), (0, 0))),
    *(((-6, 5), (2, 2), (6, 0), (-3, -5), (4, 4), (-6, -1)),),
)


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    return read_kept()


@pytest.fixture(scope="module")
def held_out(kept: dict[str, Any]) -> Characters:
    return never_met(kept)


@pytest.fixture(scope="module")
def given(kept: dict[str, Any], held_out: Characters) -> dict[str, Any]:
    return own_character_of(kept, held_out)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, given: dict[str, Any]) -> Path:
    return write_page(tmp_path_factory.mktemp("page"), "own_character", SCRIPTS, given)


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def tab(chromium: Any, page: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    with tab_with(chromium, page, request.param) as tab:
        yield tab


def says(tab: Any) -> str:
    """Return the verdict on what is on the sheet by now."""
    tab.wait_for_function("!document.querySelector('[aria-busy]')")
    return str(tab.locator("[role=status]").inner_text())


def ranking(tab: Any) -> list[int]:
    """Return who is how near: the places of the nineteen, and -1 for the reader's own."""
    says(tab)
    return [int(one) for one in tab.locator("[data-ranking]").get_attribute("data-ranking").split()]


def distances(tab: Any) -> list[float]:
    says(tab)
    found = tab.locator("[data-distances]").get_attribute("data-distances")
    return [float(one) for one in found.split()]


def draw(tab: Any, character: Any, hand: Any = HANDS[0]) -> None:
    """Draw a character by mouse, in one stroke, as some hand does it."""
    sheet = tab.locator(".explorable-sheet")
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    unit = box["width"] / SHEET_SIDE
    places = [
        (box["x"] + unit * (x + 2 * right), box["y"] + unit * (y + 2 * down))
        for (x, y), (right, down) in zip(character, hand, strict=False)
    ]
    tab.mouse.move(*places[0])
    tab.mouse.down()
    for place in places[1:]:
        tab.mouse.move(*place, steps=5)
    tab.mouse.up()


def test_a_character_is_drawn_three_times_and_known_the_fourth_time(tab: Any) -> None:
    assert says(tab).startswith("The sheet is empty.")
    for count, hand in enumerate(HANDS, 1):
        draw(tab, OWN, hand[::-1] if count == 1 else hand)
        nineteen = "Nearest of 19: one of " if count == 1 else "Nearest of 20: yours, at "
        assert says(tab).startswith(nineteen)
        tab.get_by_role("button", name=f"Keep as example {count} of {SHOTS}").click()
        assert says(tab).startswith(f"{count} of {SHOTS} examples kept.")
        assert tab.locator(".explorable-ranked li").count() == OTHERS + 1
        assert tab.locator(".explorable-ranked canvas").count() == (OTHERS + 1) * count
    draw(tab, OWN)
    assert says(tab).startswith("Nearest of 20: yours, at ")
    assert tab.locator(".explorable-ranked li").first.inner_text().split()[:2] == ["1", "yours"]
    assert distances(tab) == sorted(distances(tab))
    tab.get_by_role("button", name="Clear").click()
    draw(tab, OTHER)
    assert "Yours is number" in says(tab)


def test_it_is_drawn_kept_and_asked_about_by_keyboard_alone(tab: Any) -> None:
    tab.keyboard.press("Tab")
    for count in range(SHOTS + 1):
        draw_by_keyboard(tab, width=12 + count % 2)
        if count < SHOTS:
            tab.keyboard.press("Enter")
            assert says(tab).startswith(f"{count + 1} of {SHOTS} examples kept.")
    assert says(tab).startswith("Nearest of 20: yours, at ")
    tab.keyboard.press("Enter")  # a fourth example is none
    assert says(tab).startswith("Nearest of 20: yours, at ")
    tab.keyboard.press("Delete")
    assert says(tab).startswith(f"{SHOTS} of {SHOTS} examples kept.")
    for name in ("3 of 3 kept", "Clear", "Forget mine"):
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.textContent") == name
    tab.keyboard.press("Enter")
    assert says(tab).startswith("The sheet is empty.")


def draw_by_keyboard(tab: Any, width: int) -> None:
    """Draw a T with a foot, and go back to where it began."""
    path = ["ArrowRight"] * width + ["ArrowLeft"] * (width // 2) + ["ArrowDown"] * 13
    back = ["ArrowUp"] * 13 + ["ArrowLeft"] * (width - width // 2)
    for key in ("Space", *path, *["ArrowRight"] * 4, "Space", *["ArrowLeft"] * 4, *back):
        tab.keyboard.press(key)


def test_a_borrowed_character_is_known_in_a_fourth_person_s_hand(tab: Any) -> None:
    borrow = tab.get_by_role("button", name="a character to borrow")
    for _ in range(SHOTS):
        borrow.press("Enter")
        tab.get_by_role("button", name="Keep").press("Enter")
    borrow.press("Enter")
    assert says(tab).startswith("Nearest of 20: yours, at ")


def test_a_drawing_of_one_of_the_nineteen_says_which_one_it_is(tab: Any) -> None:
    right = 0
    for place in range(OTHERS):
        tab.get_by_role("button", name="one of the nineteen").click()
        said, rank = says(tab), ranking(tab).index(place)
        assert said.endswith("Right.") == (rank == 0)
        assert rank == 0 or f"Right would be number {rank + 1}, one of " in said
        right += rank == 0
    print(f"{right} of {OTHERS} right, with one example of each")
    assert right > OTHERS / 2


def test_it_fits_its_page_and_has_no_grave_fault(tab: Any) -> None:
    for _ in range(2):
        draw(tab, OWN)
        tab.get_by_role("button", name="Keep").click()
    draw(tab, OTHER)
    assert ranking(tab)
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert grave_violations(tab) == []


# The numbers behind it


@pytest.fixture
def desk(chromium: Any, page: Path) -> Iterator[Any]:
    tab = chromium.new_page()
    tab.goto(page.as_uri())
    tab.locator("[data-state=ready]").wait_for()
    yield tab
    tab.close()


def test_the_browser_finds_the_distances_of_torch(
    desk: Any, kept: dict[str, Any], held_out: Characters, given: dict[str, Any]
) -> None:
    network = kept_network(kept)
    values = np.frombuffer(base64.b64decode(given["embeddings"]), np.int8).astype(np.float32)
    nineteen = torch.from_numpy(values).view(OTHERS, SHOTS, -1) * given["unit"]
    drawn, _ = drawings(held_out)  # (20, SHOTS + 1, 1, 28, 28)
    from_torch = embed_places(network, drawn[:OTHERS, :SHOTS].flatten(0, 1)).view_as(nineteen)
    assert (nineteen - from_torch).abs().max() <= 0.51 * given["unit"]
    images = held_out.images[::9, 7]  # (n, 1, 28, 28)
    expected = torch.cdist(embed_places(network, images), nineteen[:, 0])  # (n, 19)
    away = 0.0
    for image, own in zip(images, expected, strict=True):
        desk.locator(".explorable-stage").evaluate(
            "(stage, image) => stage.dispatchEvent(new CustomEvent('lay-pixels', {detail: image}))",
            image.flatten().tolist(),
        )
        found = torch.tensor(distances(desk))[torch.tensor(ranking(desk)).argsort()]
        away = max(away, (found - own).abs().max().item())
    print(f"largest difference of a distance: {away:.1e}")
    assert away < 1e-4


def to_image(tab: Any, lines: Any) -> torch.Tensor:
    """Return the image (1, 28, 28) that the page makes of lines on its sheet."""
    found = tab.evaluate("lines => Array.from(Strokes.toImage(lines))", lines)
    return torch.tensor(found).view(1, 28, 28)


def test_a_drawing_of_omniglot_that_is_drawn_anew_looks_as_it_did(
    desk: Any, kept: dict[str, Any]
) -> None:
    ink = read_trials().questions.reshape(-1, OMNIGLOT_SIDE, OMNIGLOT_SIDE)[:: 400 // PEOPLE]
    unit = SHEET_SIDE / OMNIGLOT_SIDE
    desk.evaluate("Strokes.fitted = (lines) => lines")  # where they were, as large as they were
    anew = torch.stack(
        [
            to_image(desk, [[[unit * x, unit * y] for x, y in line] for line in lines_of(one)])
            for one in ink
        ]
    )  # (n, 1, 28, 28)
    images = as_images(ink)
    ratio = (anew.sum() / images.sum()).item()
    network = kept_network(kept)
    near = embed_places(network, anew), embed_places(network, images)
    found = (torch.cdist(*near).argmin(dim=1) == torch.arange(len(ink))).double().mean().item()
    print(
        f"ink of what is drawn anew, as a share of the original's: {ratio:.3f}; found {found:.2f}"
    )
    assert 0.95 < ratio < 1.05
    assert (anew - images).abs().mean() < 0.2 * images.mean()
    assert found > 0.95


def test_size_and_place_of_a_drawing_do_not_matter_and_a_dot_stays_one(desk: Any) -> None:
    lines = [[list(one), list(two)] for one, two in itertools.pairwise(OWN)]
    small = [[[x / 3, y / 3 + 150] for x, y in line] for line in lines]
    large = to_image(desk, lines)
    assert torch.allclose(to_image(desk, small), large, atol=0.02)
    rows, columns = large[0].nonzero().T
    assert 17 <= max(rows.max() - rows.min(), columns.max() - columns.min()) + 1 <= 20
    dot = to_image(desk, [[[10, 10], [10, 10]]])
    assert 1 < dot.sum() < 3
    assert dot[0, 13:15, 13:15].min() > 0
