"""A CSV file as cells that know their places: a copy differs in the changed cells alone."""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass

DELIMITERS = ",;\t:"  # in this order where the first line has as many of several
BYTE_ORDER = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
MARK = "\ufeff"


@dataclass(frozen=True)
class Cell:
    """A cell: its text, and where in the file's text it stands, quotation marks and all."""

    text: str
    start: int
    end: int


class Sheet:
    """The rows of a CSV file whose encoding, delimiter and line ends are found out."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.encoding = _encoding(content)
        self._text = content.decode(self.encoding, "surrogateescape")
        begin = len(MARK) if self._text.startswith(MARK) else 0
        self.delimiter = _delimiter(self._text[begin:])
        self.rows = _rows(self._text, begin, self.delimiter)
        self.lines = _lines(self._text, self.rows)

    def text(self, row: int, column: int) -> str:
        """Return the text of a cell without white space around it, "" where there is no cell."""
        cells = self.rows[row]
        return cells[column].text.strip() if column < len(cells) else ""

    def line(self, row: int) -> str:
        """Return a row as it stands in the file, without its line end."""
        return self._text[self.rows[row][0].start : self.rows[row][-1].end]

    def column(self, column: int, rows: list[int]) -> list[str]:
        return [self.text(row, column) for row in rows]

    def with_cells(self, texts: Mapping[tuple[int, int], str]) -> bytes:
        """Return the file with other texts in some (row, column); all other bytes are the same."""
        parts, done = [], 0
        for row, column in sorted(texts):
            cell = self.rows[row][column]
            before = self._text[cell.start : cell.end]
            parts += [
                self._text[done : cell.start],
                self._written(texts[row, column], before.startswith('"')),
            ]
            done = cell.end
        text = "".join([*parts, self._text[done:]])
        return text.encode(self.encoding, "surrogateescape")

    def _written(self, text: str, quoted: bool) -> str:
        special = {'"', "\r", "\n", self.delimiter}
        if quoted or special.intersection(text) or text != text.strip():
            return '"' + text.replace('"', '""') + '"'
        return text


def _encoding(content: bytes) -> str:
    name = next((name for mark, name in BYTE_ORDER.items() if content.startswith(mark)), "utf-8")
    try:
        content.decode(name)
    except UnicodeDecodeError:
        return "cp1252"  # the encoding of Excel in much of Europe
    return name


def _delimiter(text: str) -> str:
    first = re.split(r"[\r\n]", text, maxsplit=1)[0]
    bare = re.sub(r'"[^"]*"', "", first)
    return max(DELIMITERS, key=bare.count)


def _rows(text: str, begin: int, delimiter: str) -> list[list[Cell]]:
    mark = re.escape(delimiter)
    # A quotation mark ends a cell only before a delimiter or a line end: PHP leaves some undoubled.
    inside = rf'(?:[^"]++|""|"(?!{mark}|[\r\n]|\Z))*+'
    pattern = re.compile(rf'(?:"({inside})"|([^{mark}\r\n]*))({mark}|\r\n|\r|\n|\Z)')
    rows: list[list[Cell]] = [[]]
    place = begin
    while place < len(text) or rows[-1]:
        found = pattern.match(text, place)
        if found is None:  # not reached: the second way fits any text
            break
        quoted, plain, end = found.groups()
        value = plain if quoted is None else quoted.replace('""', '"')
        rows[-1].append(Cell(value, place, found.start(3)))
        place = found.end()
        if end != delimiter:
            rows.append([])
            if place >= len(text):
                break
    return [row for row in rows if row]


def _lines(text: str, rows: list[list[Cell]]) -> list[int]:
    """Return the number of the line in which each row begins."""
    lines, line, done = [], 1, 0
    for row in rows:
        line += len(re.findall(r"\r\n|\r|\n", text[done : row[0].start]))
        done = row[0].start
        lines.append(line)
    return lines
