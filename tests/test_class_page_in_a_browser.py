"""The class page in a real browser: sorting, filtering, turning pages, by keyboard and on paper."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.classroom.gradebook import Student
from autograder.classroom.reports.class_page import ROWS
from tests.browser import CHROMIUM, DESKTOP, NO_CHROMIUM, NO_TOOLS, PAPER, PHONE, grave_violations
from tests.made_class import write_class_page
from tests.test_class_page import _data, _page
from tests.test_gradebook import changed
from tests.test_reports import _grades, _reports

pytest.importorskip("playwright.sync_api", reason=NO_TOOLS)
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM, reason=NO_CHROMIUM)]
COUNT = 430
NAME, POINTS, CHAPTER_4, STATUS = 1, 2, 5, 12  # the columns, from 1
UNKNOWN = "\u2013"
HOSTILE = (
    "</script><img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"
)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a made class."""
    path = tmp_path_factory.mktemp("class") / "index.html"
    write_class_page(path, COUNT)
    return path


@pytest.fixture
def opened(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Open a page in a tab whose every error and request is kept in `troubles`."""
    contexts = []

    def open_page(path: Path, size: dict[str, int] = DESKTOP, **options: Any) -> Any:
        context = chromium.new_context(viewport=size, **options)
        contexts.append(context)
        tab = context.new_page()
        tab.troubles = []
        tab.on("console", lambda said: tab.troubles.append(said.text))
        tab.on("pageerror", lambda error: tab.troubles.append(str(error)))
        tab.on("request", lambda one: tab.troubles.append(one.url))
        tab.goto(path.as_uri())
        return tab

    yield open_page
    for context in contexts:
        context.close()


def students(tab: Any, number: int) -> list[str]:
    return tab.locator(f".students tbody tr > :nth-child({number})").all_inner_texts()


def shown(tab: Any) -> str:
    return tab.locator(".shown").inner_text()


def by_points(lines: list[list[Any]], sign: int) -> list[str]:
    """Return what the column of points says once it is sorted."""
    known = sorted((one[3] for one in lines if one[3] is not None), key=lambda one: sign * one)
    return [f"{one:g}" for one in known] + [UNKNOWN] * (len(lines) - len(known))


def test_nothing_leaves_the_page_and_nothing_fails(opened, page: Path) -> None:
    tab = opened(page)
    tab.locator("#next").click()
    assert tab.troubles == [page.as_uri()]


def test_a_header_sorts_both_ways_and_says_so(opened, page: Path) -> None:
    tab, lines = opened(page), _data(page.read_text(encoding="utf-8"))["lines"]
    header = tab.get_by_role("columnheader", name="Points")
    assert tab.get_by_role("columnheader", name="Name").get_attribute("aria-sort") == "ascending"
    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "ascending"
    assert students(tab, POINTS) == by_points(lines, 1)[:ROWS]
    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "descending"
    assert students(tab, POINTS) == by_points(lines, -1)[:ROWS]
    assert tab.locator("[aria-sort]").count() == 1


def test_every_header_sorts(opened, page: Path) -> None:
    tab = opened(page)
    buttons = tab.locator(".students thead button")
    assert buttons.count() == 12
    for number in range(1, 13):
        buttons.nth(number - 1).click()
        found = [one for one in students(tab, number) if one not in ("", UNKNOWN)]
        if 1 < number <= 9:
            assert found == sorted(found, key=float)
        elif number > 9:
            assert found == sorted(found)
        assert len(students(tab, number)) == ROWS


def test_pages_turn_and_each_student_is_on_one(opened, page: Path) -> None:
    tab, seen = opened(page), []
    for number in range(5):
        assert tab.locator("#page").inner_text() == f"Page {number + 1} of 5"
        seen += tab.locator(".students tbody a").evaluate_all("all => all.map(one => one.href)")
        if number < 4:
            tab.locator("#next").click()
    assert shown(tab) == "401 to 430 of 430 students"
    assert tab.locator("#next").is_disabled()
    assert len(set(seen)) == len(seen) == COUNT


def test_the_rows_without_javascript_are_those_that_the_script_draws(opened, page: Path) -> None:
    rows = [
        tab.locator(".students tbody").inner_html()
        for tab in (opened(page), opened(page, java_script_enabled=False))
    ]
    drawn, static = (re.sub(r"\n| class=\"\"", "", one) for one in rows)
    assert drawn == static


def test_without_javascript_nothing_is_offered_that_needs_it(opened, page: Path) -> None:
    tab = opened(page, java_script_enabled=False)
    assert tab.locator("button:visible, select:visible, input:visible").count() == 0
    assert shown(tab) == f"The first {ROWS} of {COUNT} students; all of them are in grades.csv."
    assert tab.locator(".others").first.is_visible()


def test_text_finds_names_and_keys(opened, page: Path) -> None:
    tab, lines = opened(page), _data(page.read_text(encoding="utf-8"))["lines"]
    tab.get_by_label("Name or key").fill("okAFOR")
    expected = [one[0] for one in lines if "Okafor" in one[0]]
    assert students(tab, NAME) == expected
    assert shown(tab) == f"1 to {len(expected)} of {len(expected)} students, of {COUNT} in all"
    tab.get_by_label("Name or key").fill("0000123")
    assert tab.locator(".students tbody a").get_attribute("href") == "feedback/0000123.html"
    tab.get_by_label("Name or key").fill("nobody has this name")
    assert shown(tab) == "No student fits."
    tab.get_by_role("button", name="Everybody").click()
    tab.locator(f".students tbody tr:nth-child({ROWS})").wait_for()


@pytest.mark.parametrize(
    ("choice", "number"), [("late", 10), ("adjusted", 11), ("no grade", STATUS)]
)
def test_a_choice_leaves_those_whom_it_names(opened, page: Path, choice: str, number: int) -> None:
    tab, data = opened(page), _data(page.read_text(encoding="utf-8"))
    tab.locator("#who").select_option(label=choice)
    expected = {
        "late": [one for one in data["lines"] if one[5] & 1],
        "adjusted": [one for one in data["lines"] if one[5] & 2],
        "no grade": [one for one in data["lines"] if one[7] != data["graded"]],
    }[choice]
    assert students(tab, NAME) == [one[0] for one in expected]
    assert 0 < len(expected) < ROWS
    assert all(one == choice or choice == "no grade" for one in students(tab, number))
    assert "graded" not in students(tab, STATUS) or choice != "no grade"


def test_the_button_below_a_mistake_shows_all_who_have_it(opened, page: Path) -> None:
    tab, data = opened(page), _data(page.read_text(encoding="utf-8"))
    for place in (0, 5):
        card = tab.locator("#teach .cards > li").nth(place)
        count = int(card.locator("strong").inner_text())
        card.get_by_role("button").click()
        having = [one for one in data["lines"] if place in one[8::2]]
        assert len(having) == count
        assert students(tab, NAME) == [one[0] for one in having][:ROWS]
        hrefs = tab.locator(".students tbody a").evaluate_all("all => all.map(a => a.hash)")
        assert hrefs == [f"#check-{dict(zip(one[8::2], one[9::2], strict=True))[place]}" for one in having][:ROWS]  # fmt: skip
        assert tab.evaluate("document.activeElement.textContent") == "Students"


def test_the_table_is_worked_by_keyboard(opened, page: Path) -> None:
    tab = opened(page)
    tab.get_by_label("Name or key").focus()
    tab.keyboard.type("dube")
    assert all("Dube" in one for one in students(tab, NAME))
    for _ in range(4):  # who, finding, everybody, the box that scrolls
        tab.keyboard.press("Tab")
    for _ in range(2):  # name, points
        tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    assert tab.get_by_role("columnheader", name="Points").get_attribute("aria-sort") == "ascending"


def test_turning_to_the_last_page_keeps_the_focus(opened, page: Path) -> None:
    tab = opened(page)
    tab.locator("#next").focus()
    for _ in range(4):
        tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "previous"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible(opened, tmp_path: Path, scheme: str) -> None:
    write_class_page(tmp_path / "index.html", 25)  # axe looks at every cell, and that takes long
    tab = opened(tmp_path / "index.html", color_scheme=scheme)
    tab.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert grave_violations(tab) == []


def test_on_a_phone_only_the_table_scrolls_sideways(opened, page: Path) -> None:
    tab = opened(page, PHONE)
    assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    box = tab.locator(".scrolls")
    assert box.evaluate("one => one.scrollWidth > one.clientWidth")
    box.focus()
    tab.keyboard.press("ArrowRight")
    # The page's policy forbids what Playwright waits with.
    while not box.evaluate("one => one.scrollLeft"):
        tab.wait_for_timeout(20)
    first = tab.locator(".students tbody th").first.bounding_box()
    assert first["x"] >= 0  # the name stays beside the numbers


def test_paper_has_all_rows_that_fit_the_filter(opened, page: Path) -> None:
    tab = opened(page, PAPER, color_scheme="dark")
    tab.locator("#who").select_option(label="late")
    late = len(students(tab, NAME))
    tab.get_by_role("button", name="Everybody").click()
    tab.emulate_media(media="print")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert len(students(tab, NAME)) == COUNT > late
    assert not tab.locator(".filters").is_visible()
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert len(students(tab, NAME)) == ROWS


def test_a_hostile_name_is_only_a_name(opened, tmp_path: Path) -> None:
    _reports(tmp_path, (Student(HOSTILE, HOSTILE, True), _grades(HOSTILE, "wrong", "crashed")))
    assert HOSTILE in _data(_page(tmp_path / "out"))["lines"][0]
    tab = opened(tmp_path / "out" / "index.html")
    assert tab.title() == "Course"
    assert students(tab, NAME) == [HOSTILE]
    assert len(tab.troubles) == 1
    tab.locator(".students tbody a").click()
    assert HOSTILE in tab.locator("main").inner_text()


@pytest.mark.parametrize("name", ["Ada", "a/b", "é\n:*?", "..", "100% %41 #?&", "x" * 300])
def test_each_name_is_a_link_to_its_own_page(opened, tmp_path: Path, name: str) -> None:
    _reports(tmp_path, (Student(name, "N", True), _grades(name, "wrong", "wrong")))
    for place in (".students tbody a", "#teach a"):
        tab = opened(tmp_path / "out" / "index.html")
        tab.locator(place).click()
        assert tab.locator("strong").inner_text() == "N"


def test_a_link_opens_at_the_check(opened, tmp_path: Path) -> None:
    right, wrong = _grades("ada", "passed", "wrong")
    grades = [changed(right, misconception=""), wrong]
    _reports(tmp_path, (Student("ada", "Ada", True), grades))
    tab = opened(tmp_path / "out" / "index.html")
    tab.locator("#teach a").click()
    assert "two" in tab.locator("tr:target").inner_text()
