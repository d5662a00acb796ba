"""The stubs: in step with the solutions, importable, and never written over a learner's work."""

import ast
import re
from types import ModuleType

import pytest

from autograder.chapters import EXERCISE_CHAPTERS, EXERCISES, SOLUTIONS
from autograder.grading.checks import names_of
from autograder.grading.grade import grade_chapters
from autograder.grading.loading import load_chapter
from autograder.grading.record import Status
from autograder.isolation.in_process import InProcess
from autograder.stubs import is_untouched, make_stub, stub_of, write_stub
from exercises.given.errors import CourseError

each_chapter = pytest.mark.parametrize("chapter", EXERCISE_CHAPTERS, ids=lambda c: c.stem)
LEARNERS_WORK = "def triplet_loss(anchor, positive, negative, margin=1.0):\n    return 42\n"


@pytest.fixture
def stubs(tmp_path):
    """Return a folder with every stub, freshly generated."""
    for chapter in EXERCISE_CHAPTERS:
        write_stub(chapter, tmp_path)
    return tmp_path


def is_left_alone_or_in_step(text, chapter):
    """A stub that somebody has edited is a learner's work and is compared with nothing."""
    return not is_untouched(text) or text == stub_of(chapter)


@each_chapter
def test_the_stub_is_in_step_with_its_solution(chapter):
    path = EXERCISES / f"{chapter.stem}.py"
    text = path.read_text(encoding="utf-8", errors="replace")
    assert is_left_alone_or_in_step(text, chapter), (
        f"{path}: out of step with its solution. Run python -m autograder.stubs"
    )


@each_chapter
def test_an_edited_stub_is_compared_with_nothing(chapter):
    assert is_left_alone_or_in_step(stub_of(chapter).replace("raise", "return", 1), chapter)
    assert is_left_alone_or_in_step(LEARNERS_WORK, chapter)


@each_chapter
def test_an_unedited_stub_of_another_solution_is_out_of_step(chapter):
    source = (SOLUTIONS / f"{chapter.stem}.py").read_text(encoding="utf-8")
    older = make_stub(
        source.replace("### BEGIN SOLUTION: ", "### BEGIN SOLUTION: old ", 1), chapter
    )
    assert is_untouched(older)
    assert not is_left_alone_or_in_step(older, chapter)


@each_chapter
def test_a_fresh_stub_is_untouched_with_any_line_ends(chapter):
    stub = stub_of(chapter)
    assert is_untouched(stub)
    assert is_untouched(stub.replace("\n", "\r\n"))
    assert is_untouched(stub.rstrip("\n"))


@each_chapter
def test_any_edit_of_a_stub_is_noticed(chapter):
    stub = stub_of(chapter)
    lines = stub.splitlines()
    for place in range(len(lines)):
        edited = "\n".join([*lines[:place], f"{lines[place]}  # mine", *lines[place + 1 :]])
        # The text after the digest in the last line is the only part that does not count.
        assert not is_untouched(edited) or place == len(lines) - 1
    assert not is_untouched(stub + "print(1)\n")
    assert not is_untouched("")


@each_chapter
def test_a_stub_has_numbered_todos_that_raise(chapter):
    stub = stub_of(chapter)
    todos = [int(number) for number in re.findall(r"^ *# TODO (\d+): \S.*\.$", stub, re.MULTILINE)]
    assert todos == list(range(1, len(todos) + 1))
    assert len(todos) >= len(names_of(chapter))
    raised = [node for node in ast.walk(ast.parse(stub)) if isinstance(node, ast.Raise)]
    messages = [ast.literal_eval(node.exc.args[0]) for node in raised]
    assert [node.exc.func.id for node in raised] == ["NotImplementedError"] * len(todos)
    assert sorted(messages) == sorted(f"TODO {n}: read book/{chapter.stem}.md" for n in todos)


@each_chapter
def test_no_line_of_a_solution_survives_in_its_stub(chapter):
    source = (SOLUTIONS / f"{chapter.stem}.py").read_text(encoding="utf-8")
    stub_lines = {line.strip() for line in stub_of(chapter).splitlines()}
    assert source.count("### BEGIN SOLUTION") == source.count("### END SOLUTION") > 0
    inside = False
    hidden, shown = set(), set()
    for line in source.splitlines():
        if "### BEGIN SOLUTION" in line:
            inside = True
        elif "### END SOLUTION" in line:
            inside = False
        elif line.strip():
            (hidden if inside else shown).add(line.strip())
    assert not (hidden - shown) & stub_lines
    assert not any("###" in line for line in stub_lines)


@each_chapter
def test_a_stub_keeps_every_docstring_of_what_it_asks_for(chapter):
    def docstrings(text):
        kinds = ast.FunctionDef | ast.ClassDef | ast.Module
        return {
            getattr(node, "name", "module"): ast.get_docstring(node)
            for node in ast.walk(ast.parse(text))
            if isinstance(node, kinds)
        }

    source = (SOLUTIONS / f"{chapter.stem}.py").read_text(encoding="utf-8")
    of_solution, of_stub = docstrings(source), docstrings(stub_of(chapter))
    assert set(names_of(chapter)) <= set(of_stub)
    assert of_stub.items() <= of_solution.items()
    assert all(of_stub[name] for name in names_of(chapter))


def test_stubs_import_cleanly(stubs):
    for chapter in EXERCISE_CHAPTERS:
        assert isinstance(load_chapter(stubs, chapter.stem), ModuleType)


def test_every_check_of_the_stubs_says_not_started(stubs):
    records = grade_chapters(InProcess(stubs), seed=0)
    assert {record.status for record in records} <= {Status.NOT_STARTED, Status.WAITING}
    assert sum(record.earned for record in records) == 0


def test_writing_replaces_an_untouched_stub(tmp_path):
    chapter = EXERCISE_CHAPTERS[2]
    path = write_stub(chapter, tmp_path)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert write_stub(chapter, tmp_path) == path
    assert path.read_bytes() == stub_of(chapter).encode()
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1"])
def test_writing_refuses_to_overwrite_an_edited_stub_and_keeps_it(tmp_path, encoding):
    chapter = EXERCISE_CHAPTERS[2]
    path = tmp_path / f"{chapter.stem}.py"
    work = ("# Lösung\n" + LEARNERS_WORK).encode(encoding)
    path.write_bytes(work)
    with pytest.raises(CourseError, match=chapter.stem):
        write_stub(chapter, tmp_path)
    assert path.read_bytes() == work


def test_writing_overwrites_an_edited_stub_when_told_to(tmp_path):
    chapter = EXERCISE_CHAPTERS[2]
    path = tmp_path / f"{chapter.stem}.py"
    path.write_text(LEARNERS_WORK, encoding="utf-8")
    write_stub(chapter, tmp_path, overwrite=True)
    assert path.read_text(encoding="utf-8") == stub_of(chapter)
