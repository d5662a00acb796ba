"""Small edits of right code, as slips of the hand make them, and how they are named.

An edit that fails the checks, and that no misconception names, is where a new one may come from. An
edit that passes changes nothing that counts, or is something that no check looks at.
"""

import ast
import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..chapters import EXERCISE_CHAPTERS, Chapter
from ..grading.edits import mutants_of
from ..grading.grade import Grader, Known
from ..grading.record import Record, Status
from ..grading.sentence import SOMETHING_ELSE
from ..isolation.launchers import best_launcher
from ..isolation.workers import Workers

SECONDS = 3.0
PASSED, NAMED, PARTLY = "passed", "named", "named in part"
UNNAMED, OTHER = "without a name", "named otherwise under another seed"
LONGEST = 80  # characters of what came back


@dataclass
class EditsGraded:
    """What became of the edits of one exercise: how many, and a line for each, to be read."""

    counts: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        failed = self.counts.total() - self.counts[PASSED]
        parts = ", ".join(f"{self.counts[key]} {key}" for key in (NAMED, PARTLY, UNNAMED, OTHER))
        return f"{failed} edits fail: {parts}; {self.counts[PASSED]} pass"


def graded_mutations(
    folder: Path, chapter: Chapter, name: str, seeds: Sequence[int]
) -> EditsGraded:
    """Grade each edit of an exercise in a folder of right chapters, under each seed.

    A name that comes up under one seed and not under another was found by chance.
    """
    graded = EditsGraded()
    known = {seed: Known() for seed in seeds}
    texts = {one.stem: (folder / f"{one.stem}.py").read_text() for one in EXERCISE_CHAPTERS}
    if not any(getattr(node, "name", "") == name for node in ast.parse(texts[chapter.stem]).body):
        return graded  # it comes from elsewhere in this folder
    with best_launcher() as launcher:
        for mutant in mutants_of(texts[chapter.stem], name):
            own = {**texts, chapter.stem: mutant.source}
            files = {stem: text.encode() for stem, text in own.items()}
            with Workers(launcher, files, SECONDS) as workers:
                records = [
                    Grader(workers, seed, known[seed]).grade_name(chapter, name) for seed in seeds
                ]
            ended = _ending(records)
            graded.counts[ended] += 1
            edit = f"{folder.name}, line {mutant.line}: {mutant.before} -> {mutant.after}"
            graded.lines.append(f"{ended}: {edit}: {_in_short(records[0])}")
    return graded


def _ending(graded: Sequence[Sequence[Record]]) -> str:
    """Return what became of an edit, from its records under each seed."""
    if all(record.passed for records in graded for record in records):
        return PASSED
    named = [{one for record in records for one in record.mistakes} for records in graded]
    if not any(named):
        return UNNAMED
    if any(each != named[0] for each in named):
        return OTHER
    in_question = (Status.WRONG, Status.CRASHED)
    failed = [one for one in graded[0] if one.status in in_question]
    is_whole = all(one.mistakes and SOMETHING_ELSE not in one.says for one in failed)
    return NAMED if is_whole else PARTLY


def _in_short(records: Sequence[Record]) -> str:
    """Return what the first check that failed says, and which names there are."""
    names = sorted({one for record in records for one in record.mistakes})
    first = next((one for one in records if not one.passed), None)
    observed = f"{first.title}: {first.observed}" if first else ""
    return f"{textwrap.shorten(observed, LONGEST, placeholder=' ...')} {' '.join(names)}"
