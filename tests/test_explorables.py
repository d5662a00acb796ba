"""The explorables as a reader meets them: by mouse, by keyboard alone, without JavaScript."""

import gzip
import re
from typing import Any

import pytest

from exercises.given import toy
from exercises.given.drawing.monitor_plots import FIELDS
from tests.browser import (
    CHROMIUM,
    DESKTOP,
    NO_CHROMIUM,
    NO_TOOLS,
    PHONE,
    SITE,
    needs_the_book,
    opened,
    started,
)

pytest.importorskip("playwright.sync_api", reason=NO_TOOLS)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason=NO_CHROMIUM),
    needs_the_book,
]
PAGES = {
    "ch04_triplet_loss": "triplet_playground",
    "ch05_triplet_mining": "mining_board",
    "ch06_nearest_neighbours": "neighbours",
    "ch07_training": "training_replay",
    "ch08_embedding_space": "embedding_map",
    "ch09_unseen_digit": "draw_a_digit",
    "ch10_beyond_digits": "one_shot",
}
IN_THE_PUZZLE = "ch10_beyond_digits"  # its first explorable is near the top
each_page = pytest.mark.parametrize("page", PAGES)
KILOBYTES = 600
DATA = re.compile(r"explorables/data/\w+\.js")


def says(section: Any) -> str:
    """Return what a screen reader was told last."""
    return section.locator("[role=status]").first.inner_text()


def press(tab: Any, key: str, times: int = 1) -> None:
    for _ in range(times):
        tab.keyboard.press(key)


# What is true of all


@each_page
def test_script_and_data_of_a_page_are_small(chromium, page):
    loaded = set()
    with opened(chromium, page) as tab:
        tab.on("request", lambda request: loaded.add(request.url))
        tab.reload()
        started(tab)
    scripts = {url for url in loaded if "/explorables/" in url}
    assert scripts
    packed = [
        gzip.compress((SITE / url.split("/html/")[1].split("?")[0]).read_bytes()) for url in scripts
    ]
    assert sum(map(len, packed)) < KILOBYTES * 1000


@each_page
def test_the_first_paint_does_not_wait_for_it(chromium, page):
    asked = []
    with opened(chromium, page) as tab:
        tab.on("request", lambda request: asked.append(request.url))
        tab.reload()
        tab.wait_for_load_state("networkidle")
        if page != IN_THE_PUZZLE:
            # It lies far down the page: nothing asks for its data before a reader comes near.
            assert not any(DATA.search(url) for url in asked)
        deferred = "[...document.scripts].filter(one => /explorables\\/\\w+\\.js/.test(one.src))"
        assert tab.evaluate(f"{deferred}.length") > 0
        assert tab.evaluate(f"{deferred}.every(one => one.defer)")
        started(tab)


@each_page
def test_everything_that_can_be_moved_has_a_name_and_is_reached_by_tab(chromium, page):
    with opened(chromium, page) as tab:
        section = started(tab)
        movable = section.locator("button, input, [tabindex='0']")
        names = movable.evaluate_all(
            "all => all.map(one => one.getAttribute('aria-label') || one.closest('label')?.innerText"
            " || one.innerText)"
        )
        assert len(names) >= 2
        assert all(name and name.strip() for name in names), names
        section.evaluate("section => { section.tabIndex = -1; section.focus(); }")
        press(tab, "Tab")
        assert section.evaluate("section => section.contains(document.activeElement)")


@each_page
def test_without_javascript_a_figure_stands_in(chromium, page):
    with opened(chromium, page, java_script_enabled=False) as tab:
        section = tab.locator("[data-explorable]").first
        assert section.locator("p").count() > 1  # the text that says what it shows
        still = section.locator("noscript a, a[href^='#fig-']").first
        assert "needs JavaScript" in section.inner_text()
        picture = tab.locator(f"figure{still.get_attribute('href')} img:visible")
        assert picture.evaluate("image => image.naturalWidth") > 0
        assert picture.get_attribute("alt")


@each_page
def test_it_fits_a_phone(chromium, page):
    with opened(chromium, page) as tab:
        tab.set_viewport_size(PHONE)
        started(tab)
        assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_data_that_is_missing_is_said_and_the_page_stays(chromium):
    with opened(chromium, "ch07_training") as tab:
        tab.route(DATA, lambda route: route.abort())
        tab.reload()
        section = tab.locator("[data-explorable]").first
        section.scroll_into_view_if_needed()
        tab.wait_for_function("document.querySelector('[data-state=failed]')")
        assert "Build the book again" in section.inner_text()


# The triplet playground


def test_the_playground_begins_with_the_worked_example(chromium):
    with opened(chromium, "ch04_triplet_loss") as tab:
        section = started(tab)
        assert "d(a, p) = 2.000, d(a, n) = 1.500" in says(section)
        assert "loss = 1.500: hard" in says(section)
        section.get_by_label("(b2, b3, a2)").check()
        assert "d(a, p) = 0.500, d(a, n) = 2.500" in says(section)
        assert "loss = 0.000: easy" in says(section)


def test_a_point_is_moved_by_keyboard_and_by_mouse(chromium):
    with opened(chromium, "ch04_triplet_loss") as tab:
        section = started(tab)
        negative = section.get_by_role("slider", name="negative of the triplet")
        negative.focus()
        press(tab, "ArrowDown", 10)  # from (0, 1.5) down by 1
        assert "d(a, n) = 2.500" in says(section)
        assert negative.get_attribute("aria-valuetext") == "0.00, 0.50"
        box = negative.locator(".explorable-grip").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        tab.mouse.move(x, y)
        tab.mouse.down()
        tab.mouse.move(x + 80, y)
        tab.mouse.up()
        assert "d(a, n) = 2.500" not in says(section)


def test_steps_against_the_gradient_solve_the_triplet(chromium):
    with opened(chromium, "ch04_triplet_loss") as tab:
        section = started(tab)
        step = section.get_by_role("button", name="Take a step")
        step.focus()
        press(tab, "Enter", 3)
        assert "loss = 0.000: easy" in says(section)


def test_the_margin_is_moved_by_keyboard(chromium):
    with opened(chromium, "ch04_triplet_loss") as tab:
        section = started(tab)
        section.get_by_label("Margin").focus()
        press(tab, "ArrowRight", 5)
        assert "loss = 2.000: hard" in says(section)


# The mining board


@pytest.mark.parametrize(
    ("mining", "said"),
    [
        ("batch-all", "Chosen: 22. Loss 1.0897"),
        ("semi-hard", "Chosen: 14. Loss 0.5547"),
        ("batch-hard", "Chosen: 6. Loss 1.5633"),
        ("batch-hard with the soft margin", "Chosen: 6. Loss 1.1136"),
    ],
)
def test_the_board_says_what_the_chapter_computes(chromium, mining, said):
    with opened(chromium, "ch05_triplet_mining") as tab:
        section = started(tab)
        section.get_by_label(mining, exact=True).check()
        assert "36 valid triplets, 22 of them active (a share of 0.6111)" in says(section)
        assert said in says(section)


def test_chosen_triplets_light_up_in_the_row_of_their_anchor(chromium):
    with opened(chromium, "ch05_triplet_mining") as tab:
        section = started(tab)
        section.get_by_label("batch-hard", exact=True).check()
        first_row = section.locator("tbody tr").first
        assert first_row.locator(".explorable-is-positive").inner_text().startswith("2.00")
        assert first_row.locator(".explorable-is-negative").inner_text().startswith("1.50")
        section.get_by_role("group", name="Show the triplets").get_by_label("b1").check()
        assert first_row.locator(".explorable-is-positive").count() == 0


def test_batches_without_a_triplet_are_shown(chromium):
    with opened(chromium, "ch05_triplet_mining") as tab:
        section = started(tab)
        for name in ("all equal", "all different"):
            section.get_by_role("button", name=name).click()
            assert "no valid triplet" in says(section)
        section.get_by_role("button", name="as in the book").click()
        section.get_by_role("button", name="b1: class b").press("Enter")
        assert "36 valid triplets" not in says(section)


# Neighbours, the map, the replay


def test_a_query_shows_its_neighbours_in_both_spaces(chromium):
    with opened(chromium, "ch06_nearest_neighbours") as tab:
        section = started(tab)
        before = says(section)
        section.get_by_role("slider", name="Query").focus()
        press(tab, "ArrowRight", 3)
        assert says(section) != before
        assert section.locator("ol.explorable-row canvas").count() == 1 + 2 * 8


def test_a_ranking_is_rearranged_by_keyboard_and_its_measures_follow(chromium):
    with opened(chromium, "ch06_nearest_neighbours") as tab:
        section = started(tab)
        measured = section.locator("[role=status]").nth(1)
        assert (
            "Recall@1 of this query is 1, R-precision 0.667, MAP@R 0.556" in measured.inner_text()
        )
        section.locator(".explorable-ranking li").nth(2).focus()
        press(tab, "ArrowLeft")
        assert "R-precision 0.667, MAP@R 0.667" in measured.inner_text()
        press(tab, "ArrowLeft")
        press(tab, "ArrowRight", 2)
        section.get_by_role("button", name="move rank 1 farther").click()
        assert "Recall@1 of this query is 0" in measured.inner_text()
        section.get_by_label("K of Recall@K").focus()
        press(tab, "ArrowRight")
        assert "Recall@2 of this query is 1" in measured.inner_text()


def test_the_map_has_enough_digits_and_is_walked_by_arrow_keys(chromium):
    with opened(chromium, "ch08_embedding_space") as tab:
        section = started(tab)
        count = int(says(section).split()[0].replace(",", ""))
        assert count >= min(2000, count_of_test_images())
        section.locator("canvas.explorable-map").focus()
        press(tab, "ArrowRight")
        assert "Of its 8 nearest neighbours in the embedding" in says(section)
        chosen = section.get_by_role("img", name="the chosen")
        first = chosen.evaluate("canvas => canvas.toDataURL()")
        press(tab, "ArrowDown", 2)
        assert chosen.evaluate("canvas => canvas.toDataURL()") != first
        section.get_by_label("pixels").check()
        assert "nearest neighbours in pixels" in says(section)
        assert section.locator("ol.explorable-row canvas").count() == 9


def count_of_test_images() -> int:
    from exercises.given.book.pages import results

    return results()["data"]["test_images"]


def test_the_unseen_digit_can_be_hidden_and_marked(chromium):
    picture = "canvas => canvas.toDataURL()"
    with opened(chromium, "ch08_embedding_space") as tab:
        section = started(tab)
        canvas = section.locator("canvas.explorable-map")
        unmarked = canvas.evaluate(picture)
        section.get_by_label(re.compile("mark the unseen")).check()
        marked = canvas.evaluate(picture)
        section.get_by_label(re.compile("hide the unseen")).check()
        assert len({marked, unmarked, canvas.evaluate(picture)}) == 3


def test_the_replay_shows_a_collapse_beside_a_run_that_learns(chromium):
    with opened(chromium, "ch07_training") as tab:
        section = started(tab)
        beginning = says(section)
        recalls = re.findall(r"Recall@1 (\d\.\d+)", beginning)
        assert recalls[0] == recalls[1]  # both begin with the same parameters
        section.get_by_role("slider", name="Step").focus()
        press(tab, "End")
        healthy, collapsed = re.findall(
            r"Recall@1 (\d\.\d+), active share (\d\.\d+), distance to negatives (\d\.\d+)",
            says(section),
        )
        assert float(healthy[0]) > float(recalls[0]) > float(collapsed[0])
        assert float(healthy[1]) < 1 == float(collapsed[1])
        assert float(healthy[2]) > 1 > 100 * float(collapsed[2])


def test_the_replay_plays_unless_the_reader_wants_stillness(chromium):
    with opened(chromium, "ch07_training") as tab:
        section = started(tab)
        before = says(section)
        section.get_by_role("button", name="Play").press("Enter")
        tab.wait_for_timeout(900)
        section.get_by_role("button", name="Stop").press("Enter")
        assert says(section) != before
    with opened(chromium, "ch07_training", reduced_motion="reduce") as tab:
        section = started(tab)
        assert section.get_by_role("button", name="Play").count() == 0
        section.get_by_role("slider", name="Step").focus()
        press(tab, "ArrowRight")
        assert "Step 5." in says(section)


def test_the_replay_keeps_the_outcome_to_itself_until_its_steps_are_shown(chromium):
    drawn = "lines => lines.map(line => line.getAttribute('points').split(' ').length)"
    with opened(chromium, "ch07_training") as tab:
        section = started(tab)
        assert section.locator("h4").all_inner_texts() == ["Run A", "Run C"]
        curves = section.locator("polyline")
        both = 2 * sum(len(field.signs) for field in FIELDS)
        assert curves.evaluate_all(drawn) == [1] * both
        slider = section.get_by_role("slider", name="Step")
        slider.focus()
        press(tab, "ArrowRight", 3)
        assert curves.evaluate_all(drawn) == [4] * both
        press(tab, "End")
        [moments] = {*curves.evaluate_all(drawn)}
        assert moments == int(slider.get_attribute("max")) + 1


def test_the_curves_of_the_replay_have_scales_and_the_line_of_a_collapse(chromium):
    with opened(chromium, "ch07_training") as tab:
        for curves in started(tab).locator("svg.explorable-curves").all():
            written = curves.locator("text").all_text_contents()
            assert written.count("0") == 3  # all fields but that of the powers
            assert "1" in written  # the top of the field of shares
            assert "0.001" in written  # the floor of the powers
            assert written.count("ln 2") == 1
            assert written.count("step 200") == 1  # below the last field


def test_the_replay_has_the_monitor_s_signs_under_the_names_of_the_figures(chromium):
    names = [name for field in FIELDS for name in field.signs.values()]
    with opened(chromium, "ch07_training") as tab:
        said = says(started(tab))
        for name in names:
            assert len(re.findall(rf"{re.escape(name)} \d+\.\d+", said)) == 2


def test_a_map_fills_its_field_in_both_directions(chromium):
    # Where the outermost dots are, as a share of the side of the canvas.
    ends = """canvas => {
      const {width, height} = canvas;
      const {data} = canvas.getContext('2d').getImageData(0, 0, width, height);
      let [left, right] = [1, 0];
      for (let at = 3; at < data.length; at += 4) {
        if (data[at] === 0) continue;
        const x = ((at - 3) / 4 % width) / width;
        [left, right] = [Math.min(left, x), Math.max(right, x)];
      }
      return [left, 1 - right];
    }"""
    for page in ("ch08_embedding_space", "ch09_unseen_digit"):
        with opened(chromium, page) as tab:
            left, right = started(tab).locator("canvas.explorable-map").evaluate(ends)
            assert abs(left - right) < 0.02, page
            assert left < 0.25


@pytest.mark.parametrize(
    "page", ["ch07_training", "ch08_embedding_space", "ch09_unseen_digit", "ch10_beyond_digits"]
)
def test_a_map_says_what_its_colours_mean(chromium, page):
    with opened(chromium, page) as tab:
        name = "draw_a_digit" if page == IN_THE_PUZZLE else ""
        signs = started(tab, name).locator(".explorable-colours li").all_inner_texts()
        assert [re.search(r"\d", sign)[0] for sign in signs] == list("0123456789")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_ranking_stands_in_one_line(chromium, size):
    with opened(chromium, "ch06_nearest_neighbours") as tab:
        tab.set_viewport_size(size)
        items = started(tab).locator(".explorable-ranking li")
        tops = items.evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
        assert len(tops) == 8
        assert len({round(top) for top in tops}) == 1


def test_the_meter_marks_the_threshold_in_its_middle(chromium):
    with opened(chromium, "ch09_unseen_digit") as tab:
        section = started(tab)
        said = section.locator(".explorable-gauge").evaluate(
            "one => [getComputedStyle(one, '::after').content, getComputedStyle(one, '::before').left,"
            " one.getBoundingClientRect().width]"
        )
        assert said[0] == '"threshold"'
        assert float(said[1].rstrip("px")) == pytest.approx(said[2] / 2, abs=1)
        assert section.locator("meter").evaluate("meter => [meter.low, meter.high, meter.max]")[
            1:
        ] == [
            1,
            2,
        ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_points_of_the_board_have_the_colour_and_the_shape_of_their_class(chromium, scheme):
    look = "all => all.map(one => [getComputedStyle(one).fill, one.getAttribute('d')].join(' '))"
    with opened(chromium, "ch05_triplet_mining", color_scheme=scheme) as tab:
        section = started(tab)
        a1, a2, a3, b1, b2, b3 = section.locator(".explorable-point path").evaluate_all(look)
        assert a1 == a2 == a3 != b1 == b2 == b3
        section.get_by_role("button", name="b1: class b").press("Enter")
        changed = section.locator(".explorable-point path").evaluate_all(look)
        assert len({*changed}) == 3


@each_page
def test_nothing_moves_by_itself(chromium, page):
    with opened(chromium, page, reduced_motion="reduce") as tab:
        # The bar above the text gets its shadow a moment after the page was scrolled.
        tab.add_style_tag(content=".bd-header-article { display: none }")
        section = started(tab)
        before = section.screenshot()
        tab.wait_for_timeout(300)
        assert section.screenshot() == before


# Draw a digit


def test_a_digit_is_drawn_by_keyboard_and_cleared(chromium):
    with opened(chromium, "ch09_unseen_digit") as tab:
        section = started(tab)
        assert "The sheet is empty" in says(section)
        section.locator("canvas.explorable-sheet").focus()
        press(tab, "ArrowUp", 8)
        press(tab, "Space")
        press(tab, "ArrowDown", 16)
        press(tab, "Space")
        assert "The vote of 5 neighbours says" in says(section)
        assert section.locator("ol.explorable-row canvas").count() == 5
        press(tab, "Delete")
        assert "The sheet is empty" in says(section)


def test_a_digit_is_drawn_by_mouse_and_both_networks_answer(chromium):
    with opened(chromium, "ch09_unseen_digit") as tab:
        section = started(tab)
        box = section.locator("canvas.explorable-sheet").bounding_box()
        centre = box["x"] + box["width"] / 2
        tab.mouse.move(centre, box["y"] + 50)
        tab.mouse.down()
        for down in range(60, 230, 10):
            tab.mouse.move(centre, box["y"] + down)
        tab.mouse.up()
        first = says(section)
        assert re.match(r"The vote of 5 neighbours says \d", first)
        section.get_by_label("has seen all ten digits").check()
        assert "The vote of 5 neighbours says" in says(section)
        assert says(section) != first  # the distance to the prototypes is another one


def test_a_real_digit_is_stamped_by_keyboard(chromium):
    with opened(chromium, IN_THE_PUZZLE) as tab:
        section = started(tab, "draw_a_digit")
        section.get_by_role("button", name="stamp a real 1").press("Enter")
        assert "The vote of 5 neighbours says 1" in says(section)
        assert float(section.locator("meter").evaluate("meter => meter.value")) > 0


def test_a_character_of_one_s_own_finds_its_data_in_the_chapter(chromium):
    with opened(chromium, IN_THE_PUZZLE) as tab:
        section = started(tab, "own_character")
        section.get_by_role("button", name="a character to borrow").press("Enter")
        tab.wait_for_function("!document.querySelector('[aria-busy]')")
        assert says(section).startswith("Nearest of 19: one of ")


def test_the_toy_points_are_the_course_s_own():
    scripts = SITE / "_static" / "explorables"
    points = [[float(value) for value in point] for point in toy.POINTS]
    for name in ("triplet_playground", "mining_board"):
        text = (scripts / f"{name}.js").read_text(encoding="utf-8")
        line = next(line for line in text.splitlines() if "const SIX" in line)
        found = re.findall(r"\[(-?[\d.]+), (-?[\d.]+)\]", line)
        assert [[float(x), float(y)] for x, y in found] == points
