"""The lines of a submission that a failed check is about, to be shown beside it.

The text is only cut into lines, and never parsed: a stranger wrote it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..grading.record import Record, Status
from .texts import harmless

MOST_LINES = 60
MOST_CHARACTERS = 6_000
AROUND = 3  # lines before and after one that lies in no definition
LINE_END = re.compile(r"\r\n|\r|\n")  # str.splitlines knows more ends than Python's line numbers do
GOES_ON = (" ", "\t", ")", "]", "}", "#")  # so a line within a definition may begin
FAILED = {
    Status.WRONG,
    Status.CRASHED,
    Status.TIMED_OUT,
    Status.OUT_OF_MEMORY,
    Status.FORBIDDEN,
}


@dataclass(frozen=True)
class OwnLines:
    """Lines as they were handed in. first: the number of the first; is_cut: more belong to them."""

    first: int
    text: str
    is_cut: bool = False


def lines_for(
    records: Iterable[Record], files: Mapping[str, bytes]
) -> dict[tuple[str, str], OwnLines]:
    """Return the lines for each name with a failed check, by the stem and the name."""
    found: dict[tuple[str, str], OwnLines] = {}
    for record in records:
        key = record.stem, record.name
        if record.status in FAILED and key not in found and record.stem in files:
            text = files[record.stem].decode("utf-8-sig", errors="replace")
            lines = own_lines(LINE_END.split(text), record.name, line_of_failure(record))
            if lines:
                found[key] = lines
    return found


def line_of_failure(record: Record) -> int:
    """Return the number of the line to which a record points, 0 if it points to none."""
    found = re.search(rf"\b{record.stem}\.py, line (\d{{1,7}})", record.observed)
    return int(found[1]) if found else 0


def own_lines(lines: list[str], name: str, line: int) -> OwnLines | None:
    """Return the definition of a name, or what is around a line outside of it; else None."""
    first, end = _definition(lines, name)
    line = line if line <= len(lines) else 0
    if line and not first <= line - 1 < end:
        first, end = max(0, line - 1 - AROUND), min(len(lines), line + AROUND)
    if first == end:
        return None
    stop = min(end, first + MOST_LINES)
    if line > stop:  # what is cut off is not the line in question
        stop = min(end, line + AROUND)
        first = stop - MOST_LINES
    text = harmless("\n".join(lines[first:stop]), MOST_CHARACTERS)
    return OwnLines(first + 1, text, is_cut=stop < end)


def _definition(lines: list[str], name: str) -> tuple[int, int]:
    """Return where the last definition of a name begins and ends, (0, 0) if there is none."""
    begins = re.compile(rf"(?:(?:async\s+)?def|class)\s+{re.escape(name)}\b|{re.escape(name)}\s*=")
    heads = [number for number, line in enumerate(lines) if begins.match(line)]
    if not heads:
        return 0, 0
    first, end = heads[-1], heads[-1] + 1
    while end < len(lines) and (not lines[end].strip() or lines[end].startswith(GOES_ON)):
        end += 1
    while not lines[end - 1].strip() or lines[end - 1].startswith("#"):
        end -= 1  # what stands before the next definition belongs to that one
    while first and lines[first - 1].startswith("@"):
        first -= 1
    return first, end
