"""Read a chapter's file without running it: what each name builds on, and forbidden calls."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from .checks import chapters_by_name
from .forbidden import reason_against_module, reasons_for


@dataclass(frozen=True)
class ForbiddenUse:
    """A forbidden call in a file: what is called, in which line, and why it is forbidden."""

    call: str
    line: int
    reason: str


@dataclass(frozen=True)
class Survey:
    """For each name that a file defines: which names of the course it uses, and what is forbidden.

    unwritten: the names with a place that is still to be filled in.

    Use is followed through the file's own helpers: if `loss` calls `_distances`, which calls
    `pairwise_distances`, then `loss` uses `pairwise_distances`.
    """

    uses: dict[str, tuple[str, ...]]
    findings: dict[str, tuple[ForbiddenUse, ...]]
    unwritten: frozenset[str] = frozenset()


class _Reference(NamedTuple):
    """A name that code refers to: as it stands there if it is a bare one, in full, its line."""

    own: str
    full: str
    line: int


def survey(source: bytes, stem: str) -> Survey:
    """Return what the source of a chapter builds on. Raises SyntaxError."""
    statements = [(one, list(ast.walk(one))) for one in ast.parse(source).body]
    nodes = [node for _, inner in statements for node in inner]
    definitions = _definitions(statements)
    imports = tuple(_forbidden_imports(nodes))
    uses, findings = {}, {}
    graded = _graded_names(stem)
    for name in definitions.keys() & graded:
        reached = _reached_from(name, definitions)
        references = [reference for part in reached for reference in definitions[part]]
        taken = {used for one in references if (used := _taken_from_course(one.full))}
        uses[name] = tuple(sorted((taken | reached & graded) - {name}))
        findings[name] = imports + tuple(_forbidden_calls(name, references))
    unwritten = {
        one.name
        for one, inner in statements
        if isinstance(one, ast.FunctionDef | ast.ClassDef) and any(map(_is_unwritten, inner))
    }
    return Survey(uses, findings, frozenset(unwritten & graded))


def own_code(source: str, stem: str, name: str) -> set[str]:
    """Return an exercise and the helpers in its file that no other exercise needs."""
    statements = [(one, list(ast.walk(one))) for one in ast.parse(source).body]
    definitions = _definitions(statements)
    others = _graded_names(stem) - {name}
    elsewhere = {each: parts for each, parts in definitions.items() if each != name}
    shared = {part for other in others for part in _reached_from(other, elsewhere)}
    return _reached_from(name, definitions) - shared


def _graded_names(stem: str) -> set[str]:
    return {name for name, chapter in chapters_by_name().items() if chapter.stem == stem}


def _definitions(
    statements: Iterable[tuple[ast.stmt, list[ast.AST]]],
) -> dict[str, list[_Reference]]:
    """Return what the code of each definition refers to; statements with all that is in them."""
    statements = list(statements)
    aliases = _aliases([node for _, inner in statements for node in inner])
    return {
        name: list(_references(inner, aliases))
        for one, inner in statements
        for name in _defined_by(one)
    }


def _aliases(nodes: Iterable[ast.AST]) -> dict[str, str]:
    """Return what each imported name stands for: {"F": "torch.nn.functional"}."""
    aliases = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname:
                    aliases[alias.asname] = alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                aliases[alias.asname or alias.name] = f"{node.module or ''}.{alias.name}"
    return aliases


def _is_unwritten(node: ast.AST) -> bool:
    """Return whether a function ends in `...`, or does nothing but `pass` or return nothing."""
    if not isinstance(node, ast.FunctionDef):
        return False
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    match body[-1:]:
        case []:
            return True  # nothing but a docstring
        case [ast.Expr(ast.Constant(value))] if value is ...:
            return True
        case [ast.Pass() | ast.Return(None | ast.Constant(None))]:
            return len(body) == 1
    return False


def _taken_from_course(full: str) -> str:
    """Return the exercise that "ch04_triplet_loss.triplet_loss" names, "" for anything else.

    A variable, or a function of the file's own, may be called like an exercise of another chapter.
    """
    module, _, name = full.rpartition(".")
    chapter = chapters_by_name().get(name)
    is_taken = chapter is not None and module.rpartition(".")[2] == chapter.stem
    return name if is_taken else ""


def _defined_by(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                yield target.id


def _reached_from(name: str, definitions: dict[str, list[_Reference]]) -> set[str]:
    """Return the file's own definitions that a name uses, itself among them.

    definitions: for each, what its code refers to.
    """
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        part = waiting.pop()
        if part in definitions and part not in reached:
            reached.add(part)
            waiting += [one.own for one in definitions[part] if one.own]
    return reached


def _references(nodes: Iterable[ast.AST], aliases: dict[str, str]) -> Iterator[_Reference]:
    nodes = list(nodes)
    # A variable hides the function, or the import, of the same name.
    hidden = {
        one.id for one in nodes if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    }
    visible = {name: full for name, full in aliases.items() if name not in hidden}
    for node in nodes:
        if isinstance(node, ast.Name | ast.Attribute):
            own = node.id if isinstance(node, ast.Name) and node.id not in hidden else ""
            yield _Reference(own, _dotted(node, visible), node.lineno)


def _dotted(node: ast.expr, aliases: dict[str, str]) -> str:
    """Return the full name of `F.relu` or `relu`: "torch.nn.functional.relu"."""
    if isinstance(node, ast.Name):
        return aliases.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value, aliases)}.{node.attr}"
    return ""


def _forbidden_calls(name: str, references: list[_Reference]) -> Iterator[ForbiddenUse]:
    reasons = reasons_for(name)
    for one in references:
        module, _, call = one.full.rpartition(".")
        # group_norm may call itself what it likes; torch's function of that name is another.
        if call == name and module.startswith("torch"):
            yield ForbiddenUse(one.full, one.line, "that is the exercise itself, ready-made")
        elif module and call in reasons:
            yield ForbiddenUse(one.full.lstrip("."), one.line, reasons[call])


def _forbidden_imports(nodes: Iterable[ast.AST]) -> Iterator[ForbiddenUse]:
    for node in nodes:
        modules, line = [], getattr(node, "lineno", 0)
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            # Both: `from sklearn import neighbors` and `from sklearn.neighbors import ...`
            modules = [f"{node.module}.{alias.name}" for alias in node.names]
        for module in modules:
            if reason := reason_against_module(module):
                yield ForbiddenUse(module, line, reason)
