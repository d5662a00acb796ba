"""Where a class hands in by Classroom 50: its result, the release, and the exported autograder.py.

Nothing here reaches GitHub. The script is run as the runner of Classroom 50 runs it, with a course
that is fetched from a folder; installing it, which takes minutes, is left out.
"""

import importlib.util
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt

from autograder.chapters import ROOT, SOLUTIONS
from autograder.classroom.export import one_submission
from autograder.classroom.export.classroom50 import (
    classroom50_result,
    release_text,
    told_by_the_runner,
)
from autograder.classroom.export.script import autograder_text
from autograder.classroom.rubric import Rubric, default_rubric, read_rubric, rubric_text
from autograder.classroom.submission import LeftAside, Submission
from autograder.command_line.export_commands import classroom50, export
from autograder.grading.checks import full_marks
from autograder.grading.record import Status
from autograder.isolation import level
from exercises.given.errors import CourseError
from tests.platforms.classroom50 import TOLD, complaint, run_submission
from tests.systems import on_linux, with_bash
from tests.test_export import COURSE, RIGHT, SEED, grades, write_triplet
from tests.test_gradebook import changed

MOST_IN_A_RELEASE = 125_000  # characters that GitHub takes


def told() -> dict[str, str]:
    return told_by_the_runner(TOLD)


def test_the_result_of_right_work_is_taken() -> None:
    result = classroom50_result(grades(), default_rubric(), told())
    assert complaint(result) == ""
    assert (result["score"], result["max-score"]) == (full_marks(), full_marks())
    assert len(result["tests"]) == len(default_rubric().points)


def test_the_result_of_wrong_work_explains_and_holds_no_seed() -> None:
    found = grades()
    found[0] = changed(found[0], status=Status.WRONG, observed="Got 3 <b>rows</b>.")
    result = classroom50_result(found, default_rubric(), told())
    assert complaint(result) == ""
    first = result["tests"][0]
    assert result["score"] == full_marks() - first["max-score"]
    assert (first["passed"], first["score"]) == (False, 0)
    assert "Got 3 <b>rows</b>." in first["output"]
    assert str(SEED) not in json.dumps(result)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("score", 3.0),
        ("score", True),
        ("score", 10_000),
        ("classroom", "another"),
        ("owner", "asmith"),
        ("submission", "v1"),
        ("review", ""),
        ("usernames", ["jdoe"]),
        ("tests", [{"test-name": "", "passed": True, "score": 0, "max-score": 0}]),
        ("tests", [{"test-name": "a", "passed": True, "score": 0.5, "max-score": 1}]),
    ],
)
def test_the_rules_refuse_what_classroom50_refuses(field: str, value: object) -> None:
    result = classroom50_result(grades(), default_rubric(), told())
    assert complaint({**result, field: value})


def test_parts_of_points_are_refused(tmp_path: Path) -> None:
    half = Rubric({check: points / 2 for check, points in default_rubric().points.items()})
    with pytest.raises(CourseError, match="whole points only"):
        classroom50_result(grades(), half, told())
    rubric = tmp_path / "rubric.toml"
    rubric.write_text(rubric_text(half), encoding="utf-8")
    with pytest.raises(CourseError, match="whole points only"):
        autograder_text(COURSE, rubric)


def test_a_fault_of_the_grader_is_no_result() -> None:
    found = grades()
    found[3] = changed(found[3], status=Status.GRADER_FAULT, observed="no worker today")
    with pytest.raises(CourseError, match=r"not the submission.*no worker today"):
        classroom50_result(found, default_rubric(), told())
    with pytest.raises(CourseError, match="not the submission"):
        release_text(found, default_rubric())


def test_what_the_runner_does_not_tell_is_named() -> None:
    with pytest.raises(CourseError, match="say OWNER, REVIEW_URL"):
        told_by_the_runner({**TOLD, "OWNER": "", "REVIEW_URL": ""})


def rendered(text: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(text)


def test_what_a_learner_worded_is_text_in_the_release() -> None:
    words = "<script>x</script>\n```\n\n# heading | cell\n</details>"
    found = grades(status=Status.WRONG, observed=words, printed=words)
    left = [LeftAside("<img>.py", "its *name* says no chapter")]
    page = rendered(release_text(found, default_rubric(), left))
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert "&lt;img&gt;.py: its *name* says no chapter" in page
    assert not [tag for tag in ("<script", "<img", "</details", "<h1", "<em") if tag in page]
    assert page.count("<tr>") == 1 + len(default_rubric().points)


def test_a_release_with_long_explanations_is_short_enough() -> None:
    found = grades(status=Status.WRONG, observed="word " * 400, printed="x" * 2_000)
    text = release_text(found, default_rubric())
    assert MOST_IN_A_RELEASE // 2 < len(text) < MOST_IN_A_RELEASE
    assert "more are explained in result.json" in text


def test_a_release_names_what_was_not_graded_and_not_what_the_course_gave() -> None:
    left = [LeftAside(path, "why") for path in ("given/errors.py", "__init__.py", "homework.py")]
    text = release_text(grades(), default_rubric(), left)
    assert text.count("Not graded: ") == 1
    assert "Not graded: homework" in text


def run_classroom50(folder: Path) -> BaseException | None:
    """Run the command on a folder where an earlier submission's result still lies."""
    (folder / "ann").mkdir()
    (folder / "out").mkdir()
    (folder / "out" / "result.json").write_text("that of somebody else", encoding="utf-8")
    arguments = [str(folder / "ann"), "--out", str(folder / "out")]
    return CliRunner(env=TOLD).invoke(classroom50, arguments).exception


def test_the_command_writes_a_result_and_a_release(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(level, "attempt_acts", lambda launcher: [])
    monkeypatch.setattr(one_submission, "grade_one", lambda *_: (Submission("", ""), grades()))
    assert run_classroom50(tmp_path) is None
    written = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir()}
    assert complaint(json.loads(written["result.json"])) == ""
    assert f"{full_marks()} of {full_marks()} points" in written["release-body.md"]


def test_the_command_leaves_no_result_where_the_grader_failed(tmp_path, monkeypatch) -> None:
    failed = Submission("", ""), grades(status=Status.GRADER_FAULT)
    monkeypatch.setattr(level, "attempt_acts", lambda launcher: [])
    monkeypatch.setattr(one_submission, "grade_one", lambda *_: failed)
    assert isinstance(run_classroom50(tmp_path), CourseError)
    assert list((tmp_path / "out").iterdir()) == []


def exported(folder: Path, *options: str) -> ModuleType:
    """Export an autograder.py by the command, and return it as a module."""
    out = folder / "autograder.py"
    done = CliRunner().invoke(export, ["classroom50", "--out", str(out), *options])
    assert done.exit_code == 0, done.output
    spec = importlib.util.spec_from_file_location("exported_autograder", out)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_script_holds_one_commit_of_the_course(tmp_path) -> None:
    script = exported(tmp_path, "--course", COURSE)
    assert f"{script.COURSE_URL}@{script.COURSE_COMMIT}" == COURSE
    assert (script.ACCEPT, script.RUBRIC, script.EXTRA_INDEX) == ("", "", "")
    with pytest.raises(CourseError, match="40 digits"):
        autograder_text("https://example.org/course@main")


def test_the_script_holds_a_rubric_and_a_level(tmp_path) -> None:
    points = {check: worth * 2 for check, worth in default_rubric().points.items()}
    rubric = tmp_path / "points.toml"
    rubric.write_text(rubric_text(Rubric(points)), encoding="utf-8")
    script = exported(tmp_path, "--rubric", str(rubric), "--accept", "limits")
    held = tmp_path / "held.toml"
    held.write_text(script.RUBRIC, encoding="utf-8")
    assert read_rubric(held).points == points
    assert script.ACCEPT == "limits"


def test_a_script_that_is_there_is_not_overwritten(tmp_path) -> None:
    out = tmp_path / "autograder.py"
    arguments = ["classroom50", "--out", str(out)]
    assert "Fill in COURSE_URL" in CliRunner().invoke(export, arguments).output
    out.write_text("edited", encoding="utf-8")
    assert isinstance(CliRunner().invoke(export, arguments).exception, CourseError)
    assert out.read_text(encoding="utf-8") == "edited"


# Stands in the place of the exported script, whose course lies in a folder and is installed already.
DRIVER = """
import sys
from pathlib import Path
import exported_autograder as script
script.COURSE_URL, script.COURSE_COMMIT = {url!r}, {commit!r}
def install_course(place):
    assert (place / "course" / "LICENSE").is_file()
    script.run(place, sys.executable, "-m", "venv", "--help")
    return Path({triplet!r})
script.install_course = install_course
script.main()
"""
GRADES = """#!/bin/sh
mkdir "$4" && echo '# Release' > "$4/release-body.md" && cp '{result}' "$4/result.json"
"""
git = ("git", "-c", "user.name=course", "-c", "user.email=course@example.org")


@pytest.fixture
def course(tmp_path: Path) -> tuple[Path, str]:
    """Return a course that can be fetched from a folder, and its commit."""
    place = tmp_path / "published"
    place.mkdir()
    shutil.copy(ROOT / "LICENSE", place)
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "a course"]):
        subprocess.run([*git, *command], cwd=place, check=True)
    done = subprocess.run([*git, "rev-parse", "HEAD"], cwd=place, capture_output=True, check=True)
    return place, done.stdout.decode().strip()


@pytest.fixture
def scripted(tmp_path: Path, course: tuple[Path, str]) -> Callable[..., Path]:
    """Give what writes an autograder.py that grades with a command of the test's own."""
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    text = autograder_text(COURSE)
    (bundle / "exported_autograder.py").write_text(text, encoding="utf-8")

    def write(triplet: Path, commit: str = course[1]) -> Path:
        path = bundle / "autograder.py"
        driver = DRIVER.format(url=course[0].as_uri(), commit=commit, triplet=str(triplet))
        path.write_text(driver, encoding="utf-8")
        return path

    return write


@pytest.fixture
def stand_in(tmp_path: Path) -> Path:
    """Return a command that grades nothing, and gives full marks."""
    result = tmp_path / "full.json"
    content = classroom50_result(grades(), default_rubric(), told())
    result.write_text(json.dumps(content), encoding="utf-8")
    path = tmp_path / "stand-in"
    path.write_text(GRADES.format(result=result), encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a student's repository with two chapters in it."""
    place = tmp_path / "checkout"
    (place / "exercises").mkdir(parents=True)
    for stem in ("ch04_triplet_loss", "ch08_embedding_space"):
        shutil.copy(SOLUTIONS / f"{stem}.py", place / "exercises")
    return place


@on_linux
def test_the_script_hands_over_what_the_grader_wrote(scripted, stand_in, checkout) -> None:
    graded = run_submission(scripted(stand_in), checkout)
    assert (graded.status, graded.why) == ("success", "")
    assert graded.release == "# Release\n"


@on_linux
def test_a_commit_that_is_not_there_grades_nothing(scripted, stand_in, checkout) -> None:
    graded = run_submission(scripted(stand_in, "a" * 40), checkout)
    assert graded.status == "error"
    assert "fetch" in graded.why


@on_linux
@with_bash
def test_a_failing_grader_leaves_no_result_and_no_student_leaves_one(
    scripted, checkout, tmp_path
) -> None:
    fails = tmp_path / "fails"
    fails.write_text("#!/bin/sh\nexit 2\n", encoding="utf-8")
    fails.chmod(0o755)
    elsewhere = tmp_path / "elsewhere"
    (checkout / "result.json").symlink_to(elsewhere)
    (checkout / "release-body.md").write_text("100 of 100", encoding="utf-8")
    assert run_submission(scripted(fails), checkout).status == "error"
    assert [path.name for path in checkout.iterdir()] == ["exercises"]
    assert not elsewhere.exists()


@on_linux
def test_a_link_in_place_of_the_exercises_is_not_followed(scripted, stand_in, checkout) -> None:
    shutil.rmtree(checkout / "exercises")
    (checkout / "exercises").symlink_to(SOLUTIONS)
    graded = run_submission(scripted(stand_in), checkout)
    assert graded.status == "error"
    assert "nothing to grade" in graded.why


@on_linux
def test_modules_of_the_student_are_not_taken_for_those_of_python(
    scripted, stand_in, checkout
) -> None:
    for name in ("venv.py", "pip.py", "subprocess.py", "tempfile.py"):
        (checkout / name).write_text("raise SystemExit('taken')", encoding="utf-8")
    assert run_submission(scripted(stand_in), checkout).status == "success"


@pytest.mark.slow
@on_linux
@with_bash
@pytest.mark.parametrize("work", ["right", "wrong", "hostile"])
def test_a_submission_is_graded_as_classroom50_asks(work, scripted, checkout, tmp_path) -> None:
    triplet = write_triplet(tmp_path / "bin" / "triplet")
    exercises = checkout / "exercises"
    (exercises / "ch08_embedding_space.py").unlink()
    for stem, text in RIGHT.items() if work == "right" else ():
        (exercises / f"{stem}.py").write_text(text, encoding="utf-8")
    if work == "hostile":
        ends = "import os\nos._exit(0)\n"
        (exercises / "ch08_embedding_space.py").write_text(ends, encoding="utf-8")
        (exercises / "ch02_triplet_dataset.py").symlink_to(SOLUTIONS / "ch02_triplet_dataset.py")
    graded = run_submission(scripted(triplet), checkout, {"PYTHONPATH": str(ROOT)})
    assert graded.result, graded.why
    earned = {one["test-name"].split(":")[0] for one in graded.result["tests"] if one["passed"]}
    if work == "right":
        assert graded.status == "success"
        assert graded.result["score"] == full_marks()
    else:
        assert graded.status == "failure"
        assert earned == {"Chapter 4"}
        assert "Not started." in graded.release
