"""Read values that are written in Python, without running a line of it.

Numbers, names in quotes, lists, tuples and dictionaries are read, and sums such as 2 ** 0.5, so
that a value that was worked out by hand can be written exactly. All else is refused by its line.
"""

import ast
import math
import operator
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LARGEST = 1e6  # of a number, also of one on the way
DEEPEST = 20  # brackets within brackets, and signs within signs
LONGEST = 60  # characters of what is repeated in a message

SUMS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class NotData(Exception):
    """Something is not as the file asks for: in which line, and what was expected."""

    def __init__(self, line: int, says: str) -> None:
        super().__init__(f"line {line}: {says}")
        self.line = line
        self.says = says


@dataclass(frozen=True)
class Literal:
    """A value and its line. A list holds Literal, a dictionary Literal by its name."""

    value: Any
    line: int

    def __str__(self) -> str:
        """Return it as a message repeats it, cut short."""
        match self.value:
            case list():
                return f"a list of {len(self.value)}"
            case dict():
                return "a dictionary"
        text = repr(self.value)
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def parse(text: str) -> ast.Module:
    """Return the syntax tree of a text. Raises NotData where that is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        raise NotData(error.lineno or 1, f"no Python: {error.msg[:LONGEST]}.") from None
    except (RecursionError, MemoryError):
        raise NotData(1, "there are too many brackets or signs within each other.") from None
    except ValueError as error:  # a zero byte
        raise NotData(1, f"no Python: {error}.") from None


def written(node: ast.expr, depth: int = 0) -> Literal:
    """Return the value of an expression. Raises NotData for all that is no plain value."""
    if depth > DEEPEST:
        raise NotData(node.lineno, f"no more than {DEEPEST} brackets or signs within each other.")
    match node:
        case ast.List() | ast.Tuple():
            return Literal([written(each, depth + 1) for each in node.elts], node.lineno)
        case ast.Dict():
            return Literal(_entries(node, depth), node.lineno)
        case ast.Constant(value=str() | bool() | None):
            return Literal(node.value, node.lineno)
        case ast.Constant(value=(int() | float()) as value):
            return Literal(_bounded(value, node.lineno), node.lineno)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            size = _number(node.operand, depth)
            return Literal(-size if isinstance(node.op, ast.USub) else size, node.lineno)
        case ast.BinOp():
            return Literal(_sum(node, depth), node.lineno)
    raise NotData(
        node.lineno,
        "this file is data and is never run: numbers, lists and sums such as 2 ** 0.5 are read, "
        f"and no {_kind_of(node)}.",
    )


def _entries(node: ast.Dict, depth: int) -> dict[str, Literal]:
    found: dict[str, Literal] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            raise NotData(node.lineno, 'each entry begins with its name, as in "gives": 1.5.')
        if key.value in found:
            raise NotData(key.lineno, f"{key.value[:LONGEST]!r} is written twice.")
        found[key.value] = written(value, depth + 1)
    return found


def _number(node: ast.expr, depth: int) -> int | float:
    value = written(node, depth + 1).value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotData(node.lineno, "only numbers can be added, multiplied or have a sign.")
    return value


def _sum(node: ast.BinOp, depth: int) -> int | float:
    left, right = _number(node.left, depth), _number(node.right, depth)
    try:
        if isinstance(node.op, ast.Pow):
            # As a float a power cannot grow beyond all bounds before it is looked at.
            value: Any = float(left) ** float(right)
        elif type(node.op) in SUMS:
            value = SUMS[type(node.op)](left, right)
        else:
            raise NotData(node.lineno, "of all signs between numbers + - * / ** are read.")
    except ZeroDivisionError:
        raise NotData(node.lineno, "this divides by zero.") from None
    except OverflowError:
        value = math.inf
    if isinstance(value, complex):
        raise NotData(node.lineno, "this root of a negative number is no real number.")
    return _bounded(value, node.lineno)


def _bounded(value: int | float, line: int) -> int | float:
    if not abs(value) <= LARGEST:
        raise NotData(line, f"numbers go up to {LARGEST:,.0f}; choose small ones.")
    return value


def _kind_of(node: ast.expr) -> str:
    match node:
        case ast.Call():
            return "call"
        case ast.Name():
            return f"name ({node.id[:LONGEST]})"
        case ast.JoinedStr():
            return "text with values in it"
        case ast.Constant():
            return "value of this kind"
    return type(node).__name__
