"""Nothing that is loaded at once asks for what only some systems have."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.chapters import ROOT

NOT_ON_WINDOWS = {"fcntl", "grp", "pty", "pwd", "pyseccomp", "resource", "termios", "tty"}
FOLDERS = ("autograder", "exercises", "solutions", "tests")
HANDED_IN = ROOT / "tests" / "golden"  # what learners hand in, a syntax error among it
MODULES = [
    path
    for folder in FOLDERS
    for path in sorted((ROOT / folder).rglob("*.py"))
    if HANDED_IN not in path.parents
]


def loaded_at_once(node: ast.AST) -> Iterator[str]:
    """Yield the top-level names of the modules that a file imports outside its functions."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (one.name.partition(".")[0] for one in child.names)
        elif isinstance(child, ast.ImportFrom) and not child.level and child.module:
            yield child.module.partition(".")[0]
        elif not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from loaded_at_once(child)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_can_be_loaded_on_windows(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not NOT_ON_WINDOWS.intersection(loaded_at_once(tree))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import os, fcntl", {"os", "fcntl"}),
        ("try:\n    from resource import getrusage\nexcept ImportError: pass", {"resource"}),
        ("class A:\n    import pty.x", {"pty"}),
        ("def f():\n    import termios", set()),
        ("from . import pty", set()),
    ],
)
def test_what_is_loaded_at_once_is_found(source: str, found: set[str]) -> None:
    assert set(loaded_at_once(ast.parse(source))) == found
