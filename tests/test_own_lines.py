"""A student's page shows the student's own lines, and nothing that is done with them can fail."""

import ast
import html
import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.chapters import EXERCISE_CHAPTERS, ROOT, SOLUTIONS
from autograder.classroom.gradebook import Gradebook, Student
from autograder.classroom.kept_lines import FILE, kept_lines
from autograder.classroom.own_lines import (
    LINE_END,
    MOST_LINES,
    OwnLines,
    line_of_failure,
    lines_for,
    own_lines,
)
from autograder.classroom.reports import write_reports
from autograder.classroom.run import Graded
from autograder.classroom.submission import Submission
from autograder.classroom.whole_class import _keep_lines
from autograder.grading.checks import names_of
from autograder.grading.record import Status
from tests.systems import on_linux
from tests.test_gradebook import changed
from tests.test_reports import RUBRIC, SCRIPT, STEM, _grades
from tests.warm_start import run_module

KEY = (STEM, "Digits")
LINES = OwnLines(7, "class Digits:\n    length = 3")


@pytest.mark.parametrize("chapter", EXERCISE_CHAPTERS, ids=lambda one: one.stem)
def test_a_definition_is_cut_out_as_python_reads_it(chapter) -> None:
    text = (SOLUTIONS / f"{chapter.stem}.py").read_text(encoding="utf-8")
    nodes = {getattr(node, "name", ""): node for node in ast.parse(text).body}
    for name in names_of(chapter):
        node = nodes[name]
        found = own_lines(text.split("\n"), name, 0)
        assert found is not None
        first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        lines = text.split("\n")[first - 1 : node.end_lineno]
        after = text.split("\n")[node.end_lineno]
        if after.strip() == "### END SOLUTION":
            lines.append(after)  # a comment, of which the syntax tree knows nothing
        assert found.first == first
        assert found.text.split("\n") == lines[:MOST_LINES]
        assert found.is_cut == (len(lines) > MOST_LINES)


@pytest.mark.parametrize(
    ("text", "first", "found"),
    [
        (
            "x = 1\ndef f(\n    a,\n):\n    return a\n\n\ny = 2",
            2,
            "def f(\n    a,\n):\n    return a",
        ),
        (
            "@one\n@two\nasync def f():\n  1\n# next\ndef g(): 2",
            1,
            "@one\n@two\nasync def f():\n  1",
        ),
        ("def f(): 1\ndef f(): 2", 2, "def f(): 2"),
        ("def ff(): 1\nf = ff\n", 2, "f = ff"),
        ("import f\r\ndef f():\r\n\treturn\r\n", 2, "def f():\n\treturn"),
        ("a = '\x0c\u2028'\ndef f(): 1", 2, "def f(): 1"),
        ("class f:\n    '''\n\n    '''\n    x = 1", 1, "class f:\n    '''\n\n    '''\n    x = 1"),
    ],
)
def test_a_definition_begins_and_ends_where_one_would_say(
    text: str, first: int, found: str
) -> None:
    assert own_lines(LINE_END.split(text), "f", 0) == OwnLines(first, found)


def test_a_line_outside_of_the_definition_is_shown_with_its_neighbours() -> None:
    lines = [f"line {number}" for number in range(1, 21)] + ["def f(): 1"]
    assert own_lines(lines, "f", 10) == OwnLines(7, "\n".join(lines[6:13]))
    assert own_lines(lines, "f", 1) == OwnLines(1, "\n".join(lines[:4]))
    assert own_lines(lines, "f", 99) == OwnLines(21, "def f(): 1")


def test_what_is_cut_off_is_not_the_line_in_question() -> None:
    lines = ["def f():", *(f"    x{number} = {number}" for number in range(1, 200))]
    early, late = own_lines(lines, "f", 5), own_lines(lines, "f", 150)
    assert early == OwnLines(1, "\n".join(lines[:MOST_LINES]), is_cut=True)
    assert late is not None
    assert len(late.text.split("\n")) == MOST_LINES
    assert lines[149] in late.text.split("\n")


@pytest.mark.parametrize(
    "source", [b"", b"\xff\xfe\x00d\x00e", b"x" * 10**6, b"(" * 10**5, b"\n" * 10**5]
)
def test_no_source_is_too_strange(source: bytes) -> None:
    record = changed(_grades("ada", "wrong")[0], name="f").record
    assert lines_for([record], {STEM: source}) == {}


def test_only_a_failed_check_has_lines() -> None:
    source = {STEM: b"class Digits:\n    length = 3"}
    for status in Status:
        record = _grades("ada", status)[0].record
        is_failure = status in ("wrong", "crashed", "timed out", "out of memory", "forbidden")
        assert bool(lines_for([record], source)) == is_failure


def test_a_record_points_to_the_first_line_that_it_names() -> None:
    observed = f"ValueError in {STEM}.py, line 12: {STEM}.py, line 99"
    record = _grades("ada", "crashed", observed=observed)[0].record
    assert line_of_failure(record) == 12
    assert line_of_failure(_grades("ada", "wrong", observed="Returned 3.")[0].record) == 0


# Keeping


def test_lines_are_kept_and_replaced(tmp_path: Path) -> None:
    with kept_lines(tmp_path, to_write=True) as kept:
        assert not kept.has("ada")
        kept.put("ada", {KEY: LINES, (STEM, "other"): LINES})
        kept.put("ada", {KEY: LINES})
        kept.put("bob", {})
    with kept_lines(tmp_path) as kept:
        assert kept.of("ada") == {KEY: LINES}
        assert kept.has("bob")
        assert kept.of("bob") == kept.of("nobody") == {}


def test_looking_for_lines_makes_no_file(tmp_path: Path) -> None:
    with kept_lines(tmp_path) as kept:
        assert kept.of("ada") == {}
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_costs_no_report_and_is_begun_anew(tmp_path: Path) -> None:
    with kept_lines(tmp_path, to_write=True) as kept:
        kept.put("ada", {KEY: LINES})
    whole = (tmp_path / FILE).read_bytes()
    for damaged in (b"no database at all" * 99, whole[:4096], whole[:4096] + b"\xff" * 4096):
        (tmp_path / FILE).write_bytes(damaged)
        _write(tmp_path)
        with kept_lines(tmp_path, to_write=True) as kept:
            kept.put("ada", {KEY: LINES})
        with kept_lines(tmp_path) as kept:
            assert kept.of("ada") == {KEY: LINES}


# On the page


def _write(folder: Path, *statuses: str, **changes: str) -> str:
    with Gradebook(folder) as book:
        book.put_student(Student("ada", "Ada", True))
        book.put_grades(_grades("ada", *(statuses or ("wrong", "wrong")), **changes))
        write_reports(book, folder / "out", RUBRIC, "Course")
    return (folder / "out" / "feedback" / "ada.html").read_text(encoding="utf-8")


def _shown(page: str) -> list[str]:
    return [
        html.unescape(re.sub(r"<[^>]*>", "", line))
        for line in re.findall(r'<span class="line.*?\n</span>', page, re.DOTALL)
    ]


def test_the_page_shows_the_lines_once_with_their_numbers(tmp_path: Path) -> None:
    with kept_lines(tmp_path, to_write=True) as kept:
        kept.put("ada", {KEY: LINES})
    page = _write(tmp_path, "passed", "wrong")
    assert _shown(page) == ["7class Digits:\n", "8    length = 3\n"]
    assert _shown(_write(tmp_path, "wrong", "wrong")) == _shown(page)
    assert _shown(_write(tmp_path, "passed", "not started")) == []


def test_the_page_marks_the_line_in_question(tmp_path: Path) -> None:
    with kept_lines(tmp_path, to_write=True) as kept:
        kept.put("ada", {KEY: LINES})
    page = _write(tmp_path, "crashed", observed=f"TypeError in {STEM}.py, line 8: no")
    (marked,) = re.findall(r'<span class="line marked">.*?</span>(.*?)\n', page)
    assert marked == "    length = 3"


def test_lines_of_code_are_only_text(tmp_path: Path) -> None:
    source = f"class Digits:\n    x = '{SCRIPT}\x1b[31m\u202e'".encode()
    grades = _grades("ada", "wrong", "wrong")
    with kept_lines(tmp_path, to_write=True) as kept:
        kept.put("ada", lines_for([one.record for one in grades], {STEM: source}))
    page = _write(tmp_path)
    assert "<script" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert SCRIPT in _shown(page)[1]


# In a run


@dataclass
class Work:
    """A source that counts how often it is read, and may not be readable."""

    files: dict[str, bytes] | None
    student: str = "ada"
    handed_in: bool = True
    reads: int = 0

    def read(self) -> Submission:
        self.reads += 1
        if self.files is None:
            raise OSError("it is gone")
        return Submission(self.student, "Ada", self.files)


def test_work_is_read_again_only_for_a_failed_check_that_is_new(tmp_path: Path) -> None:
    wrong, right = _grades("ada", "wrong"), _grades("ada", "passed")
    work = Work({STEM: b"class Digits:\n    length = 3"})
    with kept_lines(tmp_path, to_write=True) as kept:
        # The first is of an earlier version, which kept no lines; the second time nothing changed.
        for ran, grades, reads in ((0, wrong, 1), (0, wrong, 1), (1, wrong, 2), (1, right, 2)):
            _keep_lines(kept, Graded("ada", ran, grades), work)
            assert work.reads == reads
            assert bool(kept.of("ada")) == (grades is wrong)


def test_work_that_cannot_be_read_or_is_not_there_stops_nothing(tmp_path: Path) -> None:
    with kept_lines(tmp_path, to_write=True) as kept:
        _keep_lines(kept, Graded("ada", 1, _grades("ada", "wrong")), Work(None))
        _keep_lines(kept, Graded("bob", 0, _grades("bob", "wrong")), Work(None, "bob", False))
        assert kept.of("ada") == {}
        assert kept.has("ada")
        assert not kept.has("bob")


@pytest.mark.slow
@on_linux
def test_a_graded_class_has_its_own_lines_on_its_pages(tmp_path: Path) -> None:
    stem = "ch08_embedding_space"
    right = (SOLUTIONS / f"{stem}.py").read_text(encoding="utf-8")
    wrong = right.replace("x - x.mean(dim=0)", "x - 0 * x.mean(dim=0)")
    for name, text in (("ann", right), ("bob", wrong), ("cy", f"{right}\n(")):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / f"{stem}.py").write_text(text, encoding="utf-8")
    command = ("grade", str(tmp_path / "class"), "--out", str(tmp_path / "report"), "--jobs", "1")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = run_module(
        "autograder", *command, "--chapter", "8", cwd=ROOT, env=environment, timeout=240
    )
    assert done.returncode == 0, done
    pages = {
        name: (tmp_path / "report" / "feedback" / f"{name}.html").read_text(encoding="utf-8")
        for name in ("ann", "bob", "cy")
    }
    assert _shown(pages["ann"]) == []
    assert "0 * x.mean(dim=0)" in "".join(_shown(pages["bob"]))
    assert pages["cy"].count('<span class="line marked">') == 1
