"""What is said of an example and of a mistake that gets away, in sentences."""

import numpy as np

from ..grading.misconception import Misconception
from ..grading.sentence import cause
from .answers import Place
from .judge import BreakScore, Expectation, Judged

BEGIN = "Write the first: inputs that you choose, and what must come back, by hand."


def complaint(judged: Judged, score: BreakScore) -> str:
    """Return what is wrong with an example, without what would be right; "" if it is right."""
    where = f"line {judged.example.line}, example {judged.example.number}: "
    match judged.verdict:
        case Expectation.RIGHT:
            return ""
        case Expectation.UNCLEAR:
            return (
                f"{where}right implementations differ from each other here: two values are equal, "
                "or so near that rounding decides. Move a point."
            )
    expected = _expected(judged, score)
    return f"{where}right implementations do not give {expected}. Work it out again."


def way_out(mistake: Misconception, score: BreakScore) -> str:
    """Return what gets away, what it gives, and the question that leads to an example."""
    says = f"One that gets away: {in_words(mistake)}. "
    if not score.right:
        return f"{says}{score.asked.question}"
    last = score.right[-1].example.gives
    if isinstance(last, str):
        gives = f"It raises {last} as well, as is right."
    elif len(last) == 1 and last[0].ndim == 0:
        of = f"your example {score.right[-1].example.number}"
        gives = f"It returns {number(last[0].item())} for {of}, as is right."
    else:
        gives = "It returns what is right for all your examples."
    return f"{says}{gives} {score.asked.question}"


def in_words(mistake: Misconception) -> str:
    """Return what was done wrongly, to go on a sentence with."""
    text = cause(mistake.says)
    return text[0].lower() + text[1:]


def number(value: float) -> str:
    """Return a number as somebody writes it who has worked it out to three decimals."""
    return f"{round(value, 3) + 0:g}"


def _expected(judged: Judged, score: BreakScore) -> str:
    gives = judged.example.gives
    if isinstance(gives, str):
        return gives
    if judged.place is None:
        return "values: they raise an error"
    if score.asked.name == "valid_triplets":
        return _of_mask(gives, judged.place)
    part, index = judged.place
    names = score.asked.parts
    value = number(gives[part][index].item()) if gives[part].ndim == len(index) else "that"
    at = "".join(f"[{axis}]" for axis in index)
    by = f" for {names[part]}" if names else ""
    return value + by + (f" at {at}" if at else "")


def _of_mask(gives: tuple[np.ndarray, ...], place: Place) -> str:
    """Return what is listed, or not, of the triplets: the first one that is another matter."""
    _, index = place
    triplet = f"({', '.join(map(str, index))})"
    return f"{triplet} as a triplet" if gives[0][index] else f"a list without {triplet}"
