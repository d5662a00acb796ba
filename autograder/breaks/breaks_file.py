"""Read a learner's exercises/breaks.py: its examples, and what cannot be read."""

import ast
import difflib
from dataclasses import dataclass
from pathlib import Path

from exercises.given.errors import CourseError

from .answers import Answer
from .asked import ASKED, ERROR, GIVES, Asked, Inputs, read_inputs
from .literals import LONGEST, Literal, NotData, parse, written

NAME = "breaks.py"
MOST_BYTES = 64_000
MOST_EXAMPLES = 3
NO_EXAMPLE = "only lists of examples count here, NAME = [...]: this file is data and is never run."


@dataclass(frozen=True)
class Example:
    """One example: which of the exercise's, its line, the inputs, and what must come back."""

    number: int
    line: int
    inputs: Inputs
    gives: Answer


@dataclass(frozen=True)
class Problem:
    """Something that cannot be read as an example, in one line."""

    line: int
    says: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.says}"


@dataclass(frozen=True)
class OwnBreaks:
    """What a file holds: the examples of each exercise, and what could not be read.

    problems belong to an exercise by its name, or to the whole file, by "".
    """

    examples: dict[str, list[Example]]
    problems: dict[str, list[Problem]]

    def problems_of(self, name: str) -> list[Problem]:
        return self.problems.get(name, [])


def read_breaks_file(path: Path) -> OwnBreaks:
    """Return what a file holds. Raises CourseError where it cannot be opened or is no text."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise CourseError(f"{path} is missing. triplet reset breaks writes it afresh.") from None
    except IsADirectoryError:
        raise CourseError(f"{path} is a folder. Move it away: triplet reset breaks") from None
    return read_breaks(raw, path.name)


def read_breaks(raw: bytes, name: str = NAME) -> OwnBreaks:
    """Return what the bytes of a file hold. Raises CourseError where that is no text at all."""
    if len(raw) > MOST_BYTES:
        raise CourseError(
            f"{name}: longer than {MOST_BYTES:,} bytes. Three small examples are enough."
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CourseError(f"{name}: no UTF-8 text ({error.reason}). Save it as UTF-8.") from None
    try:
        tree = parse(text)
    except NotData as error:
        raise CourseError(f"{name}, line {error.line}: {error.says}") from None
    return _read(tree)


def _read(tree: ast.Module) -> OwnBreaks:
    found = OwnBreaks({}, {})
    by_variable = {one.variable: one for one in ASKED}
    for statement in tree.body:
        name, value = _assigned(statement)
        if value is None:
            if not _is_text(statement):
                _note(found, "", statement.lineno, NO_EXAMPLE)
        elif name not in by_variable:
            _note(found, "", statement.lineno, _unknown(name, list(by_variable)))
        else:
            asked = by_variable[name]
            if asked.name in found.examples:
                _note(found, asked.name, statement.lineno, f"{name} is written twice.")
            else:
                found.examples[asked.name] = _examples(value, asked, found)
    return found


def _assigned(statement: ast.stmt) -> tuple[str, ast.expr | None]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=value):
            return name, value
    return "", None


def _is_text(statement: ast.stmt) -> bool:
    """Return whether a statement is a text that stands alone, as a docstring does."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _unknown(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name[:LONGEST], known, n=1)
    hint = f" Do you mean {near[0]}?" if near else f" Known are {', '.join(known)}."
    return f"{name[:LONGEST]} is the name of no exercise.{hint}"


def _note(found: OwnBreaks, name: str, line: int, says: str) -> None:
    found.problems.setdefault(name, []).append(Problem(line, says))


def _examples(value: ast.expr, asked: Asked, found: OwnBreaks) -> list[Example]:
    """Return the examples that can be read; what cannot is noted."""
    if not isinstance(value, ast.List | ast.Tuple):
        _note(found, asked.name, value.lineno, f"{asked.variable} is a list of examples, [...].")
        return []
    if len(value.elts) > MOST_EXAMPLES:
        surplus = value.elts[MOST_EXAMPLES]
        says = f"{MOST_EXAMPLES} examples count, the first ones: choose them."
        _note(found, asked.name, surplus.lineno, says)
    examples = []
    for number, node in enumerate(value.elts[:MOST_EXAMPLES], start=1):
        try:
            examples.append(_example(node, number, asked))
        except NotData as error:
            _note(found, asked.name, error.line, error.says)
    return examples


def _example(node: ast.expr, number: int, asked: Asked) -> Example:
    given = written(node)
    names = [field.name for field in asked.fields]
    if not isinstance(given.value, dict):
        raise NotData(given.line, f"an example is a dictionary of {', '.join(names)} and {GIVES}.")
    entries: dict[str, Literal] = given.value
    for name, value in entries.items():
        if name not in (*names, GIVES):
            says = f"{name[:LONGEST]!r} is no entry; they are {', '.join(names)} and {GIVES}."
            raise NotData(value.line, says)
    needed = [field.name for field in asked.fields if not field.may_be_left_out]
    if missing := [name for name in (*needed, GIVES) if name not in entries]:
        raise NotData(given.line, f"an example needs {', '.join(missing)} as well.")
    inputs = read_inputs(entries, asked, given.line)
    return Example(number, given.line, inputs, _gives(entries[GIVES], inputs, asked))


def _gives(given: Literal, inputs: Inputs, asked: Asked) -> Answer:
    if isinstance(given.value, str):
        if asked.may_raise and given.value == ERROR:
            return ERROR
        wanted = f'numbers, or "{ERROR}"' if asked.may_raise else "numbers"
        raise NotData(given.line, f"expected {wanted}, and found {given}.")
    return asked.gives(given, inputs)
