"""The workflows, as GitHub reads them: valid by its schema, with few rights, and the course's pins."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from autograder.chapters import ROOT

FOLDER = ROOT / ".github" / "workflows"
TEMPLATES = ROOT / "autograder" / "classroom" / "export" / "templates"
WORKFLOWS = [*sorted(FOLDER.glob("*.yml")), TEMPLATES / "grade.yml"]
CPU_BUILD = "pip install torch=={} --index-url https://download.pytorch.org/whl/cpu"
each_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
USES = re.compile(r"(?:uses:\s*|\b(?=actions/))([\w./-]+@[\w.-]+)")
TEXTS = {".md", ".py", ".sh", ".toml", ".yaml", ".yml"}
# What each action runs on, and its inputs that are used here, by the action.yml of its repository at
# the tag of this version, as it was at that commit. GitHub ends Node 20, on which older ones run.
ACTIONS = {
    # 3d3c42e5aac5, 17 July 2026
    "actions/checkout@v7": ("node24", {"path", "persist-credentials"}),
    # 5fda3b95a4ea, 19 July 2026
    "actions/setup-python@v7": ("node24", {"python-version", "cache", "cache-dependency-path"}),
    # bbbca2ddaa5d, 25 February 2026
    "actions/upload-artifact@v7": ("node24", {"name", "path"}),
    # fc324d354710, 8 April 2026: shell, and actions/upload-artifact at bbbca2ddaa5d, as above
    "actions/upload-pages-artifact@v5": ("node24", {"path"}),
    # cd2ce8fcbc39, 24 March 2026
    "actions/deploy-pages@v5": ("node24", set()),
}


def read(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def complaint(path: Path) -> str:
    """Return what the published schema of workflows has against a file, "" if nothing."""
    command = [sys.executable, "-m", "check_jsonschema"]
    command += ["--builtin-schema", "vendor.github-workflows", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


@each_workflow
def test_a_workflow_is_valid(path: Path) -> None:
    assert complaint(path) == ""


def test_a_misspelt_key_is_not_valid(tmp_path: Path) -> None:
    text = (FOLDER / "tests.yml").read_text(encoding="utf-8")
    path = tmp_path / "tests.yml"
    path.write_text(text.replace("fail-fast", "fail-slow"), encoding="utf-8")
    assert "fail-slow" in complaint(path)


def named_actions() -> set[str]:
    """Return every action that a text of the repository names, but for the table above."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    paths = [ROOT / name for name in listed.stdout.decode().split("\0")]
    texts = [path for path in paths if path.suffix in TEXTS and path != Path(__file__)]
    found = [USES.findall(path.read_text(encoding="utf-8")) for path in texts if path.is_file()]
    return {action for actions in found for action in actions}


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="git tells which files there are")
def test_every_action_that_is_named_runs_on_node_24() -> None:
    assert named_actions() == ACTIONS.keys()
    assert {node for node, _ in ACTIONS.values()} == {"node24"}


@each_workflow
def test_an_action_is_given_inputs_that_it_has(path: Path) -> None:
    # GitHub warns of another one, and goes on without it.
    steps = [step for job in read(path)["jobs"].values() for step in job["steps"]]
    given = [(one["uses"], set(one.get("with", {}))) for one in steps if "uses" in one]
    assert given
    assert [(action, inputs) for action, inputs in given if not inputs <= ACTIONS[action][1]] == []


@each_workflow
def test_a_workflow_reads_only_and_ends(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["concurrency"]
    assert all(job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())


def test_the_tests_run_on_three_systems_with_every_python_of_the_course() -> None:
    strategy = read(FOLDER / "tests.yml")["jobs"]["test"]["strategy"]
    systems = [name.partition("-")[0] for name in strategy["matrix"]["system"]]
    assert systems == ["ubuntu", "macos", "windows"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    oldest = re.search(r"3\.\d+", project["requires-python"])
    assert oldest
    assert strategy["matrix"]["python"] == [oldest[0], "3.12", "3.13"]
    assert strategy["fail-fast"] is False


def test_what_is_slow_runs_every_week_as_it_does_before_a_change_lands() -> None:
    workflow = read(FOLDER / "slow.yml")
    triggers = workflow[True]  # YAML takes the word "on" for true
    assert set(triggers) == {"schedule", "workflow_dispatch"}
    before = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    commands = [one["run"] for one in steps if "run" in one and "torch==" not in one["run"]]
    assert {"make book", "make test-slow", "make attack"} < set(commands)
    assert [one for one in commands if one not in before] == []


@pytest.mark.parametrize("name", ["tests.yml", "slow.yml", "publish.yml"])
def test_the_build_without_cuda_is_the_one_that_the_course_is_pinned_to(name: str) -> None:
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pin = re.search(r"^torch==(\S+)$", pins, re.M)
    assert pin
    jobs = read(FOLDER / name)["jobs"].values()
    scripts = [step.get("run", "") for job in jobs for step in job["steps"]]
    taken = [script for script in scripts if "torch==" in script]
    assert taken
    assert all(CPU_BUILD.format(pin[1]) in script for script in taken)
