"""Small edits of a file, made on its syntax tree, as slips of the hand make them.

Source: mutation testing is from "Hints on Test Data Selection" (DeMillo, Lipton and Sayward, 1978).
"""

import ast
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass

OTHER_COMPARISON = {
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Eq: "!=",
    ast.NotEq: "==",
}
OTHER_OPERATOR = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "/",
    ast.Div: "*",
    ast.BitAnd: "|",
    ast.BitOr: "&",
}
OTHER_NAME = {
    "min": "max",
    "amin": "amax",
    "argmin": "argmax",
    "sum": "mean",
    "any": "all",
    "zeros": "ones",
}
OTHER_NAME |= {"logical_and": "logical_or", "minimum": "maximum", "eq": "ne"}
OTHER_NAME |= {other: name for name, other in OTHER_NAME.items()}
OTHER_NAME |= {"softplus": "relu", "relu": "abs", "square": "abs", "sqrt": "square"}


@dataclass(frozen=True)
class Mutant:
    """A file after one edit: in which line, what stood there, what stands there now."""

    line: int
    before: str
    after: str
    source: str


EditsOf = Callable[[ast.AST, str, Container[str]], Iterator[str]]


def mutants_of(source: str, name: str, edits_of: EditsOf | None = None) -> Iterator[Mutant]:
    """Yield the edits of a function or class that still are Python.

    edits_of yields what could stand in the place of a node: a slip, unless something else is given.
    """
    edits_of = edits_of or slips_of
    tree = ast.parse(source)
    modules = _imported(tree)
    written = next(node for node in tree.body if getattr(node, "name", "") == name)
    for node in _code_of(written):
        before = ast.get_source_segment(source, node) or ""
        for after in edits_of(node, source, modules) if before else ():
            mutated = _replaced(source, node, after)
            if before != after and _is_python(mutated):
                yield Mutant(node.lineno, before, after, mutated)


def _imported(tree: ast.Module) -> set[str]:
    """Return the names that the imports of a file bind."""
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    return {alias.asname or alias.name for node in imports for alias in node.names}


def _code_of(written: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    """Yield the expressions and statements that run: no type hint does."""
    hints = {"annotation", "returns"}
    for part, value in ast.iter_fields(written):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and part not in hints:
                if isinstance(child, ast.expr | ast.stmt):
                    yield child
                yield from _code_of(child)


def slips_of(node: ast.AST, source: str, modules: Container[str]) -> Iterator[str]:
    """Yield what could stand in the place of a node by a slip.

    modules: the names that the file's imports bind.
    """

    def text(part: ast.AST) -> str:
        return ast.get_source_segment(source, part) or ""

    match node:
        case ast.Compare(left, [operator], [right]) if type(operator) in OTHER_COMPARISON:
            yield f"{text(left)} {OTHER_COMPARISON[type(operator)]} {text(right)}"
        case ast.BinOp(left, operator, right) if type(operator) in OTHER_OPERATOR:
            yield f"{text(left)} {OTHER_OPERATOR[type(operator)]} {text(right)}"
            yield text(left)
        case ast.UnaryOp(_, operand):
            yield text(operand)
        case ast.Constant(bool() as value):
            yield str(not value)
        case ast.Constant(int() as value):
            yield str(value + 1)
            yield str(value - 1)
        case ast.Constant(float() as value):
            yield str(2 * value)
        case ast.Subscript(value):
            yield text(value)
        case ast.Attribute(value, attr) if attr in OTHER_NAME:
            yield f"{text(value)}.{OTHER_NAME[attr]}"
        case ast.IfExp(test, body, other):
            yield f"{text(other)} if {text(test)} else {text(body)}"
        case ast.BoolOp(operator, values):
            word = " or " if isinstance(operator, ast.And) else " and "
            yield word.join(map(text, values))
            yield text(values[0])
        case ast.AugAssign(target, operator, value):
            yield f"{text(target)} = {text(value)}"
            if type(operator) in OTHER_OPERATOR:
                yield f"{text(target)} {OTHER_OPERATOR[type(operator)]}= {text(value)}"
        case ast.If(test):
            yield text(node).replace(text(test), f"not ({text(test)})", 1)
            yield text(node).replace(text(test), "False", 1)
        case ast.Expr(ast.Call()):
            yield "pass"
        case ast.Slice(lower, upper, None):
            yield f"{text(upper) if upper else ''}:{text(lower) if lower else ''}"
        case ast.ListComp(element, [loop]) | ast.GeneratorExp(element, [loop]) if loop.ifs:
            whole = f"{text(element)} for {text(loop.target)} in {text(loop.iter)}"
            yield f"[{whole}]"
        case ast.Attribute(value, "T" | "mT"):
            yield text(value)
        case ast.Call(function, arguments, keywords):
            given = [text(one) for one in arguments if not isinstance(one, ast.Starred)]
            named = [text(one) for one in keywords]
            match function:
                case ast.Attribute(ast.Name(module)) | ast.Name(module) if module in modules:
                    yield from given[:1]  # torch.sqrt(x) -> x
                case ast.Attribute(value):
                    yield text(value)  # x.clamp(min=0) -> x
                case _:
                    yield from given[:1]  # float(x) -> x
            if len(given) == 2:
                yield f"{text(function)}({', '.join([given[1], given[0], *named])})"
            for left_out in range(len(named)):
                rest = named[:left_out] + named[left_out + 1 :]
                yield f"{text(function)}({', '.join([*given, *rest])})"


OTHER_WAY_ROUND = {ast.Gt: "<", ast.GtE: "<=", ast.Lt: ">", ast.LtE: ">=", ast.Eq: "=="}
EITHER_WAY = {ast.Add: "+", ast.Mult: "*", ast.BitAnd: "&", ast.BitOr: "|"}
WHOLE = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant)  # need no brackets
AS_POWER = {"square": "2", "sqrt": "0.5"}


def rewritings_of(node: ast.AST, source: str, _: Container[str]) -> Iterator[str]:
    """Yield what could stand in the place of a node with the same value, if that is a number."""

    def text(part: ast.AST) -> str:
        segment = ast.get_source_segment(source, part) or ""
        return segment if isinstance(part, WHOLE) else f"({segment})"

    match node:
        case ast.BinOp(left, operator, right) if type(operator) in EITHER_WAY:
            yield f"{text(right)} {EITHER_WAY[type(operator)]} {text(left)}"
        case ast.BinOp(left, ast.Sub(), right):
            yield f"-{text(right)} + {text(left)}"
        case ast.BinOp(ast.Name(left), ast.Pow(), ast.Constant(2)):
            yield f"{left} * {left}"
        case ast.Compare(left, [operator], [right]) if type(operator) in OTHER_WAY_ROUND:
            yield f"{text(right)} {OTHER_WAY_ROUND[type(operator)]} {text(left)}"
        case ast.Call(ast.Attribute(value, attr), [], []) if attr in AS_POWER:
            yield f"({text(value)} ** {AS_POWER[attr]})"


def longer_numbers_of(node: ast.AST, _: str, __: Container[str]) -> Iterator[str]:
    """Yield what could stand in the place of a whole number, with the same value."""
    match node:
        case ast.Constant(bool()):
            return
        case ast.Constant(int() as value) if value > 0:
            yield f"({value + 1} - 1)"


def _replaced(source: str, node: ast.expr | ast.stmt, after: str) -> str:
    """Return the text with another one in the place of a node."""
    lines = source.encode().splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines))]
    assert node.end_lineno and node.end_col_offset  # what was parsed has an end
    first = starts[node.lineno - 1] + node.col_offset
    last = starts[node.end_lineno - 1] + node.end_col_offset
    whole = b"".join(lines)
    return (whole[:first] + after.encode() + whole[last:]).decode()


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True
