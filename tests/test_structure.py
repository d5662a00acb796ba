"""The structure: who imports whom, one name in every folder, and checks that add up."""

import ast
import importlib
import re
import subprocess
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path, PurePosixPath

import pytest

from autograder.chapters import CHAPTERS, EXERCISE_CHAPTERS, ROOT, SOLUTIONS
from autograder.grading.checks import names_of
from autograder.grading.grade import checks_of
from autograder.imports import imported_files, imported_names
from autograder.stubs import stub_of

OURS = {"autograder", "book", "exercises", "solutions", "tests"}
TOP_LEVEL_FILES = {
    "README.md",
    "AGENTS.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "LICENSE",
    "CITATION.cff",
    "Makefile",
    "pyproject.toml",
    "constraints.txt",
}
each_exercise = pytest.mark.parametrize("chapter", EXERCISE_CHAPTERS, ids=lambda c: c.stem)


def is_inside(name, package):
    return name == package or name.startswith(f"{package}.")


def forbidden_imports(text, path):
    """Return the imports of ours that the file at this path may not have."""
    parts = PurePosixPath(path).parts
    imports = set(imported_names(text, PurePosixPath(path)))
    if parts[0] == "tests":
        return set()
    if parts[:2] == ("exercises", "given"):
        return {name for name in imports if not is_inside(name, "exercises.given")}
    if parts[0] in ("exercises", "solutions"):
        earlier = [
            f"{parts[0]}.{chapter.stem}"
            for chapter in EXERCISE_CHAPTERS
            if chapter.stem < PurePosixPath(path).stem
        ]
        allowed = ["exercises.given", *earlier]
    else:
        allowed = ["exercises.given", "solutions", "autograder"]
    return {name for name in imports if not any(is_inside(name, one) for one in allowed)}


def absolute_imports_of_own_folder(text, path):
    """Return the absolute imports by which a file would not follow its folder elsewhere."""
    folder = PurePosixPath(path).parts[0]
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {
        name for name in found if is_inside(name, folder) and not is_inside(name, "exercises.given")
    }


def source_files():
    """Return (path, text) of every Python file; an exercise as generated, not as edited."""
    stems = {chapter.stub: chapter for chapter in EXERCISE_CHAPTERS}
    files = []
    for folder in ("autograder", "exercises/given", "solutions", "tests", "book"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            # What stands in tests/golden was handed in by learners, mistakes and all.
            if not name.startswith(("book/_build", "book/_results", "tests/golden")):
                files.append((name, path.read_text(encoding="utf-8")))
    return files + [(name, stub_of(chapter)) for name, chapter in stems.items()]


FILES = source_files()
each_file = pytest.mark.parametrize(("path", "text"), FILES, ids=[path for path, _ in FILES])


@each_file
def test_a_file_imports_only_what_its_folder_may(path, text):
    assert forbidden_imports(text, path) == set()


@each_file
def test_a_chapter_names_its_neighbours_relatively(path, text):
    if path.startswith(("solutions/", "exercises/")):
        assert absolute_imports_of_own_folder(text, path) == set()


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("exercises/given/data.py", "import solutions.ch04_triplet_loss"),
        ("exercises/given/data.py", "from ..ch04_triplet_loss import triplet_loss"),
        ("exercises/given/data.py", "from autograder import check"),
        ("solutions/ch04_triplet_loss.py", "from .ch05_triplet_mining import valid_triplets"),
        ("solutions/ch04_triplet_loss.py", "from exercises.ch02_triplet_dataset import x"),
        ("exercises/ch04_triplet_loss.py", "from solutions import ch02_triplet_dataset"),
        ("autograder/command_line/cli.py", "from exercises import ch04_triplet_loss"),
        ("autograder/grading/checks/ch04_triplet_loss.py", "import exercises.ch04_triplet_loss"),
        ("autograder/command_line/cli.py", "from tests import test_data"),
    ],
)
def test_a_forbidden_import_is_found(path, line):
    assert forbidden_imports(line, path)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("exercises/given/data.py", "from . import mnist"),
        ("solutions/ch05_triplet_mining.py", "from .ch04_triplet_loss import triplet_loss"),
        ("exercises/ch05_triplet_mining.py", "from exercises.given import toy"),
        ("autograder/grading/checks/ch04_triplet_loss.py", "from ..check import Check"),
    ],
)
def test_an_allowed_import_is_let_through(path, line):
    assert forbidden_imports(line, path) == set()


# The rooms of a folder from the ground up: who stands higher may import what is lower. The files
# that lie in the folder itself are the ground.
ROOMS = {
    "exercises/given": (
        *("data", "training", "measuring", "drawing", "health", "studies", "pages", "book"),
    ),
    "autograder": (
        *("grading", "isolation", "learner", "breaks", "experiments", "authoring"),
        *("publishing", "classroom", "command_line"),
    ),
}
# What starts everything else stands above all rooms, wherever it has to lie.
ENTRIES = {
    "autograder/__init__.py",  # %load_ext autograder
    "autograder/__main__.py",
    "autograder/grading/checks/conftest.py",  # pytest autograder/grading/checks
}
MOST_LINES = 400
OWN = [path for path, _ in FILES if path.startswith(tuple(f"{folder}/" for folder in ROOMS))]


def floor_of(path):
    """Return in which folder a file lies, and on which floor of it: 0 is the ground."""
    folder = next(folder for folder in ROOMS if path.startswith(f"{folder}/"))
    room = PurePosixPath(path).relative_to(folder).parts[0]
    if room.endswith(".py"):
        return folder, 0
    return folder, 1 + ROOMS[folder].index(room)


def imports_of(path):
    imported = (file.relative_to(ROOT).as_posix() for file in imported_files(ROOT / path))
    return sorted(file for file in imported if file.startswith(tuple(ROOMS)))


@pytest.mark.parametrize("path", sorted(set(OWN) - ENTRIES))
def test_no_file_imports_from_a_higher_room(path):
    folder, floor = floor_of(path)
    own = [floor_of(other) for other in imports_of(path)]
    assert all(other <= floor for place, other in own if place == folder), imports_of(path)


def test_no_files_import_each_other_in_a_circle():
    TopologicalSorter({path: imports_of(path) for path in OWN}).prepare()


def test_no_two_files_have_one_name():
    names = [PurePosixPath(path).name for path in OWN]
    names = [name for name in names if not re.match(r"__|ch\d\d_", name)]
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_no_two_classes_have_one_name():
    classes = Counter(
        node.name
        for path, text in FILES
        if path in OWN
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, count in classes.items() if count > 1] == []


def test_no_file_is_longer_than_one_reads():
    # What is a list of entries may be longer.
    lists = ("autograder/grading/checks/", "autograder/grading/misconceptions/")
    long = [
        path
        for path, text in FILES
        if path in OWN and not path.startswith(lists) and len(text.splitlines()) > MOST_LINES
    ]
    assert long == []


def defined_names():
    """Return the functions and classes of our files, methods as Class.method."""
    names = set()
    for path, text in FILES:
        if path in OWN or path.startswith("solutions/"):
            for node in ast.parse(text).body:
                names.add(getattr(node, "name", ""))
                if isinstance(node, ast.ClassDef):
                    names |= {f"{node.name}.{getattr(one, 'name', '')}" for one in node.body}
    return names


def test_what_the_readme_of_the_autograder_names_is_there():
    readme = (ROOT / "autograder" / "README.md").read_text(encoding="utf-8")
    picture, text = readme.split("```")[1], readme.split("```")[2]
    rooms = [line.split()[0] for line in picture.splitlines() if re.match(r"  \w+  ", line)]
    assert [room for room in rooms if room in ROOMS["autograder"]] == [*ROOMS["autograder"]][::-1]
    files = {PurePosixPath(path).name for path in OWN}
    known = files | defined_names() | {room for rooms in ROOMS.values() for room in rooms}
    known |= {"exercises/given/", "solutions/", "results.json", "triplet watch", "triplet break"}
    known |= {
        "book/",
        "book/assemblies/",
        "book/measured/assemblies/",
        "assemble.py",
        "assembly.js",
    }
    named = re.findall(r"`([^`]+)`", text)
    assert len(named) > 60
    assert [name for name in named if name not in known] == []


def stems_in(folder, pattern):
    return {path.stem.removeprefix("test_") for path in (ROOT / folder).glob(pattern)}


@pytest.mark.parametrize(
    ("folder", "pattern"),
    [
        ("solutions", "ch*.py"),
        ("autograder/grading/checks", "ch*.py"),
        ("tests", "test_ch[0-9]*.py"),
    ],
)
def test_the_same_stems_stand_in_every_folder(folder, pattern):
    assert stems_in(folder, pattern) == {chapter.stem for chapter in EXERCISE_CHAPTERS}


def test_every_exercise_has_a_stub():
    # A learner may keep more files beside the stubs.
    assert stems_in("exercises", "ch*.py") >= {chapter.stem for chapter in EXERCISE_CHAPTERS}


def test_every_chapter_has_a_page():
    assert stems_in("book", "ch*.md") == {chapter.stem for chapter in CHAPTERS}


def tracked_files():
    """Return what git tracks; without git (a downloaded copy), what lies in the folder."""
    if not (ROOT / ".git").exists():
        return [path.name for path in ROOT.iterdir()]
    git = ["git", "ls-files", "-z"]
    listing = subprocess.run(
        git, cwd=ROOT, capture_output=True, text=True, check=True
    )  # a fixed command
    return [name for name in listing.stdout.split("\0") if name]


def test_there_is_no_other_top_level_entry():
    entries = {PurePosixPath(name).parts[0] for name in tracked_files()}
    unknown = {name for name in entries - TOP_LEVEL_FILES - OURS if not name.startswith(".")}
    assert unknown == set()


@each_exercise
def test_what_a_solution_defines_is_graded(chapter):
    module = importlib.import_module(f"solutions.{chapter.stem}")
    public = {
        name
        for name, value in vars(module).items()
        if getattr(value, "__module__", "") == module.__name__ and not name.startswith("_")
    }
    assert public == set(names_of(chapter))


@each_exercise
def test_no_two_checks_of_a_chapter_share_a_title(chapter):
    identities = [(check.name, check.title) for check in checks_of(chapter)]
    assert len(set(identities)) == len(identities)


def test_every_python_file_begins_with_a_docstring():
    for path, text in FILES:
        assert ast.get_docstring(ast.parse(text)), path


def test_the_solutions_are_where_the_table_says():
    assert Path(__file__).resolve().parent.parent / "solutions" == SOLUTIONS


def test_ci_runs_the_slow_tests_too():
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert {"make test", "make test-slow"} <= set(lines)
