"""Edits of a single line of a learner's file, each shown as the line before and after it."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...grading.edits import EditsOf, mutants_of, slips_of


@dataclass(frozen=True)
class LineEdit:
    """A file after an edit of one line: its number, its text before and after, the whole file."""

    number: int
    before: str
    after: str
    source: str

    @property
    def text(self) -> str:
        """Return it in two lines, as a person shows an edit."""
        place = f"line {self.number}: "
        return f"{place}{self.before}\n{'->':>{len(place) - 1}} {self.after}"


def line_edits(source: str, names: Iterable[str], edits_of: EditsOf = slips_of) -> list[LineEdit]:
    """Return the edits of these functions and classes that change one line, each once."""
    tree = ast.parse(source)
    seen = {ast.dump(tree)}
    found = []
    for edit in _single_lines(source, _defined(tree, names), edits_of):
        means = ast.dump(ast.parse(edit.source))
        if means not in seen:
            seen.add(means)
            found.append(edit)
    return found


def _defined(tree: ast.Module, names: Iterable[str]) -> list[str]:
    """Return those of the names that are functions or classes, in the order of the file."""
    wanted = set(names)
    kinds = (ast.FunctionDef, ast.ClassDef)
    return [one.name for one in tree.body if isinstance(one, kinds) and one.name in wanted]


def _single_lines(source: str, names: Iterable[str], edits_of: EditsOf) -> Iterator[LineEdit]:
    lines = source.splitlines()
    for name in names:
        for mutant in mutants_of(source, name, edits_of):
            others = mutant.source.splitlines()
            pairs = list(zip(lines, others, strict=False))
            changed = [place for place, (one, other) in enumerate(pairs) if one != other]
            if len(lines) == len(others) and len(changed) == 1:
                before, after = (text.strip() for text in pairs[changed[0]])
                yield LineEdit(changed[0] + 1, before, after, mutant.source)
