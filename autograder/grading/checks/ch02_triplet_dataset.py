"""Checks of chapter 2: triplets are judged by their properties, never by the order of draws."""

import functools
import re
import sys
import time
from collections.abc import Callable, Generator, Iterable
from types import FrameType, ModuleType
from typing import Any

import numpy as np
import torch

from exercises.given import toy

from ..check import TURNS, Check, Inputs
from ..comparison import Mismatch, kind_of_object
from ..outcome import failure
from ..own_clock import own_clock

TRIPLET, SAMPLING, LEAVING_OUT = (
    "What a triplet is",
    "Sampling in constant time",
    "Leaving digits out",
)
PAIR_DRAWS, DRAWS = 120, 2_000
# How often all items of a small set are asked for. Where eight draws of nine fail, each item is
# served once in so many but for one grading in a thousand.
ROUNDS = 80
# As often where the digits left out are a set or a tensor. What shows there is whether some of
# them are served, and of those there are three images or more.
ROUNDS_OF_OTHERS = 40
SEED, OTHER_SEED = 5, 0  # code that asks `if seed:` takes 0 for none
# In place of an index: the call raised an error; no such image; the item has no such part.
RAISED, NOTHING, MISSING = -(10**9), -1, -2
KINDS: dict[str, Callable[[list[int]], Any]] = {
    "tuple": tuple,
    "set": set,
    "tensor": torch.tensor,
}


def numbered(count: int) -> np.ndarray:
    """Return images of one pixel that holds the image's number, its index plus one.

    Scaled images hold other numbers; zero would stay what it is.
    """
    return np.arange(1, count + 1, dtype=np.float32)[:, None, None, None]  # (n, 1, 1, 1)


def make(code: ModuleType, images: np.ndarray, labels: np.ndarray, **options: Any) -> Any:
    return code.TripletMNIST(torch.from_numpy(images), torch.from_numpy(labels), **options)


def as_list(values: Iterable[Any]) -> list[int]:
    return [int(value) for value in values]


def integers(values: Any, *shape: int) -> np.ndarray:
    """Return what came back as int64. Raises ValueError for anything but integers of that shape.

    A judge that went through fewer rows than were asked for would find fewer faults.
    """
    array = np.asarray(values)
    if array.shape != shape or array.dtype.kind not in "iu":
        raise ValueError(f"{array.dtype} of shape {array.shape} instead of integers {shape}")
    return array.astype(np.int64)


def digits_at(labels: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """Return the digit of each image, NOTHING where there is no such image."""
    there = (indices >= 0) & (indices < len(labels))
    return np.where(there, labels[np.where(there, indices, 0)], NOTHING)


class Calls:
    """Calls of which some may raise an error, and the others still show what they give."""

    def __init__(self) -> None:
        self.first: Exception | None = None
        self.returned = False

    def value(self, call: Callable[[int], Any], index: int, if_raised: Any) -> Any:
        try:
            value = call(index)
        except NotImplementedError:
            raise
        except Exception as error:
            self.first = self.first or error
            return if_raised
        self.returned = True
        return value

    def indices(self, sample: Callable[[int], Any], anchors: list[int]) -> np.ndarray:
        """Return the index that is drawn for each anchor, RAISED in place of an error."""
        return np.array([self.value(lambda one: int(sample(one)), one, RAISED) for one in anchors])

    def error(self) -> str:
        """Return the first error with its place, "" if there is none. Raises it if all did."""
        if self.first is None:
            return ""
        if not self.returned:
            raise self.first
        raised = failure(self.first)
        place = f" (line {raised.line}: {raised.text})" if raised.line else ""
        return f"{raised.error}: {raised.message}{place}"


# The six points: every pair that a triplet can hold


def six_points(_: np.random.Generator) -> Inputs:
    # A digit 0 is the business of other checks.
    labels = 3 + toy.LABELS.astype(np.int64)
    return {"images": toy.POINTS.copy(), "labels": labels, "draws": PAIR_DRAWS}


def pairs(code: ModuleType, images: np.ndarray, labels: np.ndarray, draws: int) -> Any:
    """Return the positives and the negatives that were drawn for each point, (6, draws) each."""
    dataset = make(code, images, labels)
    calls = Calls()
    drawn = {
        kind: np.stack([calls.indices(sample, [anchor] * draws) for anchor in range(6)])
        for kind, sample in (
            ("positive", dataset.sample_positive),
            ("negative", dataset.sample_negative),
        )
    }
    return {**drawn, "error": calls.error()}


def judge_pairs(observed: dict[str, Any], _: Any, inputs: Inputs) -> None:
    for kind in ("positive", "negative"):
        drawn = integers(observed[kind], 6, inputs["draws"])
        for anchor, right in enumerate(right_points(kind, inputs["labels"])):
            expected = f"Expected {' or '.join(point(one) for one in sorted(right))}."
            of_anchor = f"The {kind} of {point(anchor)}"
            seen = set(drawn[anchor].tolist())
            if RAISED in seen:
                raise Mismatch(f"{of_anchor}: {observed['error']}.", expected)
            for other in sorted(seen - right):
                raise Mismatch(f"{of_anchor} was {point(other)}.", expected)
            for other in sorted(right - seen):
                raise Mismatch(f"{of_anchor} was never {point(other)}.", expected)


def right_points(kind: str, labels: np.ndarray) -> list[set[int]]:
    """Return for each point which others are its positives, or its negatives."""
    same = labels[:, None] == labels[None]  # (6, 6)
    right = same & ~np.eye(6, dtype=bool) if kind == "positive" else ~same
    return [set(np.flatnonzero(row).tolist()) for row in right]


def point(index: int) -> str:
    return toy.NAMES[index] if 0 <= index < 6 else f"number {index}"


def alike_pairs(one: dict[str, Any], other: dict[str, Any], inputs: Inputs) -> bool:
    return all(
        seen_points(one, kind, inputs) == seen_points(other, kind, inputs)
        for kind in ("positive", "negative")
    )


def seen_points(observed: dict[str, Any], kind: str, inputs: Inputs) -> list[str]:
    """Return what came up for each point, as far as it depends neither on chance nor on order.

    Which candidate an off-by-one leaves out depends on the order of the candidates, which is the
    learner's own: right ones are counted, and wrong ones are listed.
    """
    seen = []
    for row, right in zip(observed[kind], right_points(kind, inputs["labels"]), strict=True):
        came_up = set(row.tolist())
        if RAISED in came_up:
            seen.append("an error")
        else:
            seen.append(f"{len(came_up)} of them" if came_up <= right else f"{sorted(came_up)}")
    return sorted(seen)


# Items


def few_images(random: np.random.Generator) -> Inputs:
    """Draw a set of three digits, so small that what can happen does; the first image is a 0."""
    digits = [0, 9, int(random.integers(1, 9))]
    labels = np.array([0, *random.permutation(np.repeat(digits, [2, 2, 4])), 9], np.int64)  # (10,)
    return {"images": numbered(len(labels)), "labels": labels}


def items(code: ModuleType, images: np.ndarray, labels: np.ndarray) -> Any:
    """Return the length, many rounds of all items, and what two seeds draw.

    Three sets have the same seed: the first serves two rounds before the others are made, and
    those are made together before they serve any.
    """
    before = {"images": images.copy(), "labels": labels.copy()}
    calls = Calls()
    dataset = make(code, images, labels)
    served = served_in(dataset, ROUNDS, calls)
    seeded: dict[str, np.ndarray] = {}
    for names, seed, rounds in (
        (["first"], SEED, 2),
        (["second", "third"], SEED, 1),
        (["other seed", "the other again"], OTHER_SEED, 1),
    ):
        sets = {name: make(code, images, labels, seed=seed) for name in names}
        seeded |= {name: rows_of(served_in(one, rounds, calls)) for name, one in sets.items()}
    return {
        "length": len(dataset),
        "rows": rows_of(served),
        "kinds": next((kinds_in(one, images.shape[1:]) for one in served if one is not None), []),
        "seeded": seeded,
        "changed": changed(before, {"images": images, "labels": labels}),
        "error": calls.error(),
    }


def served_in(dataset: Any, rounds: int, calls: Calls) -> list[Any]:
    """Return all items, so many times; None in place of one that raised an error."""
    indices = list(range(len(dataset))) * rounds
    return [calls.value(dataset.__getitem__, index, None) for index in indices]


def rows_of(served: list[Any]) -> np.ndarray:
    """Return a row (anchor, positive, negative, digit) for each item, (n, 4)."""
    rows = [[RAISED] * 4 if item is None else row_of(item) for item in served]
    return np.array(rows, np.int64).reshape(-1, 4)


def row_of(item: Any) -> list[int]:
    if not isinstance(item, tuple | list):
        return [NOTHING] * 4
    row = [*map(index_in, item[:3]), *map(number_in, item[3:4])]
    return row + [MISSING] * (4 - len(row))


def index_in(image: Any) -> int:
    """Return the index of an image of one pixel, NOTHING if it is none that was given."""
    number = number_in(image) if hasattr(image, "item") else NOTHING
    return number - 1 if number > 0 else NOTHING


def number_in(part: Any) -> int:
    """Return the whole number that a part of an item holds; NOTHING if it holds none."""
    try:
        number = part.item() if hasattr(part, "item") else part
        return int(number) if int(number) == number else NOTHING
    except (TypeError, ValueError, RuntimeError, OverflowError):
        return NOTHING


def kinds_in(item: Any, shape: tuple[int, ...]) -> list[str]:
    """Say of each part of an item what it is: for an image, a tensor of the shape it had."""
    if not isinstance(item, tuple | list):
        return [kind_of_object(item)]
    return [kind_of_image(one, shape) for one in item[:3]] + [kind_of_digit(x) for x in item[3:]]


AN_IMAGE, A_NUMBER = "an image", "a number"
AN_ITEM = {"anchor": AN_IMAGE, "positive": AN_IMAGE, "negative": AN_IMAGE, "digit": A_NUMBER}


def kind_of_image(image: Any, shape: tuple[int, ...]) -> str:
    if not isinstance(image, torch.Tensor):
        return kind_of_object(image)
    return AN_IMAGE if tuple(image.shape) == shape else f"a tensor with {image.dim()} axes"


def kind_of_digit(digit: Any) -> str:
    return kind_of_object(digit) if number_in(digit) == NOTHING else A_NUMBER


def changed(before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> list[str]:
    """Return which of the tensors that were given hold other numbers now."""
    return [name for name in before if not np.array_equal(before[name], after[name])]


def judge_items(observed: dict[str, Any], _: Any, inputs: Inputs) -> None:
    labels = inputs["labels"]
    length = observed["length"]
    if length != len(labels):
        raise Mismatch(f"len() is {length}.", f"Expected {len(labels)}, one per image.")
    rows = integers(observed["rows"], ROUNDS * length, 4)
    seeded = {
        name: integers(observed["seeded"][name], length * (2 if name == "first" else 1), 4)
        for name in ("first", "second", "third", "other seed", "the other again")
    }
    if any((one == RAISED).any() for one in (rows, *seeded.values())):
        raise Mismatch(f"An item: {observed['error']}.", "Expected a triplet for every index.")
    judge_kinds(observed["kinds"])
    for each in (rows, *seeded.values()):
        judge_rows(each, labels)
    judge_seeds(seeded, length)
    judge_unchanged(observed["changed"], "")


def judge_kinds(kinds: list[str]) -> None:
    if len(kinds) != len(AN_ITEM):
        observed = kinds[0] if len(kinds) == 1 else f"a tuple of {len(kinds)}"
        raise Mismatch(f"An item is {observed}.", f"Expected four parts: {', '.join(AN_ITEM)}.")
    for (role, wanted), kind in zip(AN_ITEM.items(), kinds, strict=True):
        if kind != wanted:
            as_given = ", a tensor of the shape that was given" if wanted == AN_IMAGE else ""
            raise Mismatch(f"The {role} of an item is {kind}.", f"Expected {wanted}{as_given}.")


def judge_rows(rows: np.ndarray, labels: np.ndarray) -> None:
    of_positives, of_negatives = digits_at(labels, rows[:, 1]), digits_at(labels, rows[:, 2])
    for place, (anchor, positive, negative, digit) in enumerate(rows.tolist()):
        index = place % len(labels)
        if anchor != index:
            raise Mismatch(f"Item {index} has {image(anchor)} as anchor.", f"Expected {index}.")
        if digit != labels[index]:
            raise Mismatch(f"Item {index} has digit {digit}.", f"Expected {labels[index]}.")
        if of_positives[place] != digit or positive == index:
            raise Mismatch(
                f"Item {index} (digit {digit}) has {image(positive, of_positives[place])} as "
                "positive.",
                "Expected another image of the same digit.",
            )
        if of_negatives[place] in (digit, NOTHING):
            raise Mismatch(
                f"Item {index} (digit {digit}) has {image(negative, of_negatives[place])} as "
                "negative.",
                "Expected an image of another digit.",
            )


def image(number: int, digit: int = NOTHING) -> str:
    if number < 0:
        return "none of the images"
    return f"image {number}" if digit == NOTHING else f"image {number} (digit {digit})"


def judge_seeds(seeded: dict[str, np.ndarray], length: int) -> None:
    first, again = seeded["first"][:length], seeded["first"][length:]
    if not all(np.array_equal(first, seeded[name]) for name in ("second", "third")):
        raise Mismatch(
            f"Data sets made with seed={SEED} draw different triplets.", "Expected the same ones."
        )
    if not np.array_equal(seeded["other seed"], seeded["the other again"]):
        raise Mismatch(
            f"Data sets made with seed={OTHER_SEED} draw different triplets.",
            "Expected the same ones.",
        )
    if np.array_equal(first, seeded["other seed"]):
        raise Mismatch(
            f"Data sets made with seed={SEED} and seed={OTHER_SEED} draw the same triplets.",
            "Expected different ones: the draws depend on the seed.",
        )
    if np.array_equal(first, again):
        raise Mismatch(
            f"With seed={SEED}, every item holds the same triplet each time it is asked for.",
            "Expected a new draw each time.",
        )


def judge_unchanged(names: list[str], given: str) -> None:
    for name in names:
        raise Mismatch(
            f"{given}The {name} that were given hold other numbers afterwards.",
            "Expected them unchanged: others use them too.",
        )


def alike_items(one: dict[str, Any], other: dict[str, Any], inputs: Inputs) -> bool:
    return traits_of_items(one, inputs) == traits_of_items(other, inputs)


def traits_of_items(observed: dict[str, Any], inputs: Inputs) -> Any:
    """Return what does not depend on chance."""
    length = observed["length"]
    rows = traits_of_rows(observed["rows"], length, inputs["labels"], ())
    if rows == (length, AT_LAST_ALL):
        return rows, observed["changed"]
    seeded = {name: rows[:length] for name, rows in observed["seeded"].items()}
    again = observed["seeded"]["first"][length:]
    return (
        rows,
        observed["kinds"],
        [np.array_equal(seeded["first"], seeded[name]) for name in seeded],
        np.array_equal(seeded["other seed"], seeded["the other again"]),
        np.array_equal(seeded["first"], again),
        observed["changed"],
    )


def traits_of_rows(
    rows: np.ndarray, length: int, labels: np.ndarray, excluded: Iterable[int]
) -> Any:
    """Return what many rounds of all items show: in so many, what can happen does."""
    if not length:
        return length
    rounds = rows.reshape(-1, length, 4)
    raised = rounds[..., 0] == RAISED  # (rounds, n)
    if errors_in(raised) == AT_LAST_ALL:
        return length, AT_LAST_ALL  # what the few before hold hangs on chance
    is_fixed = bool((rounds == rounds[0]).all())
    if is_fixed and raised.any():
        return length, "the same some"  # which they are hangs on chance
    served = rounds[~raised]  # (m, 4)
    digits = digits_at(labels, served[:, :3])  # (m, 3)
    of_anchors, of_positives, of_negatives = digits.T
    places = np.nonzero(~raised)[1]  # (m,)
    # What was drawn once for all may be wrong in some items or not, by chance.
    certain = digits[:, :1] if is_fixed else digits  # (m, 1) or (m, 3)
    faults = [
        (served[:, 0] == served[:, 1]) | (of_positives != of_anchors),
        of_negatives == of_anchors,
    ]
    return (
        length,
        errors_in(raised),
        np.unique(1000 * (1000 * places + served[:, 0]) + served[:, 3]).tolist(),
        (digits == NOTHING).any(axis=0).tolist(),
        np.isin(certain, list(excluded)).any(axis=0).tolist(),
        is_fixed,
        [] if is_fixed else [bool(fault.any()) for fault in faults],
    )


# Many draws for one anchor

OWN, ANCHOR = 9, 5  # how many images the anchor's digit has; the anchor's index


def one_anchor(random: np.random.Generator) -> Inputs:
    """Draw a set of five digits, and choose images of which draws come before those for the anchor.

    It is laid out so that no two mistakes give the same draws. The first image is a 0 and the
    last a 9, of which there are far more images than of any other digit: to draw a digit and then
    its image differs from drawing an image. The anchor is the fourth image of the second digit;
    its index is no digit, and not its place in the order of digits. The second image of the
    anchor's digit has that very digit as its index.
    """
    digit = int(random.integers(2, 4))
    others = np.array([one for one in range(digit + 1, 9) if one != ANCHOR])
    middle = random.choice(others, 2, replace=False)
    counts = [2, *random.integers(4, 6, size=2)]
    early = [random.integers(1, digit), digit, random.integers(digit + 1, ANCHOR), ANCHOR]
    own = [*as_list(early), -2]
    rest = random.permutation(
        np.concatenate([np.repeat([0, *middle], counts), [9] * 19, [digit] * (OWN - len(own))])
    )
    labels = np.full(2 + len(rest) + len(own), NOTHING)
    labels[0], labels[-1], labels[own] = 0, 9, digit
    # Of the images between the first and the anchor, one is left: it is no 9 and not the digit.
    rest = np.concatenate([middle[:1], np.delete(rest, np.flatnonzero(rest == middle[0])[0])])
    labels[labels == NOTHING] = rest
    of_digit = np.flatnonzero(labels == digit)
    return {
        "images": numbered(len(labels)),
        "labels": labels.astype(np.int64),
        "index": ANCHOR,
        "before": {
            "sample_positive": as_list(random.choice(of_digit[of_digit != ANCHOR], 2, False)),
            "sample_negative": [int(random.choice(np.flatnonzero(np.isin(labels, middle))))],
        },
    }


def draws_of(method: str) -> Callable[..., Any]:
    def probe(
        code: ModuleType,
        images: np.ndarray,
        labels: np.ndarray,
        index: int,
        before: dict[str, list[int]],
    ) -> Any:
        sample = getattr(make(code, images, labels), method)
        calls = Calls()
        calls.indices(sample, before[method])  # what is drawn for one must not change others
        return {"draws": calls.indices(sample, [index] * DRAWS), "error": calls.error()}

    return probe


def counts_in(draws: np.ndarray, inputs: Inputs) -> tuple[np.ndarray, int]:
    """Return how often each image was drawn, and how often none that there is."""
    there = draws[(draws >= 0) & (draws < len(inputs["labels"]))]
    return np.bincount(there, minlength=len(inputs["labels"])), len(draws) - len(there)


def is_positive(inputs: Inputs) -> np.ndarray:
    """Return which images are positives of the anchor, (n,)."""
    labels, index = inputs["labels"], inputs["index"]
    return (labels == labels[index]) & (np.arange(len(labels)) != index)


def is_negative(inputs: Inputs) -> np.ndarray:
    """Return which images are negatives of the anchor, (n,)."""
    return inputs["labels"] != inputs["labels"][inputs["index"]]


def judge_positives(observed: Any, _: Any, inputs: Inputs) -> None:
    index = inputs["index"]
    wanted = "Expected another image of the same digit."
    counts, outside = counts_of_judged(observed, inputs, wanted)
    if outside:
        raise Mismatch("A positive was an index outside the set.", wanted)
    if counts[index]:
        raise Mismatch(
            f"The positive of image {index} was image {index} itself in "
            f"{counts[index] / DRAWS:.0%} of the draws.",
            wanted,
        )
    if wrong := counts[is_negative(inputs)].sum():
        raise Mismatch(
            f"{wrong / DRAWS:.0%} of the positives of a {inputs['labels'][index]} were of another "
            "digit.",
            wanted,
        )
    judge_spread(counts, is_positive(inputs), f"The positive of image {index}")


def judge_negatives(observed: Any, _: Any, inputs: Inputs) -> None:
    index, digit = inputs["index"], inputs["labels"][inputs["index"]]
    wanted = "Expected an image of another digit."
    counts, outside = counts_of_judged(observed, inputs, wanted)
    if outside:
        raise Mismatch("A negative was an index outside the set.", wanted)
    if wrong := counts[~is_negative(inputs)].sum():
        raise Mismatch(
            f"{wrong / DRAWS:.0%} of the negatives of a {digit} were a {digit} too.", wanted
        )
    judge_spread(counts, is_negative(inputs), f"The negative of image {index}")


def counts_of_judged(observed: Any, inputs: Inputs, wanted: str) -> tuple[np.ndarray, int]:
    draws = integers(observed["draws"], DRAWS)
    if raised := int((draws == RAISED).sum()):
        raise Mismatch(f"{raised} of {DRAWS} draws raised {observed['error']}.", wanted)
    return counts_in(draws, inputs)


def judge_spread(counts: np.ndarray, is_candidate: np.ndarray, what: str) -> None:
    """Ask that every candidate comes up about equally often."""
    count = int(is_candidate.sum())
    for candidate in np.flatnonzero(is_candidate):
        if abs(counts[candidate] - DRAWS / count) > chance(DRAWS, count):
            raise Mismatch(
                f"{what} was image {candidate} in {counts[candidate]} of {DRAWS} draws.",
                f"Expected about {DRAWS / count:.0f}: each candidate equally likely.",
            )


def chance(draws: float, candidates: int) -> float:
    """Return how far a count may be from what is expected: six standard errors."""
    share = 1 / candidates
    return float(6 * np.sqrt(draws * share * (1 - share)) + 1)


def alike_positives(one: Any, other: Any, inputs: Inputs) -> bool:
    return alike_draws(one["draws"], other["draws"], is_positive(inputs), inputs)


def alike_negatives(one: Any, other: Any, inputs: Inputs) -> bool:
    return alike_draws(one["draws"], other["draws"], is_negative(inputs), inputs)


def alike_draws(
    one: np.ndarray, other: np.ndarray, is_candidate: np.ndarray, inputs: Inputs
) -> bool:
    """Compare how often each image was drawn, up to chance.

    Which candidate an off-by-one leaves out depends on the order of the candidates, which is the
    learner's own: where all that was drawn is right, the counts are compared in rising order.
    """
    errors = [errors_in(draws == RAISED) for draws in (one, other)]
    if errors[0] != errors[1]:
        return False
    if errors[0] == AT_LAST_ALL:  # what the draws before were hangs on chance, unless it is one
        return ((one != RAISED).sum() == 1) == ((other != RAISED).sum() == 1)
    (counts, outside), (same_counts, same_outside) = (counts_in(d, inputs) for d in (one, other))
    if len(set(one.tolist())) == len(set(other.tolist())) == 1:
        return True  # which image was chosen, once for all, hangs on chance
    if (outside > 0) != (same_outside > 0):
        return False
    if is_even(counts[is_candidate]) != is_even(same_counts[is_candidate]):
        return False
    if not outside and not counts[~is_candidate].any() and not same_counts[~is_candidate].any():
        counts, same_counts = np.sort(counts), np.sort(same_counts)
    return alike_counts(counts, same_counts)


AT_LAST_ALL = "in the end all"


def errors_in(raised: np.ndarray) -> str:
    """Say which calls raised an error, in the order in which they were made."""
    if raised.ravel()[raised.size // 2 :].all():
        return AT_LAST_ALL
    return "some" if raised.any() else "none"


def is_even(counts: np.ndarray) -> bool:
    """Return whether what was drawn at all was drawn about equally often."""
    drawn = counts[counts > 0]
    if len(drawn) < 2:
        return True
    return bool((abs(drawn - drawn.mean()) <= chance(drawn.sum(), len(drawn))).all())


def alike_counts(one: np.ndarray, other: np.ndarray) -> bool:
    """Ask for the same support, and for a chi-square that chance exceeds once in 10 million."""
    if not np.array_equal(one == 0, other == 0):
        return False
    chi_square = ((one - other) ** 2 / np.maximum(one + other, 1)).sum()
    return bool(chi_square < 30 + 2 * np.count_nonzero(one))


# Digits left out


def with_exclusion(random: np.random.Generator) -> Inputs:
    """Draw a set, and leave out 0, which some code takes for no digit, and one in the middle.

    The 0 comes first: where the labels themselves become the mask, it is the only digit that is
    left out, as if all but the last had been forgotten. In a second set the digit that is left out
    has a single image.
    """
    middle, *others = as_list(random.choice(np.arange(1, 9), size=3, replace=False))
    digits = np.repeat([0, 9, middle, *others], [2, 2, 3, 3, 3])
    excluded = [0, middle]
    while True:
        labels = np.array([0, *random.permutation(digits), 9], np.int64)  # (15,)
        if any_moves_to_another_digit(labels, excluded):
            break
    single = np.array([others[0], others[0], middle, others[1], others[1]], np.int64)
    return {
        "images": numbered(len(labels)),
        "labels": labels,
        "excluded": excluded,
        "single": {"labels": single, "excluded": middle},
    }


def any_moves_to_another_digit(labels: np.ndarray, excluded: list[int]) -> bool:
    """Return whether indices from before the exclusion are of all kinds after it.

    For each digit that is left, one such index has to be that of an image of another digit, and
    one that of none.
    """
    left = labels[~np.isin(labels, excluded)]
    for digit in set(left.tolist()):
        before = np.flatnonzero(labels == digit)
        of_now = digits_at(left, before)
        if not (of_now == NOTHING).any() or not ((of_now != NOTHING) & (of_now != digit)).any():
            return False
    return True


def excluding(
    code: ModuleType,
    images: np.ndarray,
    labels: np.ndarray,
    excluded: list[int],
    single: dict[str, Any],
) -> Any:
    """Return, for a tuple, a set and a tensor, what a data set without two digits serves."""
    results: dict[str, Any] = {
        name: without(code, images, labels, kind(excluded), *rounds_of(name))
        for name, kind in KINDS.items()
    }
    own = numbered(len(single["labels"]))
    results["single"] = without(code, own, single["labels"], (single["excluded"],), 0, 0)
    return results


def rounds_of(kind: str) -> tuple[int, int]:
    """Return how often all items are asked for, and how often for a draw for each of them."""
    return (ROUNDS, ROUNDS) if kind == "tuple" else (ROUNDS_OF_OTHERS, 1)


def without(
    code: ModuleType, images: np.ndarray, labels: np.ndarray, excluded: Any, rounds: int, draws: int
) -> dict[str, Any]:
    """Return what a data set without some digits serves, or the error that making it raises."""
    given = {"images": images.copy(), "labels": labels.copy()}
    result: dict[str, Any] = {"refused": "", "length": NOTHING, "rows": None, "error": ""}
    try:
        dataset = make(code, given["images"], given["labels"], exclude_digits=excluded)
        result["length"] = len(dataset)
    except NotImplementedError:
        raise
    except Exception as error:
        return {**result, "refused": f"{type(error).__name__}: {error}"}
    calls = Calls()
    calls.returned = True  # to make the set
    indices = list(range(result["length"])) * draws
    result["rows"] = rows_of(served_in(dataset, rounds, calls))
    result["positives"] = calls.indices(dataset.sample_positive, indices)
    result["negatives"] = calls.indices(dataset.sample_negative, indices)
    result["changed"] = changed({"images": images, "labels": labels}, given)
    return {**result, "error": calls.error()}


def judge_exclusion(observed: dict[str, Any], _: Any, inputs: Inputs) -> None:
    excluded = inputs["excluded"]
    left = np.flatnonzero(~np.isin(inputs["labels"], excluded))
    for kind in KINDS:
        result = observed[kind]
        given = f"With exclude_digits={excluded} as a {kind}, "
        if result["refused"]:
            raise Mismatch(f"{given}{result['refused']}.", "Expected a data set without them.")
        if result["length"] != len(left):
            raise Mismatch(f"{given}len() is {result['length']}.", f"Expected {len(left)}.")
        rounds, draws = rounds_of(kind)
        rows = integers(result["rows"], rounds * len(left), 4).reshape(rounds, len(left), 4)
        judge_left(rows, left, result["error"], given, inputs)
        for name in ("positives", "negatives"):
            if (integers(result[name], draws * len(left)) == RAISED).any():
                raise Mismatch(f"{given}a draw: {result['error']}.", "Expected an index.")
        judge_unchanged(result["changed"], given)
    if observed["single"]["refused"]:
        raise Mismatch(
            f"With a single image of a digit that is left out: {observed['single']['refused']}.",
            "Expected a data set without it.",
        )


def judge_left(rows: np.ndarray, left: np.ndarray, error: str, given: str, inputs: Inputs) -> None:
    """Ask for triplets of images that are left, (rounds, n, 4)."""
    labels, excluded = inputs["labels"], inputs["excluded"]
    if (rows == RAISED).any():
        raise Mismatch(f"{given}an item: {error}.", "Expected a triplet.")
    digits = digits_at(labels, rows[..., :3])  # (rounds, n, 3)
    for role, served in zip(("anchor", "positive", "negative"), digits.T, strict=True):
        for digit in np.intersect1d(served, excluded):
            raise Mismatch(f"{given}{digit} came up as {role}.", "Expected it nowhere.")
        if (served == NOTHING).any():
            raise Mismatch(f"{given}the {role} is none of the images.", "Expected one of them.")
    if (rows[..., 0] != left).any() or (rows[..., 3] != labels[left]).any():
        raise Mismatch(
            f"{given}the items have other anchors or digits.", "Expected the images left, in order."
        )
    if (digits[..., 1] != digits[..., 0]).any() or (rows[..., 1] == rows[..., 0]).any():
        wanted = "Expected another image of the same digit."
        raise Mismatch(f"{given}a positive is wrong.", wanted)
    if (digits[..., 2] == digits[..., 0]).any():
        raise Mismatch(f"{given}a negative is of the same digit.", "Expected another digit.")


def alike_exclusion(one: dict[str, Any], other: dict[str, Any], inputs: Inputs) -> bool:
    return all(
        traits_of_exclusion(one[kind], kind, inputs)
        == traits_of_exclusion(other[kind], kind, inputs)
        for kind in (*KINDS, "single")
    )


def traits_of_exclusion(result: dict[str, Any], kind: str, inputs: Inputs) -> Any:
    """Return what depends neither on chance nor on which error a mistake happens to raise."""
    made = bool(result["refused"]), result["length"]
    if result["refused"] or kind == "single":
        return made[0]
    if kind != "tuple":
        anchors = digits_at(inputs["labels"], result["rows"][:, 0])  # (n,)
        return (*made, bool(np.isin(anchors, inputs["excluded"]).any()), result["changed"])
    rows = traits_of_rows(result["rows"], result["length"], inputs["labels"], inputs["excluded"])
    errors = [errors_in(result[name] == RAISED) for name in ("positives", "negatives")]
    return made, rows, AT_LAST_ALL if AT_LAST_ALL in errors else errors, result["changed"]


# Sets without a triplet

MOST_LINES = 10_000
SITUATIONS = {
    "single": "a single image of a digit",
    "only": "images of one digit only",
    "empty": "no images at all",
}


def impossible_sets(random: np.random.Generator) -> Inputs:
    """Draw the digits, none of which is a number that an error of Python's own would hold.

    The image that is to blame is the last one, in the order of the digits as well.
    """
    a, c, b = as_list(np.sort(random.choice(np.arange(4, 9), size=3, replace=False)))
    return {
        "cases": {
            "single": [a, a, a, c, c, c, b],
            "only": [c, c, c],
            "empty": [],
            "two": [a, a, b, b],
        }
    }


def digit_to_name(case: str, labels: list[int]) -> int | None:
    """Return the digit that the error has to name, if there is one."""
    return labels[-1] if case in ("single", "only") else None


def refusals(code: ModuleType, cases: dict[str, list[int]]) -> Any:
    """Return for each case the kind of error, its message, and what raised it."""
    return {name: refusal(code, labels) for name, labels in cases.items()}


def refusal(code: ModuleType, labels: list[int]) -> list[str]:
    try:
        dataset = make(code, numbered(len(labels)), np.array(labels, np.int64))
    except NotImplementedError:
        raise
    except Exception as error:
        return [type(error).__name__, str(error), "the constructor"]
    try:
        if labels:
            in_few_lines(lambda: dataset[len(labels) - 1])
    except Exception as error:
        return [type(error).__name__, str(error), "an item"]
    return ["no error", "", ""]


def in_few_lines(call: Callable[[], Any]) -> Any:
    """Call code that may search forever for what is not there: it is stopped by its lines."""
    lines = 0

    def count(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        if lines > MOST_LINES:
            raise TimeoutError(f"more than {MOST_LINES} lines")
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        return call()
    finally:
        sys.settrace(before)


def judge_refusals(observed: dict[str, Any], _: Any, inputs: Inputs) -> None:
    cases = inputs["cases"]
    for name, situation in SITUATIONS.items():
        digit = digit_to_name(name, cases[name])
        ended = in_short(observed[name], digit)
        which = f" that names the digit {digit}" if digit is not None else ""
        if ended != REFUSED:
            kind, message, _ = observed[name]
            said = f"{kind}: {message}" if ended in (UNNAMED, OTHER_ERROR) else ended
            raise Mismatch(f"With {situation}: {said}.", f"Expected a ValueError{which}.")
    if in_short(observed["two"], None) != NO_ERROR:
        kind, message, _ = observed["two"]
        raise Mismatch(f"With two images of each digit: {kind}: {message}.", "Expected no error.")


REFUSED, UNNAMED, OTHER_ERROR = "refused", "refused without the digit", "another error"
TOO_LATE, NO_ERROR = "no error before an item is asked for", "no error"


def in_short(said: list[str], digit: int | None) -> str:
    """Say how a set was refused, and whether by name: what else the message holds is left open."""
    kind, message, raised_by = said
    named = digit is None or str(digit) in re.findall(r"\d+", message)
    if raised_by == "an item":
        # Errors that nobody meant to raise come up there too, but do not name the digit.
        return TOO_LATE if kind == "ValueError" and digit is not None and named else NO_ERROR
    if not raised_by:
        return NO_ERROR
    if kind != "ValueError":
        return OTHER_ERROR
    return REFUSED if named else UNNAMED


def alike_refusals(one: dict[str, Any], other: dict[str, Any], inputs: Inputs) -> bool:
    return all(
        in_short(one[name], digit_to_name(name, labels))
        == in_short(other[name], digit_to_name(name, labels))
        for name, labels in inputs["cases"].items()
    )


# Constant work

BATCH = 10  # items in a turn: so short that some turns are not disturbed on a busy machine either
ROUNDS_IN_TURNS = 10
FEWEST_ROUNDS = 3
LONGEST_TURN, LONGEST = 0.001, 1.0  # seconds, after which slow items have shown that they are
SIZES = {"small": 1_000, "middle": 30_000, "large": 60_000}
NOT_BY_CHANCE = 0.25  # of the rows of a set: what draws seldom is asked of smaller sets


def three_sizes(random: np.random.Generator) -> Inputs:
    """Draw the labels of all sets, and for each turn the set and the indices to serve.

    The sets take turns, since the speed of a busy machine changes from moment to moment; in no
    fixed order, since a machine that is shared out in equal slices could always disturb the same.
    """
    return {
        "labels": {name: 3 + 4 * random.integers(0, 2, size) for name, size in SIZES.items()},
        TURNS: [
            [name, random.integers(0, SIZES[name], BATCH)]
            for _ in range(ROUNDS_IN_TURNS)
            for name in random.permutation(list(SIZES)).tolist()
        ],
    }


def serving(
    code: ModuleType, labels: dict[str, np.ndarray]
) -> Generator[Any, tuple[str, np.ndarray] | None, None]:
    """Make all sets, then serve a row for each index that a turn asks for.

    To turn these clocks gains nothing: whoever asks takes the time, and divides it by the rows.
    """
    sets = {name: make(code, numbered(len(own)), own) for name, own in labels.items()}
    turn = yield None
    beginning, count = own_clock(), 0
    while turn is not None:
        name, indices = turn
        turn = yield served(sets[name], indices.tolist())
        count += 1
        if count >= FEWEST_ROUNDS * len(SIZES) and own_clock() - beginning > LONGEST:
            break


def served(dataset: Any, indices: list[int]) -> np.ndarray:
    """Return a row for each index, or for the first few where the items are slow."""
    rows = []
    beginning = own_clock()
    for index in indices:
        rows.append(row_of(dataset[index]))
        if own_clock() - beginning > LONGEST_TURN:
            break
    return np.array(rows, np.int64)


def judge_times(observed: list[Any], _: Any, inputs: Inputs) -> None:
    if len(observed) - 1 < FEWEST_ROUNDS * len(SIZES):
        raise Mismatch("Too few items were served.", f"Expected {FEWEST_ROUNDS * BATCH} of each.")
    for rows, _ in observed[1:]:
        integers(rows, max(1, len(rows)), 4)
    for name, labels in inputs["labels"].items():
        judge_served(faults_in(*all_served(name, observed, inputs), labels))
    seconds = fastest_items(observed, inputs)
    if not is_constant(seconds):
        small, large = seconds["small"], seconds["large"]
        raise Mismatch(
            f"An item takes {1e6 * small:,.0f} microseconds with {SIZES['small']:,} images, "
            f"and {1e6 * large:,.0f} with {SIZES['large']:,}.",
            "Expected about the same time: no work that grows with the set.",
        )


def all_served(wanted: str, observed: list[Any], inputs: Inputs) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows (r, 4) that one set served in all turns, and the indices asked for (r,)."""
    turns = [
        (rows, indices[: len(rows)])
        for (name, indices), (rows, _) in zip(inputs[TURNS], observed[1:], strict=False)
        if name == wanted
    ]
    rows, indices = map(np.concatenate, zip(*turns, strict=True))
    return rows, indices


def judge_served(faults: np.ndarray) -> None:
    """Ask for triplets of the right anchors; whether they are drawn evenly is asked elsewhere.

    faults: bool (5, r), see faults_in.
    """
    shares = faults.mean(axis=1)  # (5,)
    if shares[0]:
        raise Mismatch("An item has another image as anchor.", "Expected the one at its index.")
    for share, fault, wanted in zip(
        shares[1:],
        (
            "An item has another digit.",
            "A positive is not of its anchor's digit.",
            "A positive is its own anchor.",
            "A negative is not of another digit.",
        ),
        ("Expected its anchor's.", "Expected the same digit.", "Expected another image.")
        + ("Expected an image of another digit.",),
        strict=True,
    ):
        if share > NOT_BY_CHANCE:
            raise Mismatch(fault, wanted)


def faults_in(rows: np.ndarray, indices: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return what is wrong with each row, (5, rows)."""
    anchors, positives, negatives, digits = rows.T
    of_negatives = digits_at(labels, negatives)
    return np.stack(
        [
            anchors != indices,
            digits != labels[indices],
            digits_at(labels, positives) != labels[indices],
            positives == anchors,
            (of_negatives == labels[indices]) | (of_negatives == NOTHING),
        ]
    )


def fastest_items(observed: list[Any], inputs: Inputs) -> dict[str, float]:
    """Return the seconds of an item of each set, in the turn that was disturbed least.

    What disturbs a measurement only adds to it.
    """
    turns = list(zip(inputs[TURNS], observed[1:], strict=False))
    return {
        name: float(np.min([taken / len(rows) for (of, _), (rows, taken) in turns if of == name]))
        for name in SIZES
    }


def is_constant(seconds: dict[str, float]) -> bool:
    """Return whether the seconds of an item grow less than those of the cheapest list would.

    To list the images of a digit, all labels are compared, and the places where they are equal are
    written down: with NumPy that takes five times as long as to compare them. An item of a large
    set is a little slower in any case, since less of the set is in the cache: that grows hardly
    any more from the middle set to the large one, while a list grows by as much again.
    """
    to_middle = seconds["middle"] - seconds["small"]
    to_large = seconds["large"] - seconds["middle"]
    return to_middle + to_large <= 2 * seconds_of_comparing() or to_large <= to_middle / 4


@functools.cache
def seconds_of_comparing() -> float:
    """Return how long it takes here to compare every label of the large set."""
    labels = np.arange(SIZES["large"])
    return min(seconds_of(lambda: labels == 3) for _ in range(100))


def seconds_of(work: Callable[[], Any]) -> float:
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def alike_times(one: list[Any], other: list[Any], inputs: Inputs) -> bool:
    return traits_of_times(one, inputs) == traits_of_times(other, inputs)


def traits_of_times(observed: list[Any], inputs: Inputs) -> Any:
    """Return whether the work is constant, and what is wrong with more rows than a few."""
    faults = [
        faults_in(*all_served(name, observed, inputs), labels)
        for name, labels in inputs["labels"].items()
    ]
    often = np.concatenate(faults, axis=1).mean(axis=1) > NOT_BY_CHANCE / 2  # (5,)
    return is_constant(fastest_items(observed, inputs)), often.tolist()


ITEMS = "every item is a triplet"
POSITIVES = "positives: the same digit, never the anchor, all equally likely"
NEGATIVES = "negatives: another digit, all equally likely"

CHECKS = [
    Check(
        "TripletMNIST",
        "the six points: every pair, and no other",
        2,
        six_points,
        pairs,
        SAMPLING,
        judge=judge_pairs,
        alike=alike_pairs,
        companion=ITEMS,
        one_by_one=True,
    ),
    Check(
        "TripletMNIST",
        ITEMS,
        2,
        few_images,
        items,
        TRIPLET,
        judge=judge_items,
        alike=alike_items,
        builds_on=(POSITIVES, NEGATIVES),
        one_by_one=True,
    ),
    Check(
        "TripletMNIST",
        POSITIVES,
        3,
        one_anchor,
        draws_of("sample_positive"),
        SAMPLING,
        judge=judge_positives,
        alike=alike_positives,
        one_by_one=True,
    ),
    Check(
        "TripletMNIST",
        NEGATIVES,
        2,
        one_anchor,
        draws_of("sample_negative"),
        SAMPLING,
        judge=judge_negatives,
        alike=alike_negatives,
        one_by_one=True,
    ),
    Check(
        "TripletMNIST",
        "digits left out, given as a tuple, a set or a tensor",
        2,
        with_exclusion,
        excluding,
        LEAVING_OUT,
        judge=judge_exclusion,
        alike=alike_exclusion,
        builds_on=(POSITIVES, NEGATIVES),
        one_by_one=True,
    ),
    Check(
        "TripletMNIST",
        "sets without a triplet are refused",
        2,
        impossible_sets,
        refusals,
        LEAVING_OUT,
        judge=judge_refusals,
        alike=alike_refusals,
        companion=ITEMS,
        one_by_one=True,
    ),
    Check(
        "TripletMNIST",
        "constant work for each item",
        2,
        three_sizes,
        serving,
        SAMPLING,
        judge=judge_times,
        alike=alike_times,
        companion=ITEMS,
    ),
]
