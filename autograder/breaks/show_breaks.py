"""Show in a terminal what a learner's examples catch, and what gets away."""

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape

from ..chapters import find_chapter
from ..grading.misconception import Misconception
from ..learner.explanation import INDENT, WIDTH
from .breaks_file import Problem
from .judge import BreakScore, Expectation
from .sayings import BEGIN, complaint, in_words, way_out

BAR = 14
LONGEST_NAME = 28
DONE = "As many as the best known examples catch, in every exercise. Well done."
# Each with what stands in for it where the console has no such character, and its colour.
AS_GOOD, NOT_RIGHT, OPEN = ("✓", "+", "green"), ("✗", "x", "red"), ("○", "o", "yellow")


def show_scores(
    console: Console,
    scores: Sequence[BreakScore],
    problems: Sequence[Problem],
    file: str,
    *,
    with_all: bool = False,
) -> None:
    """Print each exercise in lines that fit the terminal, and at the end what to do next.

    problems: what in the file belongs to no exercise; with_all: name every mistake.
    """
    for problem in problems:
        _show(console, f"{file}, {problem}", indent="")
    stem = ""
    for score in scores:
        if score.asked.stem != stem:
            stem = score.asked.stem
            number = find_chapter(stem).number
            title = f"Chapter {number}: can you tell right from wrong? (no points hang on it)"
            console.print(f"\n[bold]{title}[/]", highlight=False)
        _show_score(console, score, with_all)
    console.print()
    _show(console, _in_all(scores), indent="")
    _show(console, what_next(scores, problems, file), indent="")


def as_dict(score: BreakScore) -> dict[str, Any]:
    """Return a score as plain values for JSON."""
    return {
        "exercise": score.asked.name,
        "chapter": score.asked.stem,
        "examples": [
            {
                "line": one.example.line,
                "verdict": one.verdict.value,
                "says": complaint(one, score),
                "caught": sorted(one.caught),
            }
            for one in score.judged
        ],
        "problems": [{"line": one.line, "says": one.says} for one in score.problems],
        "caught": len(score.caught),
        "countable": len(score.countable),
        "best_known": list(score.best.caught),
        "got_away": [one.id for one in score.got_away],
        "cannot_be_seen": [one.id for one in cannot_be_seen(score)],
        "as_good_as_known": score.is_as_good_as_known,
    }


def cannot_be_seen(score: BreakScore) -> list[Misconception]:
    """Return the mistakes that do not count."""
    return [one for one in score.mistakes if one not in score.countable]


def what_next(scores: Sequence[BreakScore], problems: Sequence[Problem], file: str) -> str:
    """Return the next step in one sentence."""
    if problems:
        return f"Next: mend line {problems[0].line} of {file}."
    for score in scores:
        lines = [one.line for one in score.problems]
        lines += [one.example.line for one in score.judged if one.verdict is not Expectation.RIGHT]
        if lines:
            return f"Next: mend line {min(lines)} of {file}."
    for score in scores:
        if not score.is_as_good_as_known:
            again = f"triplet break {score.asked.name}"
            return f"Next: {score.asked.variable} in {file}, then: {again}"
    return DONE


def _show_score(console: Console, score: BreakScore, with_all: bool) -> None:
    drawn, plain, colour = _sign(score)
    sign = drawn if console.encoding.startswith("utf") else plain
    caught, countable = len(score.caught), len(score.countable)
    filled = BAR * caught // max(1, countable)
    bar = f"[{'#' * filled}{'-' * (BAR - filled)}]"
    best = f"   best known {score.best.caught_by_most}" if score.best.caught else ""
    line = f"{score.asked.name:{LONGEST_NAME}}{bar} {caught:>3} of {countable}{best}"
    console.print(f"[{colour}]{sign}[/] {escape(line)}", highlight=False, soft_wrap=True)
    for problem in score.problems:
        _show(console, str(problem))
    for one in score.judged:
        _show(console, complaint(one, score))
    if not score.judged and not score.problems:
        _show(console, BEGIN)
    elif score.got_away and score.judged:
        _show(console, way_out(score.got_away[0], score))
    if with_all:
        _show_all(console, score)


def _sign(score: BreakScore) -> tuple[str, str, str]:
    if not score.is_sound:
        return NOT_RIGHT
    return AS_GOOD if score.judged and score.is_as_good_as_known else OPEN


def _show_all(console: Console, score: BreakScore) -> None:
    for judged in score.right:
        own = [one for one in score.mistakes if one.id in judged.caught]
        _show_mistakes(console, f"Example {judged.example.number} catches", own)
    _show_mistakes(console, "Get away", score.got_away)
    _show_mistakes(console, "Cannot be seen in such examples", cannot_be_seen(score))


def _show_mistakes(console: Console, title: str, mistakes: Iterable[Misconception]) -> None:
    mistakes = list(mistakes)
    _show(console, f"{title}: {len(mistakes) or 'none'}")
    for one in mistakes:
        _show(console, f"- {in_words(one)}", indent=INDENT * 2)


def _in_all(scores: Sequence[BreakScore]) -> str:
    examples = sum(len(score.judged) for score in scores)
    caught = sum(len(score.caught) for score in scores)
    countable = sum(len(score.countable) for score in scores)
    match examples:
        case 0:
            return f"No examples yet, and {countable} mistakes to catch."
        case 1:
            return f"Your example catches {caught} of {countable} mistakes."
    return f"Your {examples} examples catch {caught} of {countable} mistakes."


def _show(console: Console, text: str, indent: str = INDENT) -> None:
    for line in textwrap.wrap(text, WIDTH - len(indent)):
        console.print(indent + escape(line), highlight=False, soft_wrap=True)
