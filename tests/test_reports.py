"""The reports of a class show what learners wrote, and never run it."""

import csv
import json
import re
from pathlib import Path

import pytest

from autograder.classroom.gradebook import Adjustment, Grade, Gradebook, Student
from autograder.classroom.reports import write_reports
from autograder.classroom.reports.csv_cells import safe
from autograder.classroom.reports.markdown_report import plain
from autograder.classroom.reports.rewriting import rewriting
from autograder.classroom.reports.templating import feedback_name
from autograder.classroom.rubric import Rubric
from autograder.classroom.scores import score_of
from autograder.classroom.submission import LeftAside
from autograder.grading.record import Status
from exercises.given.errors import CourseError
from tests.test_gradebook import GRADE, _edit, changed

SCRIPT = "<script>alert('x')</script>"
SEED = 987654321
STEM = "ch02_triplet_dataset"
RUBRIC = Rubric({f"{STEM}:Digits:one": 2, f"{STEM}:Digits:two": 3.5})
HOSTILE = ["=1+1", "=a\r=1+1", "=a\n=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"]
TABLES = ["grades.csv", "checks.csv"]
FILES = {*TABLES, "grades.json", "summary.md", "index.html"}


def _grades(student: str, *statuses: str, **changes: str) -> list[Grade]:
    one = changed(GRADE, student=student, stem=STEM, seed=SEED, **changes)
    return [
        changed(one, check=check, title=check.rpartition(":")[2], status=Status(status))
        for check, status in zip(RUBRIC.points, statuses, strict=False)
    ]


def _adjustment(number: int, points: float | None, check: str = f"{STEM}:Digits:two") -> Adjustment:
    return Adjustment(number, "ada", check, points, f"comment {number}", "teacher", "now")


def _reports(folder: Path, *students: tuple[Student, list[Grade]]) -> list[Path]:
    with Gradebook(folder) as book:
        for student, grades in students:
            book.put_student(student)
            book.put_grades(grades)
        return write_reports(book, folder / "out", RUBRIC, "Course")


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "out" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_score_adds_up() -> None:
    score = score_of(_grades("ada", "passed", "wrong"), [], RUBRIC)
    assert (score.earned, score.total) == (2, 5.5)


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.PASSED, Status.GRADER_FAULT}))
def test_only_what_passed_earns(status: Status) -> None:
    assert score_of(_grades("ada", status, status), [], RUBRIC).earned == 0


@pytest.mark.parametrize("statuses", [("passed", "grader fault"), ("passed",), ()])
def test_grader_fault_or_no_grade_makes_the_total_unknown(statuses: tuple[str, ...]) -> None:
    score = score_of(_grades("ada", *statuses), [], RUBRIC)
    assert score.earned is None
    assert score.checks[1].earned is None


def test_newest_adjustment_holds_in_any_order() -> None:
    grades = _grades("ada", "passed", "grader fault")
    score = score_of(grades, [_adjustment(2, 1.5), _adjustment(1, 3.0)], RUBRIC)
    assert score.earned == 3.5
    assert score.checks[1].adjusted
    assert score.checks[1].comment == "comment 2"


def test_withdrawn_adjustment_gives_back_what_was_earned() -> None:
    grades = _grades("ada", "passed", "wrong")
    score = score_of(grades, [_adjustment(1, 3.0), _adjustment(2, None)], RUBRIC)
    assert score.earned == 2
    assert not score.checks[1].adjusted


def test_comment_on_the_whole_changes_no_points() -> None:
    score = score_of(_grades("ada", "passed", "wrong"), [_adjustment(1, 99.0, "")], RUBRIC)
    assert (score.earned, score.comment) == (2, "comment 1")


def test_every_report_is_written_and_nothing_else(tmp_path: Path) -> None:
    paths = _reports(tmp_path, (Student("ada", "Ada", True), _grades("ada", "passed", "wrong")))
    found = {path for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert {*paths, tmp_path / "out" / "feedback" / "ada.html"} == found
    assert {path.relative_to(tmp_path / "out").as_posix() for path in found} == FILES | {
        "feedback/ada.html"
    }


def test_reports_of_an_empty_class(tmp_path: Path) -> None:
    assert {path.name for path in _reports(tmp_path)} == FILES
    assert json.loads((tmp_path / "out/grades.json").read_text(encoding="utf-8"))["students"] == []


def test_points_are_in_every_table(tmp_path: Path) -> None:
    _reports(tmp_path, (Student("ada", "Ada", True), _grades("ada", "passed", "wrong")))
    (row,) = _rows(tmp_path, "grades.csv")
    assert (row["points"], row["of"], row[STEM]) == ("2", "5.5", "2")
    assert [row["points"] for row in _rows(tmp_path, "checks.csv")] == ["2", "0"]
    (student,) = json.loads((tmp_path / "out/grades.json").read_text(encoding="utf-8"))["students"]
    assert (student["earned"], [one["earned"] for one in student["checks"]]) == (2, [2, 0])


def test_grader_fault_is_blank_and_no_zero(tmp_path: Path) -> None:
    _reports(tmp_path, (Student("ada", "Ada", True), _grades("ada", "passed", "grader fault")))
    assert _rows(tmp_path, "grades.csv")[0]["points"] == ""
    assert [row["points"] for row in _rows(tmp_path, "checks.csv")] == ["2", ""]
    assert (
        json.loads((tmp_path / "out/grades.json").read_text(encoding="utf-8"))["students"][0][
            "earned"
        ]
        is None
    )
    assert "no complete grade yet" in (tmp_path / "out/feedback/ada.html").read_text(
        encoding="utf-8"
    )
    assert "1 without a complete grade" in (tmp_path / "out/summary.md").read_text(encoding="utf-8")


def test_no_page_runs_what_a_learner_wrote(tmp_path: Path) -> None:
    texts = dict.fromkeys(
        ("observed", "expected", "printed", "says", "hint", "misconception"), SCRIPT
    )
    grades = [
        *_grades(SCRIPT, "wrong", "crashed", **texts),
        *_grades("waits", "waiting", "grader fault", waiting_for=SCRIPT, observed=SCRIPT),
    ]
    with Gradebook(tmp_path) as book:
        book.adjust(SCRIPT, "", None, SCRIPT, SCRIPT, "now")
        book.adjust(SCRIPT, f"{STEM}:Digits:one", 1.0, SCRIPT, SCRIPT, "now")
        book.put_student(Student(SCRIPT, SCRIPT, True))
        book.put_student(Student("waits", f'" onload="{SCRIPT}', True))
        book.put_grades(grades)
        write_reports(book, tmp_path / "out", RUBRIC, SCRIPT)
    paths = (tmp_path / "out").rglob("*")
    pages = [path for path in paths if path.suffix in (".html", ".md")]
    assert len(pages) == 4
    for path in pages:
        text = path.read_text(encoding="utf-8")
        own = 2 if path.name == "index.html" else 0  # the page's own data, and the page's own code
        assert (text.lower().count("<script"), text.lower().count("</script")) == (own, own), path
        assert "&lt;script" in text, path
        assert '" onload="' not in text or path.suffix == ".md", path


def test_pages_need_nothing_from_elsewhere(tmp_path: Path) -> None:
    _reports(tmp_path, (Student("ada", "Ada", True), _grades("ada", "wrong", "crashed")))
    pages = sorted((tmp_path / "out").rglob("*.html"))
    assert len(pages) == 2
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?:|//|@import|url\(", text), path
        assert "prefers-color-scheme: dark" in text


def test_feedback_never_shows_the_seed(tmp_path: Path) -> None:
    every = [(Student(status, status, True), _grades(status, status, status)) for status in Status]
    for path in _reports(tmp_path, *every):
        if path.parent.name == "feedback":
            text = path.read_text(encoding="utf-8")
            assert str(SEED) not in text
            assert "seed" not in text.lower()


def test_feedback_tells_one_cause_once(tmp_path: Path) -> None:
    _reports(tmp_path, (Student("ada", "Ada", True), _grades("ada", "crashed", "crashed")))
    page = (tmp_path / "out/feedback/ada.html").read_text(encoding="utf-8")
    assert page.count("It should be 4.") == 1
    assert page.count(">crashed<") == 2


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula(tmp_path: Path, text: str) -> None:
    told = dict.fromkeys(("observed", "expected", "says", "misconception", "waiting_for"), text)
    with Gradebook(tmp_path) as book:
        book.adjust(text, "", None, text, "teacher", "now")
        book.put_student(Student(text, text, True, learning_platform={"canvas_id": text}))
        book.put_grades(_grades(text, "wrong", "wrong", **told))
        write_reports(book, tmp_path / "out", RUBRIC, text)
    for name in TABLES:
        with (tmp_path / "out" / name).open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert f"'{text}" in cells
        assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r"))], name


def test_line_end_in_a_text_begins_no_row(tmp_path: Path) -> None:
    grades = _grades("ada", "wrong", "wrong", observed='a\r=1+1\n=2",=3\r\n=4')
    _reports(tmp_path, (Student("ada", "Ada", True), grades))
    assert [row["observed"] for row in _rows(tmp_path, "checks.csv")] == [
        grades[0].record.observed
    ] * 2


def test_negative_points_stay_a_number(tmp_path: Path) -> None:
    with Gradebook(tmp_path) as book:
        book.adjust("ada", f"{STEM}:Digits:two", -3, "late", "teacher", "now")
    _reports(tmp_path, (Student("ada", "Ada", True), _grades("ada", "passed", "wrong")))
    assert _rows(tmp_path, "grades.csv")[0]["points"] == "-1"


def test_harmless_cell_stays_as_it_is() -> None:
    assert [safe(text) for text in ("", "a=1", "3")] == ["", "a=1", "3"]


def test_rewriting_changes_no_byte(tmp_path: Path) -> None:
    class_ = [(Student(name, name, True), _grades(name, "wrong", "crashed")) for name in "cab"]
    first = {path: path.read_bytes() for path in _reports(tmp_path, *class_)}
    second = {path: path.read_bytes() for path in _reports(tmp_path, *class_)}
    assert first == second


def test_damaged_rows_are_told(tmp_path: Path) -> None:
    class_ = [(Student(name, name, True), _grades(name, "passed", "passed")) for name in "ab"]
    _reports(tmp_path, *class_)
    _edit(tmp_path, "UPDATE grades SET points = 99 WHERE student = 'a' AND title = 'one'")
    with Gradebook(tmp_path) as book:
        for _ in range(2):
            write_reports(book, tmp_path / "out", RUBRIC, "Course")
            page = (tmp_path / "out/index.html").read_text(encoding="utf-8")
            assert page.count("grades: ") == 1
    assert [row["points"] for row in _rows(tmp_path, "grades.csv")] == ["", "5.5"]


def test_class_page_counts_students(tmp_path: Path) -> None:
    class_ = [(Student(name, name, True), _grades(name, "wrong", "timed out")) for name in "abc"]
    _reports(tmp_path, *class_, (Student("d", "d", False), _grades("d", "passed", "passed")))
    page = (tmp_path / "out/index.html").read_text(encoding="utf-8")
    text = " ".join(re.sub(r"<[^>]*>", " ", page.partition("<main>")[2]).split())
    assert "Students 4 Handed in 3" in text
    assert "Digits : one · chapter 2 0 of 3 0 %" in text
    assert "3 students One is missing. Chapter 2, Digits off-by-one a , b , c" in text
    assert "Failed to run: 3" in text
    assert "No grade: 1 1 student handed in nothing d" in text
    assert 'aria-label="Students by their part of the points. 0 to 10 %: 3."' in page


def test_file_is_the_one_before_when_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("before")
    with pytest.raises(ZeroDivisionError), rewriting(path) as file:
        file.write(str(1 // 0))
    assert path.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_folder_that_cannot_be_written_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(CourseError, match="reports"):
        _reports(tmp_path)


NAMES = [
    "ada",
    "Ada",
    "../x",
    "..",
    ".",
    "",
    "a/b",
    "a%2Fb",
    "a\\b",
    "x" * 500,
    "x" * 501,
    "é\n:*?",
]


def test_every_student_has_a_file_of_their_own_in_the_folder() -> None:
    names = [feedback_name(name) for name in NAMES]
    assert len({name.lower() for name in names}) == len(NAMES)
    for name in names:
        assert re.fullmatch(r"[\w%-][\w%.-]*\.html", name, re.ASCII)
        assert len(name) < 200


def test_markdown_shows_text_as_it_is() -> None:
    assert plain("a|b\n<i>*x*") == r"a\|b &lt;i\>\*x\*"


def test_feedback_lists_what_was_left_aside_and_runs_none_of_it(tmp_path: Path) -> None:
    aside = (LeftAside(SCRIPT, "its name says no chapter"),)
    _reports(tmp_path, (Student("ada", "Ada", True, aside), _grades("ada", "passed", "wrong")))
    page = (tmp_path / "out" / "feedback" / feedback_name("ada")).read_text(encoding="utf-8")
    assert "its name says no chapter" in page
    assert SCRIPT not in page


def test_what_was_not_begun_does_not_look_like_a_mistake(tmp_path: Path) -> None:
    _reports(tmp_path, (Student("ada", "Ada", True), _grades("ada", "not started", "wrong")))
    page = (tmp_path / "out" / "feedback" / feedback_name("ada")).read_text(encoding="utf-8")
    assert 'class="status quiet">not started' in page
    assert 'class="status bad">wrong' in page
