"""The ways to write a chapter: right in several styles, and in each with its known mistakes.

The mistakes are the wrong submissions that hold the words of the misconceptions against their code:
small edits of right code, each of which the grader names.
"""

import ast
import itertools
import random
from collections import defaultdict
from dataclasses import dataclass, field

from exercises.given.errors import CourseError

from ...authoring.submissions import (
    REFERENCE,
    WRONG,
    WrongSubmission,
    right_folders,
    wrong_submissions,
)
from ...chapters import SOLUTIONS, Chapter
from ...grading.checks import names_of
from ...grading.misconception import Misconception, can_be_together
from ...grading.misconceptions import exercises_of
from ...stubs import BEGIN, END, stub_of

Edits = tuple[WrongSubmission, ...]
COMMON = 1.5  # the mistake at place r comes up in proportion to 1 / r ** COMMON


@dataclass
class WaysToWrite:
    """One chapter: its stub, the right texts by their style, and what can be wrong in each.

    own: the lines that define an exercise in a style. Only they are edited, for what stands
    elsewhere may belong to other exercises too. one, two: the mistakes of an exercise in a style,
    alone and in pairs; the commonest first.
    """

    chapter: Chapter
    right: dict[str, str]
    own: dict[tuple[str, str], str] = field(default_factory=dict)
    one: dict[tuple[str, str], list[Edits]] = field(default_factory=dict)
    two: dict[tuple[str, str], list[Edits]] = field(default_factory=dict)

    @property
    def exercises(self) -> tuple[str, ...]:
        return tuple(names_of(self.chapter))

    def stub(self) -> str:
        return stub_of(self.chapter)

    def written(self, style: str, edits: dict[str, Edits]) -> str:
        """Return the chapter as a student hands it in: its exercises edited, no markers."""
        text = self.right[style]
        for name, own_edits in edits.items():
            own = self.own[name, style]
            text = text.replace(own, _edited(own, own_edits))
        kept = [one for one in text.splitlines() if not (BEGIN.match(one) or END.match(one))]
        return "\n".join(kept) + "\n"

    def drawn(self, counts: dict[str, int], draws: random.Random) -> tuple[str, dict[str, Edits]]:
        """Return a style, and the edits for each exercise that is to have one mistake or two.

        A style has not all mistakes: it is one of those in which most of them can be had.
        """
        choices = {
            style: {
                name: known
                for name, count in counts.items()
                if (known := (self.two if count == 2 else self.one).get((name, style)))
            }
            for style in self.right
        }
        most = max(len(one) for one in choices.values())
        style = draws.choice([style for style, one in choices.items() if len(one) == most])
        return style, {name: _common_first(one, draws) for name, one in choices[style].items()}


def ways_to_write(chapter: Chapter, seed: int) -> WaysToWrite:
    """Return the ways to write a chapter; the seed decides which mistakes are common.

    Raises CourseError where the wrong submissions cannot be read.
    """
    if not WRONG.is_dir():
        raise CourseError(
            f"{WRONG}: is not there, and the mistakes are made from it. Run this in a whole copy "
            "of the course."
        )
    draws = random.Random(f"{seed} {chapter.stem}")
    right = {
        REFERENCE if folder == SOLUTIONS else folder.name: (
            folder / f"{chapter.stem}.py"
        ).read_text(encoding="utf-8")
        for folder in right_folders()
    }
    ways = WaysToWrite(chapter, right)
    submissions = wrong_submissions(chapter)
    for name, exercise in exercises_of(chapter).items():
        for style, text in right.items():
            ways.own[name, style] = _own_lines(text, name)
        by_style: defaultdict[str, list[Misconception]] = defaultdict(list)
        for mistake in draws.sample(exercise.mistakes, len(exercise.mistakes)):
            submission = submissions[mistake.id]
            if submission.where in ways.own[name, submission.right]:
                by_style[submission.right].append(mistake)
        for style, mistakes in by_style.items():
            ways.one[name, style] = [(submissions[one.id],) for one in mistakes]
            pairs = [
                (submissions[one.id], submissions[other.id])
                for one, other in itertools.combinations(mistakes, 2)
                if can_be_together([one, other])
            ]
            ways.two[name, style] = [one for one in pairs if _fit(ways.own[name, style], one)]
    return ways


def _own_lines(text: str, name: str) -> str:
    """Return the lines that define an exercise."""
    node = next(one for one in ast.parse(text).body if getattr(one, "name", "") == name)
    return "\n".join(text.splitlines()[node.lineno - 1 : node.end_lineno])


def _fit(own: str, edits: Edits) -> bool:
    """Return whether two edits leave each other alone: in either order they give the same code."""
    try:
        one, other = _edited(own, edits), _edited(own, edits[::-1])
        ast.parse(one)
    except (LookupError, SyntaxError):
        return False
    return one == other


def _edited(text: str, edits: Edits) -> str:
    for edit in edits:
        if text.count(edit.where) != 1:
            raise LookupError(edit.id)
        text = text.replace(edit.where, edit.instead)
    return text


def _common_first(choices: list[Edits], draws: random.Random) -> Edits:
    weights = [1 / place**COMMON for place in range(1, len(choices) + 1)]
    return draws.choices(choices, weights)[0]
