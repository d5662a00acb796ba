"""Ask what a function returns for a small batch; the other choices are what mistakes return."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ...chapters import Chapter
from ...grading.check import Check, Inputs
from ...grading.checks import checks_of
from ...grading.grade import Caller, reference
from ...grading.misconception import Misconception, code_of
from ...grading.misconceptions import exercises_of
from ...grading.outcome import Ending, Outcome, call_trusted
from .question import KEYS, Choice, Question
from .small_batch import SmallBatch, as_array, is_apart, is_round, is_same, shown

KIND = "value"
MOST_DRAWS = 400
LIKELIEST = 2  # mistakes that have to show
SEED = 0


@dataclass(frozen=True)
class Drawn:
    """Inputs, what right code gives for them, and what each of a few mistakes gives."""

    inputs: Inputs
    right: np.ndarray
    wrong: list[tuple[Misconception, np.ndarray]]


def which_value(
    chapter: Chapter, batch: SmallBatch, caller: Caller, random: np.random.Generator
) -> Question | None:
    """Return a question about what the learner's code gives; None if no batch tells enough."""
    drawn = draw_telling(chapter, batch, random)
    if drawn is None:
        return None
    check = check_of(chapter, batch)
    own = value_of(batch, caller.call(chapter.stem, check, drawn.inputs, SEED))
    if own is None or not is_same(own, drawn.right):
        return None
    choices = [Choice(shown(own), "This came back from your file.", is_right=True)]
    choices += [Choice(shown(value), one.says, mistake=one.id) for one, value in drawn.wrong]
    return Question(
        KIND,
        batch.name,
        tuple(batch.asks(drawn.inputs)),
        tuple(choices[place] for place in random.permutation(len(choices))),
        exercises_of(chapter)[batch.name].section,
        title=batch.title,
        inputs=drawn.inputs,
    )


def draw_telling(chapter: Chapter, batch: SmallBatch, random: np.random.Generator) -> Drawn | None:
    """Draw inputs for which right code and the likeliest mistakes give different values."""
    known = {one.id: one for one in exercises_of(chapter)[batch.name].mistakes}
    rest = batch.likely[LIKELIEST:]
    order = [*batch.likely[:LIKELIEST], *(rest[place] for place in random.permutation(len(rest)))]
    first = order[:LIKELIEST]
    for _ in range(MOST_DRAWS):
        inputs = batch.draw(random)
        right = _value(chapter, batch, inputs)
        if right is None or not is_round(right) or not right.any():
            continue
        wrong = list(_apart(chapter, batch, inputs, right, [known[one] for one in order]))
        if len(wrong) == len(KEYS) - 1 and [one.id for one, _ in wrong[:LIKELIEST]] == first:
            return Drawn(inputs, right, wrong)
    return None


def check_of(chapter: Chapter, batch: SmallBatch) -> Check:
    """Return the check whose probe calls the exercise for a batch."""
    checks = checks_of(chapter)
    return next(one for one in checks if (one.name, one.title) == (batch.name, batch.title))


def value_of(batch: SmallBatch, outcome: Outcome) -> np.ndarray | None:
    """Return what is asked for of an outcome, None if it is no finite numbers."""
    if outcome.ending is not Ending.RETURNED:
        return None
    try:
        return as_array(batch.read(outcome.value))
    except (LookupError, TypeError, ValueError, AttributeError, RuntimeError):
        return None


def _value(
    chapter: Chapter, batch: SmallBatch, inputs: Inputs, *mistakes: Misconception
) -> np.ndarray | None:
    """Return what right code gives, or code with these mistakes; None if it is no numbers."""
    code = code_of(mistakes, reference(chapter))
    return value_of(batch, call_trusted(check_of(chapter, batch), code, inputs, SEED))


def _apart(
    chapter: Chapter,
    batch: SmallBatch,
    inputs: Inputs,
    right: np.ndarray,
    mistakes: Sequence[Misconception],
) -> Iterator[tuple[Misconception, np.ndarray]]:
    """Yield up to three mistakes whose values are clearly none of those before."""
    taken = [right]
    for place, one in enumerate(mistakes):
        found = _value(chapter, batch, inputs, one)
        if found is not None and all(is_apart(found, other) for other in taken):
            taken.append(found)
            yield one, found
        elif place < LIKELIEST:
            return  # one of the likeliest does not show
        if len(taken) == len(KEYS):
            return
