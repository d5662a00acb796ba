"""Where a class hands in elsewhere: results as Gradescope reads them, its archive, and the workflow.

Nothing here reaches Gradescope or GitHub. What they would run is run: run_autograder in a folder laid
out as theirs, and the workflow's own steps; setup.sh, which takes minutes, is parsed only.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from autograder.chapters import EXERCISE_CHAPTERS, ROOT, SOLUTIONS, find_chapter
from autograder.classroom.export import course_files, one_submission
from autograder.classroom.export.archive import autograder_zip
from autograder.classroom.export.gradescope import gradescope_results
from autograder.classroom.export.workflow import workflow_text
from autograder.classroom.gradebook import Grade
from autograder.classroom.rubric import Rubric, default_rubric
from autograder.classroom.station import GradingSettings, faults
from autograder.classroom.submission import LeftAside, Submission
from autograder.command_line.export_commands import export, gradescope
from autograder.grading.checks import checks_of, full_marks
from autograder.grading.record import Status
from autograder.isolation import level
from autograder.isolation.level import Result
from autograder.stubs import is_untouched, stub_of
from exercises.given.errors import CourseError
from tests.systems import with_bash
from tests.test_gradebook import changed

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the layers are there on Linux only")
COURSE = f"https://example.org/course.git@{'a' * 40}"
SEED = 918273645
RIGHT = {
    one.stem: (SOLUTIONS / f"{one.stem}.py").read_text(encoding="utf-8")
    for one in EXERCISE_CHAPTERS
}
# Stands where the venv's own triplet stands, and says which course it runs.
TRIPLET = """#!/bin/sh
exec "{python}" -c '
import autograder
from autograder.command_line.cli import main
print(autograder.__file__)
main()
' "$@"
"""


def write_triplet(path: Path) -> Path:
    path.parent.mkdir(parents=True)
    path.write_text(TRIPLET.format(python=sys.executable), encoding="utf-8")
    path.chmod(0o755)
    return path


def unpacked(archive: bytes, folder: Path) -> Path:
    """Unpack as Gradescope does, with the executable bits."""
    with zipfile.ZipFile(BytesIO(archive)) as found:
        for info in found.infolist():
            path = Path(found.extract(info, folder))
            path.chmod(info.external_attr >> 16 & 0o777)
    return folder


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def require_contract(results: dict[str, Any], rubric: Rubric) -> None:
    """Hold results to what Gradescope documents, and to the rubric."""
    optional = {"execution_time", "stdout_visibility", "visibility", "test_output_format"}
    known = {"score", "output", "output_format", "tests", "extra_data"} | optional
    assert set(results) <= known
    assert is_number(results["score"])
    assert isinstance(results["output"], str)
    assert results["output_format"] == "text"
    assert results["stdout_visibility"] == "hidden"
    assert len(results["tests"]) == len(rubric.points)
    for test in results["tests"]:
        assert isinstance(test["name"], str)
        assert isinstance(test["output"], str)
        assert is_number(test["score"])
        assert is_number(test["max_score"])
        assert 0 <= test["score"] <= test["max_score"]
        assert test["status"] == ("passed" if test["score"] else "failed")
        assert (test["output"] == "") == (test["status"] == "passed")
        assert (test["output_format"], test["name_format"]) == ("text", "text")
        assert test["visibility"] == "visible"
    assert sum(test["max_score"] for test in results["tests"]) == pytest.approx(rubric.total)
    assert sum(test["score"] for test in results["tests"]) == pytest.approx(results["score"])


@pytest.fixture(scope="module")
def hand_in(tmp_path_factory: pytest.TempPathFactory) -> Callable[[dict[str, str]], dict[str, Any]]:
    """Give what grades files by their stem in an unpacked archive, and returns the results."""
    place = tmp_path_factory.mktemp("gradescope")
    source = unpacked(autograder_zip(None, None), place / "source")
    script = shutil.copy(source / "run_autograder", place / "run_autograder")
    triplet = write_triplet(place / "bin" / "triplet")
    paths = {"AUTOGRADER": str(place), "TRIPLET": str(triplet), "PYTHONPATH": str(source)}

    def run(files: dict[str, str]) -> dict[str, Any]:
        for name in ("submission", "results"):
            shutil.rmtree(place / name, ignore_errors=True)
            (place / name).mkdir()
        for stem, text in files.items():
            (place / "submission" / f"{stem}.py").write_text(text, encoding="utf-8")
        found = subprocess.run(
            [script], cwd=place, env={**os.environ, **paths}, capture_output=True, text=True
        )
        assert found.returncode == 0, found.stdout
        assert found.stdout.startswith(str(source))
        results = json.loads((place / "results" / "results.json").read_text(encoding="utf-8"))
        require_contract(results, default_rubric())
        return results

    return run


def points_of(number: int) -> int:
    return sum(check.points for check in checks_of(find_chapter(str(number))))


def earned(results: dict[str, Any], chapter: int) -> float:
    return sum(
        test["score"] for test in results["tests"] if test["name"].startswith(f"Chapter {chapter}:")
    )


@pytest.mark.slow
@on_linux
def test_the_unpacked_archive_grades_a_right_submission(hand_in) -> None:
    results = hand_in(RIGHT)
    assert results["score"] == full_marks()
    assert results["output"] == f"{full_marks()} of {full_marks()} points."
    assert results["extra_data"] == {"isolation": "base"}


@pytest.mark.slow
@on_linux
def test_the_unpacked_archive_explains_a_wrong_submission(hand_in) -> None:
    wrong = RIGHT["ch04_triplet_loss"].replace("+ margin", "- margin")
    results = hand_in({"ch04_triplet_loss": wrong, "homework": "print('hello')"})
    assert 0 < earned(results, 4) == results["score"] < points_of(4)
    failed = [one for one in results["tests"] if "triplet_loss: the four triplets" in one["name"]]
    assert failed[0]["status"] == "failed"
    assert "Expected 0.5000" in failed[0]["output"]
    assert "Not graded: homework.py: its name says no chapter" in results["output"]


@pytest.mark.slow
@on_linux
def test_the_unpacked_archive_gives_an_empty_submission_nothing(hand_in) -> None:
    results = hand_in({})
    assert results["score"] == 0
    for test in results["tests"]:
        assert test["output"].startswith(("Not started.", "Waiting for"))


@pytest.mark.slow
@on_linux
def test_code_that_ends_its_process_gets_nothing_and_takes_nothing(hand_in) -> None:
    hostile = "import os\nos._exit(0)\n"
    results = hand_in(
        {"ch08_embedding_space": hostile, "ch04_triplet_loss": RIGHT["ch04_triplet_loss"]}
    )
    assert earned(results, 8) == 0
    assert results["score"] == earned(results, 4) == points_of(4)


def grades(**changes: Any) -> list[Grade]:
    """Return a grade for every check, passed but for what is changed, without running anything."""
    found = faults(GradingSettings(SEED, "base"), "ann", EXERCISE_CHAPTERS, "")
    return [changed(one, **{"status": Status.PASSED, **changes}) for one in found]


def test_the_rubric_says_what_a_check_is_worth() -> None:
    rubric = Rubric({check: points / 4 for check, points in default_rubric().points.items()})
    results = gradescope_results(grades(), rubric)
    require_contract(results, rubric)
    assert results["score"] == full_marks() / 4


def test_what_a_learner_worded_is_text_and_the_seed_is_in_none_of_it() -> None:
    results = gradescope_results(grades(status=Status.WRONG, observed="<script>"), default_rubric())
    require_contract(results, default_rubric())
    assert "<script>" in results["tests"][0]["output"]
    assert str(SEED) not in json.dumps(results)
    assert "seed" not in json.dumps(results)


def test_a_long_list_of_files_that_were_not_graded_is_cut() -> None:
    many = [LeftAside(f"{number}.txt", "why") for number in range(25)]
    lines = gradescope_results(grades(), default_rubric(), many)["output"].splitlines()
    assert len(lines) == 22
    assert lines[-1] == "Not graded: 5 more"


def test_a_fault_of_the_grader_is_no_zero() -> None:
    found = grades()
    found[3] = changed(found[3], status=Status.GRADER_FAULT, observed="no worker today")
    with pytest.raises(
        CourseError, match=r"at 1 of \d+ checks, not the submission.*no worker today"
    ):
        gradescope_results(found, default_rubric())
    with pytest.raises(CourseError, match="at 1 of"):
        gradescope_results(grades()[:-1], default_rubric())


def run_gradescope(folder: Path, *options: str) -> tuple[BaseException | None, Path]:
    """Run the command on a folder where an earlier submission's results still lie."""
    (folder / "ann").mkdir()
    results = folder / "results.json"
    results.write_text("those of somebody else", encoding="utf-8")
    arguments = [str(folder / "ann"), "--results", str(results), *options]
    return CliRunner().invoke(gradescope, arguments).exception, results


def test_the_command_leaves_no_results_where_the_grader_failed(tmp_path, monkeypatch) -> None:
    failed = Submission("ann", "Ann"), grades(status=Status.GRADER_FAULT)
    monkeypatch.setattr(level, "attempt_acts", lambda launcher: [])
    monkeypatch.setattr(one_submission, "grade_one", lambda *_: failed)
    exception, results = run_gradescope(tmp_path)
    assert isinstance(exception, CourseError)
    assert list(tmp_path.iterdir()) == [tmp_path / "ann"]
    assert not results.exists()


def test_the_command_refuses_below_the_base_level(tmp_path, monkeypatch) -> None:
    able = [Result("fork", "a bomb", False, "it was done")]
    monkeypatch.setattr(level, "attempt_acts", lambda launcher: able)
    exception, results = run_gradescope(tmp_path)
    assert isinstance(exception, CourseError)
    assert "--accept limits" in str(exception)
    assert not results.exists()


def test_the_command_grades_at_an_accepted_level(tmp_path, monkeypatch) -> None:
    able = [Result("fork", "a bomb", False, "it was done")]
    levels = []
    monkeypatch.setattr(level, "attempt_acts", lambda launcher: able)
    monkeypatch.setattr(
        one_submission,
        "grade_one",
        lambda folder, settings, _: levels.append(settings.level) or (Submission("", ""), grades()),
    )
    exception, results = run_gradescope(tmp_path, "--accept", "limits")
    assert exception is None
    assert levels == ["limits"]
    assert json.loads(results.read_text(encoding="utf-8"))["score"] == full_marks()


def files_of(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(archive)) as found:
        return {info.filename: found.read(info) for info in found.infolist()}


def test_the_archive_holds_no_edits_and_is_the_same_each_time(tmp_path, monkeypatch) -> None:
    archive = autograder_zip(None, None)
    for name in files_of(archive):
        if (ROOT / name).exists():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, tmp_path / name)
    for name in (
        "exercises/ch04_triplet_loss.py",
        "exercises/mine.py",
        "exercises/given/__pycache__/data.pyc",
        "autograder/__pycache__/cli.pyc",
        "autograder/.partial-1-cli.py",
        ".git/config",
        "book/_build/index.html",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("somebody's own", encoding="utf-8")
    monkeypatch.setattr(course_files, "ROOT", tmp_path)
    assert autograder_zip(None, None) == archive
    for chapter in EXERCISE_CHAPTERS:
        stub = files_of(archive)[chapter.stub].decode()
        assert stub == stub_of(chapter)
        assert is_untouched(stub)


def test_the_archive_holds_what_installing_takes() -> None:
    files = files_of(autograder_zip(None, None))
    needed = {"setup.sh", "run_autograder", "pyproject.toml", "constraints.txt", "README.md"}
    needed |= {"LICENSE", "autograder/command_line/cli.py", "exercises/given/data/load.py"}
    templates = "autograder/classroom/reports/templates"
    needed |= {f"{templates}/class.{kind}" for kind in ("html", "css", "js")}
    assert needed <= set(files)
    assert not [name for name in files if name.endswith((".gz", ".zip"))]
    with zipfile.ZipFile(BytesIO(autograder_zip(None, None))) as archive:
        modes = {one.filename: one.external_attr >> 16 & 0o777 for one in archive.infolist()}
        assert archive.namelist() == sorted(files)
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert {name for name, mode in modes.items() if mode & 0o111} == {"setup.sh", "run_autograder"}


def test_a_course_without_its_folder_says_so(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(course_files, "ROOT", tmp_path)
    with pytest.raises(CourseError, match="own folder"):
        autograder_zip(None, None)


def test_a_level_and_a_rubric_are_in_the_archive_when_asked_for(tmp_path) -> None:
    rubric = tmp_path / "points.toml"
    rubric.write_text("", encoding="utf-8")
    plain, other = tmp_path / "plain.zip", tmp_path / "other.zip"
    asked = ["gradescope", "--out", str(other), "--accept", "limits", "--rubric", str(rubric)]
    assert CliRunner().invoke(export, ["gradescope", "--out", str(plain)]).exit_code == 0
    assert CliRunner().invoke(export, asked).exit_code == 0
    script = files_of(plain.read_bytes())["run_autograder"].decode()
    assert script.endswith('results.json" 2>&1\n')
    files = files_of(other.read_bytes())
    baked = '--accept limits --rubric "$AUTOGRADER/source/rubric.toml" 2>&1\n'
    assert files["run_autograder"].decode().endswith(baked)
    assert files["rubric.toml"] == b""


def test_a_rubric_that_does_not_fit_is_refused_at_once(tmp_path) -> None:
    rubric = tmp_path / "points.toml"
    rubric.write_text("[ch04_triplet_loss]\nnone = 1\n", encoding="utf-8")
    with pytest.raises(CourseError, match="there is no check"):
        autograder_zip(None, rubric)


def require_bash(text: str | bytes) -> None:
    source = text.encode() if isinstance(text, str) else text
    found = subprocess.run(["bash", "-n"], input=source, capture_output=True)
    assert found.returncode == 0, found.stderr
    assert b"%{" not in source


@with_bash
@pytest.mark.parametrize("name", ["setup.sh", "run_autograder"])
@pytest.mark.parametrize("accept", [None, "limits"])
def test_bash_understands_a_script(name: str, accept: str | None) -> None:
    script = files_of(autograder_zip(accept, None))[name]
    assert script.startswith(b"#!/usr/bin/env bash\n")
    assert b"\r" not in script
    require_bash(script)


def workflow_steps() -> dict[str, dict[str, Any]]:
    job = yaml.safe_load(workflow_text(COURSE))["jobs"]["grade"]
    return {step.get("name", step.get("uses")): step for step in job["steps"]}


def test_the_workflow_can_do_no_more_than_it_has_to() -> None:
    text = workflow_text(COURSE)
    workflow = yaml.safe_load(text)
    triggers = workflow[True]  # YAML takes the word "on" for true
    assert set(triggers) == {"push", "pull_request", "workflow_dispatch"}
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["env"] == {
        "COURSE_URL": "https://example.org/course.git",
        "COURSE_COMMIT": "a" * 40,
    }
    assert "secrets." not in text
    assert "permissions" not in workflow["jobs"]["grade"]
    steps = workflow_steps()
    assert steps["Check out the student's work"]["with"]["persist-credentials"] is False
    actions = [step["uses"] for step in steps.values() if "uses" in step]
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", action) for action in actions)


@with_bash
def test_bash_understands_every_step_of_the_workflow() -> None:
    scripts = [step["run"] for step in workflow_steps().values() if "run" in step]
    assert len(scripts) == 4
    for script in scripts:
        require_bash(script)
        # A name that a student or a branch chose would be put into the script before bash reads it.
        assert "${{" not in script


def run_step(name: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a step as GitHub does."""
    command = [
        "bash",
        "--noprofile",
        "--norc",
        "-eo",
        "pipefail",
        "-c",
        workflow_steps()[name]["run"],
    ]
    environment = {
        **os.environ,
        "GITHUB_STEP_SUMMARY": str(folder / "shown.md"),
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.slow
@on_linux
@with_bash
def test_the_steps_of_the_workflow_grade_a_repository(tmp_path) -> None:
    write_triplet(tmp_path / "course" / ".venv" / "bin" / "triplet")
    (tmp_path / "student" / "exercises").mkdir(parents=True)
    for stem in ("ch04_triplet_loss", "ch08_embedding_space"):
        shutil.copy(SOLUTIONS / f"{stem}.py", tmp_path / "student" / "exercises")
    graded = run_step("Grade", tmp_path)
    assert graded.returncode == 0, graded.stderr
    assert run_step("Show", tmp_path).returncode == 0
    assert "1 students, 1 handed in, 0 without" in (tmp_path / "shown.md").read_text(
        encoding="utf-8"
    )
    feedback = workflow_steps()["actions/upload-artifact@v7"]["with"]["path"]
    assert [path.name for path in (tmp_path / feedback).iterdir()] == ["student.html"]


@with_bash
def test_the_workflow_fails_where_the_grader_did(tmp_path) -> None:
    (tmp_path / "report").mkdir()
    words = "1 students, 1 handed in, 1 without a complete grade."
    (tmp_path / "report" / "summary.md").write_text(words, encoding="utf-8")
    assert run_step("Show", tmp_path).returncode != 0
    assert (tmp_path / "shown.md").read_text(encoding="utf-8") == words


@on_linux
@with_bash
def test_a_link_in_place_of_the_exercises_is_not_followed(tmp_path) -> None:
    write_triplet(tmp_path / "course" / ".venv" / "bin" / "triplet")
    (tmp_path / "student").mkdir()
    (tmp_path / "student" / "exercises").symlink_to(SOLUTIONS)
    graded = run_step("Grade", tmp_path)
    assert graded.returncode != 0
    assert "no student's work was found" in graded.stderr


@pytest.mark.parametrize(
    "course", ["https://example.org/course@main", "git@example.org:a@" + "a" * 40, COURSE + '"']
)
def test_a_course_that_could_change_is_refused(course: str) -> None:
    with pytest.raises(CourseError, match="40 digits"):
        workflow_text(course)


def test_a_workflow_that_is_there_is_not_overwritten(tmp_path) -> None:
    out = tmp_path / ".github" / "workflows" / "grade.yml"
    arguments = ["workflow", "--out", str(out)]
    written = CliRunner().invoke(export, arguments)
    assert "Fill in COURSE_URL" in written.output
    assert out.read_text(encoding="utf-8") == workflow_text()
    out.write_text("edited", encoding="utf-8")
    assert isinstance(CliRunner().invoke(export, arguments).exception, CourseError)
    assert out.read_text(encoding="utf-8") == "edited"
    assert (
        "Fill in"
        not in CliRunner()
        .invoke(export, ["workflow", "--out", str(tmp_path / "x"), "--course", COURSE])
        .output
    )
