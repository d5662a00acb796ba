"""What an example of each exercise has to say: its inputs, and what comes back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from exercises.given.errors import CourseError

from ..chapters import Chapter, find_chapter
from . import fields, slow_rights
from .answers import Answer
from .fields import MOST_POINTS, Input
from .literals import Literal, NotData

Inputs = dict[str, Any]
ERROR = "ValueError"
GIVES = "gives"
ARGUMENTS = ("anchor", "positive", "negative")
LOSS_AND_SHARE = ("loss", "active fraction")


@dataclass(frozen=True)
class Asked:
    """One exercise, as examples are written of it.

    gives reads what comes back: from what is written and the inputs to an Answer.
    parts names what comes back where that is more than one thing; slow is a right implementation
    in plain Python. question is put where a mistake gets away.
    """

    stem: str
    name: str
    fields: tuple[Input, ...]
    gives: Callable[[Literal, Inputs], Answer]
    question: str
    parts: tuple[str, ...] = ()
    may_raise: bool = False
    in_numpy: bool = False

    @property
    def variable(self) -> str:
        """Return the name in exercises/breaks.py."""
        return self.name.upper()

    @property
    def slow(self) -> Callable[..., Any]:
        found: Callable[..., Any] = getattr(slow_rights, self.name)
        return found


def number(given: Literal, inputs: Inputs) -> Answer:
    return (np.array(fields.number(given)),)


def distances(given: Literal, inputs: Inputs) -> Answer:
    return (shaped(given, fields.table(given), (len(inputs["x"]), len(inputs["y"]))),)


def gradients(given: Literal, inputs: Inputs) -> Answer:
    three = fields.parts(given, ARGUMENTS)
    shape = (len(inputs["anchor"]), 2)
    return tuple(shaped(each, fields.arrows(each), shape) for each in three)


def mask(given: Literal, inputs: Inputs) -> Answer:
    """Return the mask (n, n, n) of the triplets that are listed."""
    n = len(inputs["labels"])
    found = np.zeros((n, n, n))
    for triplet in fields.triples(given):
        if not all(0 <= index < n for index in triplet):
            raise NotData(given.line, f"the indices of {n} examples go from 0 to {n - 1}.")
        found[triplet] = 1
    return (found,)


def loss_and_share(given: Literal, inputs: Inputs) -> Answer:
    return tuple(np.array(fields.number(each)) for each in fields.parts(given, LOSS_AND_SHARE))


def classes(given: Literal, inputs: Inputs) -> Answer:
    return (shaped(given, fields.labels(given), (len(inputs["queries"]),)),)


def shaped(given: Literal, values: Any, shape: tuple[int, ...]) -> np.ndarray:
    array = np.array(values, dtype=np.float64)
    if array.shape != shape:
        wanted = " x ".join(map(str, shape))
        raise NotData(given.line, f"these inputs give {wanted} numbers: write as many.")
    return array


TRIPLETS = tuple(Input(name, fields.points) for name in ARGUMENTS)
DEFAULT_MARGIN = Input("margin", fields.margin, may_be_left_out=True)
BATCH = (Input("embeddings", fields.points), Input("labels", fields.labels))
SEARCH = (
    Input("gallery", fields.points),
    Input("gallery_labels", fields.labels),
    Input("queries", fields.points),
)
DEFAULT_K = Input("k", fields.count, may_be_left_out=True)
MARGIN = Input("margin", fields.margin)
SOFT_OR_MARGIN = Input("margin", fields.margin_or_none, may_be_left_out=True)
LOSS, MINING, NEIGHBOURS = "ch04_triplet_loss", "ch05_triplet_mining", "ch06_nearest_neighbours"
WHICH_TRIPLET = "Which triplet would make it differ?"
WHICH_BATCH = "Which points and labels would make it differ?"
WHICH_SEARCH = "Which gallery and query would make it differ?"

ASKED = (
    Asked(
        LOSS,
        "pairwise_distances",
        (Input("x", fields.points), Input("y", fields.points)),
        distances,
        "Which rows of x and y would make it differ?",
    ),
    Asked(LOSS, "triplet_loss", (*TRIPLETS, DEFAULT_MARGIN), number, WHICH_TRIPLET),
    Asked(
        LOSS,
        "triplet_loss_gradient",
        (*TRIPLETS, DEFAULT_MARGIN),
        gradients,
        WHICH_TRIPLET,
        parts=ARGUMENTS,
        in_numpy=True,
    ),
    Asked(
        MINING,
        "valid_triplets",
        (Input("labels", fields.labels),),
        mask,
        "Which labels would make it differ?",
    ),
    Asked(
        MINING,
        "batch_all_triplet_loss",
        (*BATCH, MARGIN),
        loss_and_share,
        WHICH_BATCH,
        parts=LOSS_AND_SHARE,
    ),
    Asked(MINING, "semi_hard_triplet_loss", (*BATCH, MARGIN), number, WHICH_BATCH),
    Asked(MINING, "batch_hard_triplet_loss", (*BATCH, SOFT_OR_MARGIN), number, WHICH_BATCH),
    Asked(NEIGHBOURS, "knn_classify", (*SEARCH, DEFAULT_K), classes, WHICH_SEARCH),
    Asked(NEIGHBOURS, "nearest_mean_classify", SEARCH, classes, WHICH_SEARCH, may_raise=True),
    Asked(NEIGHBOURS, "recall_at_k", (*BATCH, DEFAULT_K), number, WHICH_BATCH),
    Asked(NEIGHBOURS, "mean_average_precision_at_r", BATCH, number, WHICH_BATCH),
)


def read_inputs(entries: dict[str, Literal], asked: Asked, line: int) -> Inputs:
    """Return the inputs of an example. Raises NotData where they do not fit each other."""
    given = [each for each in asked.fields if each.name in entries]
    inputs = {each.name: each.read(entries[each.name]) for each in given}
    many = [value for value in inputs.values() if isinstance(value, list)]
    in_plane = [value for value in many if isinstance(value[0], tuple)]
    if sum(map(len, in_plane)) > MOST_POINTS:
        raise NotData(line, f"an example has {MOST_POINTS} points at most, all inputs together.")
    _fit(inputs, line, *ARGUMENTS)
    _fit(inputs, line, "embeddings", "labels")
    _fit(inputs, line, "gallery", "gallery_labels")
    if "queries" in inputs and DEFAULT_K in asked.fields:
        asking = inputs.get("k", 5)
        if asking > len(inputs["gallery"]):
            default = "" if "k" in inputs else ", which is 5 where it is left out,"
            raise NotData(line, f"k{default} may be as many as the gallery has points.")
    others = len(inputs.get("embeddings", [])) - 1
    if others == 0:
        raise NotData(line, "a single point has no others: write two or more.")
    if others > 0 and inputs.get("k", 1) > others:
        raise NotData(line, "k may be as many as a point has others.")
    return inputs


def _fit(inputs: Inputs, line: int, *names: str) -> None:
    """Raise NotData where these inputs are not of one length."""
    if len({len(inputs[name]) for name in names if name in inputs}) > 1:
        raise NotData(line, f"{', '.join(names[:-1])} and {names[-1]} have to be of one length.")


def asked_of(text: str) -> list[Asked]:
    """Return the exercises that a person means by a chapter or by a name; all by "".

    Raises CourseError for what has no breaks.
    """
    if named := [one for one in ASKED if one.name == text.lower()]:
        return named
    chapter: Chapter | None = find_chapter(text) if text else None
    found = [one for one in ASKED if chapter is None or one.stem == chapter.stem]
    if not found:
        raise CourseError(
            f"Breaks are written for chapters 4, 5 and 6, and for none of {text!r}. "
            "Try: triplet break 4"
        )
    return found
