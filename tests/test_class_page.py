"""What the class page says of a class, counted again from the tables of the same run."""

import base64
import contextlib
import csv
import hashlib
import html
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from autograder.classroom.gradebook import Gradebook, Student
from autograder.classroom.reports import write_reports
from autograder.classroom.reports.class_page import NAMES, ROWS
from autograder.classroom.reports.class_page.histogram import Histogram, nice_step
from autograder.classroom.reports.class_page.spool import Spool, in_order
from autograder.classroom.reports.class_page.unnamed import what_was_raised
from autograder.classroom.rubric import default_rubric
from tests.made_class import made_students, write_class_page
from tests.test_gradebook import changed
from tests.test_reports import STEM, _grades, _reports, _rows

CARD = re.compile(r"<li><p class=\"count\"><strong>([\d,]+)</strong>(.*?)</li>", re.DOTALL)
LINK = re.compile(r'<a href="([^"]*)"><bdi>(.*?)</bdi></a>')
UNNAMED = {"wrong", "crashed", "timed out", "out of memory", "forbidden"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reports of a class of 30."""
    folder = tmp_path_factory.mktemp("made")
    with Gradebook(folder) as book:
        rows = list(made_students(30))
        book.put([one.student for one in rows])
        book.put([grade for one in rows for grade in one.grades.values()])
        write_reports(book, folder / "out", default_rubric(), "Course")
    return folder / "out"


def _page(folder: Path) -> str:
    return (folder / "index.html").read_text(encoding="utf-8")


def _section(page: str, name: str) -> str:
    return page.partition(f'<section id="{name}">')[2].partition("</section>")[0]


def _cards(page: str, name: str) -> list[tuple[int, str, list[tuple[str, str]]]]:
    """Return the cards of a section: the number, the words, the links with their names."""
    return [
        (
            int(count.replace(",", "")),
            text,
            [(unquote(href), html.unescape(who)) for href, who in LINK.findall(text)],
        )
        for count, text in CARD.findall(_section(page, name))
    ]


def _data(page: str) -> dict[str, Any]:
    text = page.partition('<script type="application/json" id="class">')[2].partition("</script>")
    return json.loads(text[0])


def _records(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    students = json.loads((folder / "grades.json").read_text(encoding="utf-8"))["students"]
    return [(one["name"], check) for one in students for check in one["checks"]]


def test_each_mistake_has_its_number_and_its_names(made: Path) -> None:
    who: dict[str, set[str]] = defaultdict(set)
    with (made / "checks.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["misconception"]:
                who[row["misconception"]].add(row["student"])
    found = {}
    for count, text, links in _cards(_page(made), "teach"):
        (mistake,) = re.findall(r'class="id">(.*?)<', text)
        found[mistake] = count
        assert len(links) == min(count, NAMES)
    assert len(found) > 20
    assert found == {one: len(students) for one, students in who.items()}
    counts = list(found.values())
    assert counts == sorted(counts, reverse=True)


def test_a_name_leads_to_the_first_check_where_the_mistake_shows(made: Path) -> None:
    places = list(default_rubric().points)
    with (made / "checks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    seen = 0
    for _, text, links in _cards(_page(made), "teach"):
        (mistake,) = re.findall(r'class="id">(.*?)<', text)
        for href, name in links:
            path, _, anchor = href.partition("#")
            student = Path(path).stem
            own = [one for one in rows if (one["student"], one["name"]) == (student, name)]
            first = next(one for one in own if one["misconception"] == mistake)
            assert anchor == f"check-{places.index(first['check']) + 1}"
            target = (made / path).read_text(encoding="utf-8").partition(f'<tr id="{anchor}">')[2]
            assert first["check"].split(":", 2)[2] in html.unescape(target.partition("</tr>")[0])
            seen += 1
    assert seen > 50


def test_equal_results_without_a_name_are_one_group(made: Path) -> None:
    who: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name, one in _records(made):
        if one["status"] in UNNAMED and not one["misconception"]:
            is_result = one["status"] == "wrong"
            place = one["check"] if is_result else one["stem"]
            what = re.sub(r"[\w.]+, line \d+: |\n.*", "", one["observed"])
            who[place, one["observed"] if is_result else what].add(name)
    counts = [count for count, _, _ in _cards(_page(made), "unnamed")]
    assert len(counts) == 40
    assert counts == sorted(map(len, who.values()), reverse=True)[:40]
    assert f"{len(who) - 40} more results" in _section(_page(made), "unnamed")


def test_an_error_is_one_group_wherever_it_stands(tmp_path: Path) -> None:
    error = (
        "TypeError in ch02_triplet_dataset.py, line {}: 'int' object is not callable\n  x = {}(y)"
    )
    class_ = [
        (
            Student(name, name, True),
            _grades(
                name, "crashed", "crashed", misconception="", observed=error.format(line, line)
            ),
        )
        for name, line in (("a", 12), ("b", 99))
    ]
    _reports(tmp_path, *class_)
    ((count, text, links),) = _cards(_page(tmp_path / "out"), "unnamed")
    assert count == 2
    assert "TypeError: &#39;int&#39; object is not callable" in text
    assert links == [("feedback/a.html#check-1", "a"), ("feedback/b.html#check-1", "b")]


@pytest.mark.parametrize(
    ("observed", "what"),
    [
        ("ValueError in ch04_triplet_loss.py, line 3: no\n  f(x)", "ValueError: no"),
        ("item() is called in ch04_triplet_loss.py, line 3.\n  x.item()", "item() is called."),
        ("No answer after 10 seconds.", "No answer after 10 seconds."),
        ("KeyError in ch04_triplet_loss.py, line 3: a\nb\n  x[a]", "KeyError: a\nb"),
    ],
)
def test_what_was_raised_is_said_without_its_place(observed: str, what: str) -> None:
    assert what_was_raised(observed) == what


def test_it_opens_with_who_has_no_grade_and_why(tmp_path: Path) -> None:
    _reports(
        tmp_path,
        (Student("away", "Away", False), []),
        (Student("b", "Bea", True), _grades("b", "passed", "grader fault")),
        (Student("fine", "Fine", True), _grades("fine", "passed", "passed")),
    )
    page = _page(tmp_path / "out")
    assert page.index('<section id="first">') == page.index("<section")
    (fault, _, broken), (nothing, _, absent) = _cards(page, "first")
    assert (fault, broken) == (1, [("feedback/b.html", "Bea")])
    assert (nothing, absent) == (1, [("feedback/away.html", "Away")])


def test_it_says_that_there_is_nothing_to_do(tmp_path: Path) -> None:
    _reports(tmp_path, (Student("a", "A", True), _grades("a", "passed", "passed")))
    assert "Nothing: every student has a grade." in _section(_page(tmp_path / "out"), "first")


def test_the_table_has_what_the_spreadsheet_has(made: Path) -> None:
    data = _data(_page(made))
    with (made / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    expected = {
        one["student"]: [
            one["name"],
            one["points"],
            *(one[stem] for stem in one if stem[:2] == "ch"),
        ]
        for one in rows
    }
    found = {
        key or name: [name, _text(points), *map(_text, chapters)]
        for name, key, _, points, chapters, *_ in data["lines"]
    }
    assert found == expected
    names = [one[0] for one in data["lines"]]
    assert names == sorted(names, key=in_order)
    late = {one[1] for one in data["lines"] if one[5] & 1}
    told = json.loads((made / "grades.json").read_text(encoding="utf-8"))["students"]
    assert late == {one["student"] for one in told if one["learning_platform"].get("late")} != set()


def _text(points: float | None) -> str:
    return "" if points is None else str(points)


def test_names_sort_as_people_sort_them() -> None:
    assert sorted(["Zoe", "émile", "Emil", "ada", "Eve"], key=in_order) == [
        "ada",
        "Emil",
        "émile",
        "Eve",
        "Zoe",
    ]


def test_long_lists_end_in_a_button(tmp_path: Path) -> None:
    class_ = [
        (Student(f"{one:03}", f"N{one:03}", True), _grades(f"{one:03}", "wrong"))
        for one in range(130)
    ]
    _reports(tmp_path, *class_)
    page = _page(tmp_path / "out")
    ((count, text, links),) = _cards(page, "teach")
    assert (count, len(links)) == (130, NAMES)
    assert 'data-choice="finding-0" hidden>Show all 130 in the table' in text
    assert f"and {130 - NAMES} more" in text
    static = _section(page, "students").partition("<tbody>")[2]
    assert len(LINK.findall(static)) == ROWS
    assert f"The first {ROWS} of 130 students; all of them are in grades.csv." in page


def test_checks_stand_hardest_first(made: Path) -> None:
    ran: dict[str, list[bool]] = defaultdict(list)
    for _, one in _records(made):
        if one["status"] not in ("not graded", "grader fault"):
            ran[one["check"].split(":", 2)[2]].append(one["status"] == "passed")
    shown = re.findall(
        r"</code>: (.*?) <span.*?>(\d+) of (\d+)<", _section(_page(made), "checks"), re.DOTALL
    )
    assert len(shown) == len(default_rubric().points)
    shares = [int(passed) / int(graded) for _, passed, graded in shown]
    assert shares == sorted(shares)
    titles = {title for title in ran if sum(title == html.unescape(one[0]) for one in shown) == 1}
    for title, passed, graded in shown:
        if html.unescape(title) in titles and len(ran[html.unescape(title)]) == int(graded):
            assert int(passed) == sum(ran[html.unescape(title)])


def test_the_histogram_counts_who_has_which_part_of_the_points(made: Path) -> None:
    with (made / "grades.csv").open(encoding="utf-8", newline="") as file:
        points = [float(row["points"]) for row in csv.DictReader(file) if row["points"]]
    (words,) = re.findall(r'<svg[^>]*aria-label="(.*?)"', _page(made))
    counts = {
        int(begin): int(count) for begin, count in re.findall(r"(\d+) to \d+ %: (\d+)", words)
    }
    expected: dict[int, int] = defaultdict(int)
    for one in points:
        expected[min(90, int(one // 10) * 10)] += 1
    assert counts == expected


def test_bars_are_as_high_as_they_count() -> None:
    figure = Histogram.of([0, 3, 12, 6, 0, 0, 0, 0, 0, 1])
    heights = [one.height for one in figure.bars]
    assert heights[2] == pytest.approx(2 * heights[3]) == pytest.approx(12 * heights[9])
    assert [one.label for one in figure.up] == ["0", "5", "10", "15"]
    assert figure.up[0].at - figure.up[2].at == pytest.approx(10 / 12 * heights[2])


@pytest.mark.parametrize(
    ("most", "step"), [(0, 1), (3, 1), (12, 5), (40, 10), (41, 20), (3900, 1000)]
)
def test_an_axis_has_round_numbers(most: int, step: int) -> None:
    assert nice_step(most) == step


def test_the_median_is_the_middle_one() -> None:
    for points, middle in ([None, 3.0, 1.0, 8.0], 3.0), ([1.0, 4.0], 2.5), ([None], None):
        with contextlib.closing(Spool()) as spool:
            for number, one in enumerate(points):
                spool.add_student(f"{number}", "x", one, False, "", "[]")
            assert spool.median() == middle


def test_data_of_students_ends_no_script(tmp_path: Path) -> None:
    name = "</script><script>document.title = 'x'</script><!--"
    _reports(tmp_path, (Student(name, name, True), _grades(name, "wrong", "crashed")))
    page = _page(tmp_path / "out")
    assert page.lower().count("</script") == 2
    assert "<!--" not in page
    assert _data(page)["lines"][0][0] == name


def test_only_the_script_of_the_page_may_run(made: Path) -> None:
    page = _page(made)
    script = page.rpartition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="(.*?)"', page)
    assert policy == (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{html.escape(digest)}'"
    )
    feedback = next((made / "feedback").iterdir()).read_text(encoding="utf-8")
    assert "script-src" not in feedback


def test_what_the_rubric_leaves_out_is_not_taught_again(tmp_path: Path) -> None:
    right = _grades("a", "passed", "passed", misconception="")
    stray = changed(_grades("a", "wrong")[0], check=f"{STEM}:Digits:gone")
    _reports(tmp_path, (Student("a", "A", True), [*right, stray]))
    assert _rows(tmp_path, "grades.csv")[0]["points"] == "5.5"
    assert _cards(_page(tmp_path / "out"), "teach") == []


@pytest.mark.slow
def test_a_class_of_20000_stays_below_5_megabytes(tmp_path: Path) -> None:
    write_class_page(tmp_path / "index.html", 20_000)
    assert (tmp_path / "index.html").stat().st_size < 5_000_000
