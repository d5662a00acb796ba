"""The form of a misconception: a whole sentence, three hints, and a section that its page has."""

import re
from collections.abc import Iterator

from ..chapters import BOOK, Chapter
from ..grading.checks import checks_of
from ..grading.misconception import Exercise, Misconception

BEGINS = re.compile(r"^[A-Z]\w*ing\b")
ENDS = re.compile(r"gives? .*\b(same|no)\b")
LONGEST = 220


def form_problems(chapter: Chapter, exercise: Exercise) -> Iterator[str]:
    """Yield what is wrong with the words of an exercise, of its checks and of its mistakes."""
    headings = headings_of(chapter)
    sections = {check.section for check in checks_of(chapter) if check.name == exercise.name}
    sections |= {exercise.section, *(one.section for one in exercise.mistakes)}
    for section in sorted(sections - headings):
        yield f'{chapter.page} has no section "{section}". It has: {", ".join(sorted(headings))}'
    for one in exercise.mistakes:
        yield from (f"{one.id}: {problem}" for problem in _sentence_problems(one))
        if len(set(one.hints)) < len(one.hints):
            yield f"{one.id}: two of its hints are the same"
    for text in exercise.hints:
        if not text.strip():
            yield f"{exercise.name}: one of the hints without a known mistake is empty"


def headings_of(chapter: Chapter) -> set[str]:
    """Return the headings of a chapter's page."""
    page = (BOOK / f"{chapter.stem}.md").read_text(encoding="utf-8")
    return set(re.findall(r"^#+ (.+)$", page, re.MULTILINE))


def _sentence_problems(misconception: Misconception) -> Iterator[str]:
    says = misconception.says
    if not BEGINS.search(says):
        yield f"its sentence does not begin with a verb in -ing: {says!r}"
    if not ENDS.search(says):
        yield f'its sentence does not say what it leads to, as in "gives the same": {says!r}'
    for text in (says, *misconception.hints):
        if not text.endswith((".", "?")):
            yield f"does not end as a sentence does: {text!r}"
        if len(text) > LONGEST:
            yield f"{len(text)} characters, where {LONGEST} are the most: {text!r}"
