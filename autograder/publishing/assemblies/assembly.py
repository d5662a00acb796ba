"""An exercise to put together: lines with slots, and for each slot a few ways to write it.

book/assemblies/chNN_topic.toml has a table for each exercise of its chapter:

    [triplet_loss]
    left_out = "..."                what this choice leaves out: it stands in the page
    code = '''...'''                the definition, with <<slot>> where there is something to choose

    [triplet_loss.cut]              one table for each slot
    asks = "..."                    what is decided here: it stands above the options
    right = "..."                   the text that is right
    also = ["...", ...]             right, and written in another way
    loss-no-cut-off = "..."         a mistake, by its id, and how somebody writes it

A slot that stands alone in a line may be filled with several lines, or with none: "" leaves the
line out.
"""

import ast
import itertools
import math
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exercises.given.errors import CourseError

from ...chapters import BOOK, EXERCISE_CHAPTERS, SOLUTIONS, Chapter

ASSEMBLIES = BOOK / "assemblies"
MOST_COMBINATIONS = 300
PLACE = re.compile(r"<<(\w+)>>")
Chosen = tuple[int, ...]  # the number of an option for each slot


@dataclass(frozen=True)
class Option:
    """One way to fill a slot; mistake: the id of what is wrong with it, "" if it is right."""

    text: str
    mistake: str = ""


@dataclass(frozen=True)
class Slot:
    """One decision: what it asks, and the options, of which the first is right."""

    name: str
    asks: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Assembly:
    """The definition of one name as lines with slots; left_out: what the choice does not show."""

    name: str
    chapter: Chapter
    code: str
    left_out: str
    slots: tuple[Slot, ...]

    def combinations(self) -> Iterator[Chosen]:
        """Yield every choice of an option for each slot; the last slot changes fastest."""
        yield from itertools.product(*(range(len(slot.options)) for slot in self.slots))

    def alone(self, slot: int, option: int) -> Chosen:
        """Return the combination that has one option, and the right text in all other slots."""
        return tuple(option if place == slot else 0 for place in range(len(self.slots)))

    def options_of(self, chosen: Chosen) -> list[Option]:
        """Return the option that is chosen for each slot."""
        return [slot.options[number] for slot, number in zip(self.slots, chosen, strict=True)]

    def definition(self, chosen: Chosen) -> str:
        """Return the definition as it stands with these options."""
        texts = dict(zip((slot.name for slot in self.slots), self.options_of(chosen), strict=True))
        lines = [_filled(line, texts) for line in self.code.splitlines()]
        return "\n".join(line for line in lines if line is not None)

    def file(self, chosen: Chosen) -> str:
        """Return the chapter's file: the reference, with this definition in it."""
        before, after = self._around()
        return before + self.definition(chosen) + after

    @property
    def first_line(self) -> int:
        """Return the number of the line of the file in which the definition begins."""
        return self._around()[0].count("\n") + 1

    def _around(self) -> tuple[str, str]:
        text = (SOLUTIONS / f"{self.chapter.stem}.py").read_text(encoding="utf-8")
        lines = text.splitlines(keepends=True)
        [node] = [one for one in ast.parse(text).body if getattr(one, "name", "") == self.name]
        return "".join(lines[: node.lineno - 1]), "\n" + "".join(lines[node.end_lineno :])


def all_assemblies() -> list[Assembly]:
    """Return every assembly of the book. Raises CourseError for a source that is not in order."""
    return [one for chapter in EXERCISE_CHAPTERS for one in assemblies_of(chapter)]


def assemblies_of(chapter: Chapter, folder: Path = ASSEMBLIES) -> list[Assembly]:
    """Return the assemblies of a chapter. Raises CourseError for a source that is not in order."""
    path = folder / f"{chapter.stem}.toml"
    if not path.is_file():
        return []
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{path}: {error}") from error
    try:
        return [_assembly(name, chapter, table) for name, table in tables.items()]
    except KeyError as error:
        raise CourseError(f"{path}: a table lacks {error}.") from error
    except ValueError as error:
        raise CourseError(f"{path}: {error}") from error


def _assembly(name: str, chapter: Chapter, table: dict[str, Any]) -> Assembly:
    slots = tuple(_slot(key, one) for key, one in table.items() if isinstance(one, dict))
    code = table["code"].strip("\n")
    places, names = set(PLACE.findall(code)), {slot.name for slot in slots}
    if places != names:
        raise ValueError(f"[{name}] places and slots differ: {', '.join(sorted(places ^ names))}.")
    count = math.prod(len(slot.options) for slot in slots)
    if count > MOST_COMBINATIONS:
        raise ValueError(f"[{name}] has {count} combinations, more than {MOST_COMBINATIONS}.")
    return Assembly(name, chapter, code, " ".join(table["left_out"].split()), slots)


def _slot(name: str, table: dict[str, Any]) -> Slot:
    right = [Option(text) for text in (table["right"], *table.get("also", ()))]
    mistakes = [
        Option(text, key) for key, text in table.items() if key not in ("asks", "right", "also")
    ]
    if not mistakes:
        raise ValueError(f"the slot {name} has no mistake to choose.")
    return Slot(name, table["asks"], (*right, *mistakes))


def _filled(line: str, texts: dict[str, Option]) -> str | None:
    """Return a line with its slots filled, None if nothing stands in it then."""
    indent = line[: len(line) - len(line.lstrip())]

    def filled(place: re.Match[str]) -> str:
        return texts[place[1]].text.replace("\n", f"\n{indent}")

    text = PLACE.sub(filled, line)
    return None if line.strip() and not text.strip() else text
